#include "io/worker_source.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace headgate::io {
namespace {

// Up to here all pages are mapped at once: a fault costs more than they do.
constexpr std::uint64_t kPopulated = 256U << 10U;

}  // namespace

WorkerSource::WorkerSource(int descriptor, std::uint64_t size, Kind kind) : descriptor_(descriptor), size_(size), kind_(kind) {
    if (kind == Kind::file || size == 0) return;
    const int flags = MAP_PRIVATE | (size <= kPopulated ? MAP_POPULATE : 0);
    void* const bytes = ::mmap(nullptr, static_cast<std::size_t>(size), PROT_READ, flags, descriptor, 0);
    if (bytes == MAP_FAILED) {
        failure_ = Error{ErrorCode::io, "the copy of the file cannot be mapped"};
    } else {
        mapped_ = {static_cast<const std::uint8_t*>(bytes), static_cast<std::size_t>(size)};
    }
}

WorkerSource::~WorkerSource() {
    if (!mapped_.empty()) ::munmap(const_cast<std::uint8_t*>(mapped_.data()), mapped_.size());
}

std::optional<ByteView> WorkerSource::view(std::uint64_t offset, std::uint64_t length) {
    if (failure_ || offset > size_ || length > size_ - offset) return std::nullopt;
    if (length == 0) return ByteView{};
    if (kind_ == Kind::sealed) return mapped_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
    if (const auto known = held_.find(offset, length)) return known;
    if (!held_.room(length) || held_.all().size() >= SeenRanges::kMostRanges) {
        exhausted_ = true;
        return std::nullopt;
    }
    Bytes bytes(static_cast<std::size_t>(length));
    if (!fill(offset, bytes)) return std::nullopt;
    return held_.add(offset, std::move(bytes));
}

bool WorkerSource::fill(std::uint64_t offset, std::span<std::uint8_t> to) {
    for (std::size_t at = 0; at < to.size();) {
        const ssize_t got = ::pread(descriptor_, to.data() + at, to.size() - at, static_cast<off_t>(offset + at));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            failure_ = Error{ErrorCode::io, "the file cannot be read to its end"};
            return false;
        }
        at += static_cast<std::size_t>(got);
    }
    return true;
}

bool WorkerSource::read_through(std::uint64_t offset, std::span<std::uint8_t> to) {
    if (kind_ == Kind::sealed) return ByteSource::read_through(offset, to);
    if (failure_ || offset != through_.end() || offset > size_ || to.size() > size_ - offset || !fill(offset, to)) return false;
    through_.take(to);
    return true;
}

std::vector<SeenRange> WorkerSource::seen() {
    std::vector<SeenRange> ranges = through_.seen();
    ranges.reserve(ranges.size() + held_.all().size());
    for (const auto& [offset, bytes] : held_.all()) ranges.push_back({offset, bytes.size(), crypto::sha256(bytes)});
    return ranges;
}

}  // namespace headgate::io
