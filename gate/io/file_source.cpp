#include "io/file_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "io/sealed_copy.hpp"

namespace headgate::io {
namespace {

// Small enough to stay in the cache between the kernel's copy and the hash: 512 KiB costs a third of the speed.
constexpr std::size_t kChunk = 64U << 10U;

}  // namespace

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path) {
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!descriptor.valid()) {
        const bool missing = errno == ENOENT || errno == ENOTDIR;
        return Error{missing ? ErrorCode::not_found : ErrorCode::io, path + ": " + std::strerror(errno)};
    }
    return open(std::move(descriptor), path);
}

Result<std::unique_ptr<FileSource>> FileSource::open(Descriptor descriptor, std::string name) {
    std::unique_ptr<FileSource> source(new FileSource(std::move(descriptor), std::move(name)));
    source->stamp_ = TRY(stamp_of(source->descriptor_.get(), source->name_));
    source->size_ = source->stamp_.size;
    return source;
}

bool FileSource::read_range(std::uint64_t offset, std::uint8_t* to, std::size_t length) {
    while (length > 0) {
        const ssize_t got = ::pread(descriptor_.get(), to, length, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            failure_ = Error{ErrorCode::io, name_ + ": " + std::strerror(errno)};
            return false;
        }
        if (got == 0) {
            failure_ = changed();
            return false;
        }
        to += got;
        offset += static_cast<std::uint64_t>(got);
        length -= static_cast<std::size_t>(got);
    }
    return true;
}

// Chunk by chunk, so that each chunk is hashed while it is in the cache.
bool FileSource::load_whole() {
    if (loaded_) return true;
    whole_.resize(static_cast<std::size_t>(size_));
    crypto::Sha256 hash;
    for (std::size_t at = 0; at < whole_.size(); at += kChunk) {
        const std::size_t length = std::min(kChunk, whole_.size() - at);
        if (!read_range(at, whole_.data() + at, length)) return false;
        hash.update(ByteView(whole_).subspan(at, length));
    }
    whole_digest_ = hash.finish();
    loaded_ = true;
    return true;
}

std::optional<ByteView> FileSource::view(std::uint64_t offset, std::uint64_t length) {
    if (failure_ || offset > size_ || length > size_ - offset) return std::nullopt;
    if (length == 0) return ByteView{};
    if (size_ <= kWhole) {
        if (!load_whole()) return std::nullopt;
        return ByteView(whole_).subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
    }
    if (const auto known = held_.find(offset, length)) return known;
    if (!held_.room(length)) {
        exhausted_ = true;
        return std::nullopt;
    }
    Bytes bytes(static_cast<std::size_t>(length));
    if (!read_range(offset, bytes.data(), bytes.size())) return std::nullopt;
    return held_.add(offset, std::move(bytes));
}

bool FileSource::read_through(std::uint64_t offset, std::span<std::uint8_t> to) {
    if (size_ <= kWhole) return ByteSource::read_through(offset, to);
    if (offset != through_.end() || !copy(offset, to)) return false;
    through_.take(to);
    return true;
}

std::optional<int> FileSource::for_worker() {
    if (failure_) return std::nullopt;
    if (size_ > kWhole) return descriptor_.get();
    if (!load_whole()) return std::nullopt;
    if (!copy_.valid()) {
        auto copy = sealed_copy(whole_);
        if (!copy.ok()) {
            failure_ = Error{ErrorCode::io, name_ + ": " + copy.error().message};
            return std::nullopt;
        }
        copy_ = std::move(copy).value();
    }
    return copy_.get();
}

bool FileSource::shown_to_worker(std::vector<SeenRange> ranges, bool read_through) {
    if (size_ <= kWhole) return ranges.empty();
    return seen_.set(std::move(ranges), size_, read_through);
}

bool FileSource::copy(std::uint64_t offset, std::span<std::uint8_t> to) {
    if (failure_ || offset > size_ || to.size() > size_ - offset) return false;
    return read_range(offset, to.data(), to.size());
}

Result<void> FileSource::unchanged() const {
    if (!(TRY(stamp_of(descriptor_.get(), name_)) == stamp_)) return changed();
    return {};
}

Result<crypto::Sha256Digest> FileSource::hash(const Progress& progress, const Listener& listener) {
    if (failure_) return *failure_;
    crypto::Sha256Digest digest{};
    if (size_ <= kWhole) {
        if (!load_whole()) return *failure_;
        digest = whole_digest_;
        if (listener) listener(0, whole_);
        if (progress && !progress(size_)) return over_time();
    } else {
        if (through_.end() > 0 && !seen_.set(through_.seen(), size_, true)) return changed();
        ::posix_fadvise(descriptor_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
        Bytes buffer(kChunk);
        crypto::Sha256 hash;
        for (std::uint64_t at = 0; at < size_;) {
            const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, size_ - at));
            if (!read_range(at, buffer.data(), length)) return *failure_;
            const ByteView chunk = ByteView(buffer).first(length);
            if (!held_.equal(at, chunk) || !seen_.take(at, chunk)) return changed();
            hash.update(chunk);
            if (listener) listener(at, chunk);
            if (progress && !progress(length)) return over_time();
            at += length;
        }
        digest = hash.finish();
    }
    if (!(TRY(stamp_of(descriptor_.get(), name_)) == stamp_)) return changed();
    return digest;
}

namespace {

Result<Bytes> read_all(FileSource& source, const std::string& name, std::uint64_t max_bytes) {
    if (source.size() > max_bytes) {
        return Error{ErrorCode::io, name + ": larger than " + std::to_string(max_bytes) + " bytes"};
    }
    const auto bytes = source.all();
    if (!bytes) return source.failure().value_or(Error{ErrorCode::io, name + ": cannot be read"});
    return Bytes(bytes->begin(), bytes->end());
}

}  // namespace

Result<Bytes> read_file(const std::string& path, std::uint64_t max_bytes) {
    auto source = TRY(FileSource::open(path));
    return read_all(*source, path, max_bytes);
}

Result<Bytes> read_file_beneath(Descriptor descriptor, const std::string& name, std::uint64_t max_bytes) {
    auto source = TRY(FileSource::open(std::move(descriptor), name));
    return read_all(*source, name, max_bytes);
}

}  // namespace headgate::io
