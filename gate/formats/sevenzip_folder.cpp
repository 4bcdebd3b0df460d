#include "formats/sevenzip_folder.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace headgate::formats {
namespace {

enum class Role { copy, lzma, lzma2, deflate, bzip2, zstd, filter, encryption, unread };

struct Method {
    std::uint64_t id;
    std::string_view name;
    Role role = Role::unread;
    Filter::Kind filter = Filter::Kind::delta;
};

constexpr Method kMethods[] = {
    {0x00, "Copy", Role::copy},
    {0x21, "LZMA2", Role::lzma2},
    {0x030101, "LZMA", Role::lzma},
    {0x040108, "Deflate", Role::deflate},
    {0x040202, "BZip2", Role::bzip2},
    {0x04F71101, "Zstandard", Role::zstd},
    {0x03, "Delta", Role::filter, Filter::Kind::delta},
    {0x04, "BCJ x86", Role::filter, Filter::Kind::x86},
    {0x05, "PPC", Role::filter, Filter::Kind::powerpc},
    {0x06, "IA64", Role::filter, Filter::Kind::ia64},
    {0x07, "ARM", Role::filter, Filter::Kind::arm},
    {0x08, "ARMT", Role::filter, Filter::Kind::armthumb},
    {0x09, "SPARC", Role::filter, Filter::Kind::sparc},
    {0x0A, "ARM64", Role::filter, Filter::Kind::arm64},
    {0x03030103, "BCJ x86", Role::filter, Filter::Kind::x86},
    {0x03030205, "PPC", Role::filter, Filter::Kind::powerpc},
    {0x03030401, "IA64", Role::filter, Filter::Kind::ia64},
    {0x03030501, "ARM", Role::filter, Filter::Kind::arm},
    {0x03030701, "ARMT", Role::filter, Filter::Kind::armthumb},
    {0x03030805, "SPARC", Role::filter, Filter::Kind::sparc},
    {0x06F10701, "AES-256", Role::encryption},
    {0x06F10101, "ZipCrypto", Role::encryption},
    {0x0B, "RISCV", Role::unread},
    {0x020302, "Swap2", Role::unread},
    {0x020304, "Swap4", Role::unread},
    {0x0303011B, "BCJ2", Role::unread},
    {0x03030301, "Alpha", Role::unread},
    {0x03030605, "M68", Role::unread},
    {0x030401, "PPMd", Role::unread},
    {0x040109, "Deflate64", Role::unread},
    {0x04F71102, "Brotli", Role::unread},
    {0x04F71104, "LZ4", Role::unread},
    {0x04F71105, "LZ5", Role::unread},
    {0x04F71106, "Lizard", Role::unread},
};

const Method* method_of(const SevenZipCoder& coder) {
    for (const Method& method : kMethods) {
        if (method.id == coder.method) return &method;
    }
    return nullptr;
}

std::string name_of(const SevenZipCoder& coder) {
    if (const Method* const method = method_of(coder)) return std::string(method->name);
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string name;
    for (int shift = 60; shift >= 0; shift -= 4) {
        const auto digit = static_cast<std::size_t>(coder.method >> shift & 0xFU);
        if (digit != 0 || !name.empty()) name += kDigits[digit];
    }
    return "the unknown method " + name;
}

Role role_of(const SevenZipCoder& coder) {
    const Method* const method = method_of(coder);
    return method == nullptr ? Role::unread : method->role;
}

/// Coders from the packed stream to the output; fewer than there are when some stand in a circle. Each has one input.
std::vector<std::size_t> order_of(const SevenZipFolder& folder) {
    std::vector<std::size_t> order{folder.packed.front()};
    while (order.size() < folder.coders.size()) {
        const auto gets = [&](const SevenZipFolder::Bind& bind) { return bind.coder == order.back(); };
        const auto next = std::find_if(folder.binds.begin(), folder.binds.end(), gets);
        if (next == folder.binds.end()) break;
        order.push_back(next->input);
    }
    return order;
}

/// What of a folder is not undone here, whatever the order of its coders.
bool find_unread(const SevenZipFolder& folder, SevenZipPlan& plan) {
    for (const SevenZipCoder& coder : folder.coders) {
        if (role_of(coder) != Role::encryption) continue;
        plan.encrypted = true;
        plan.unread = name_of(coder);
        return true;
    }
    for (const SevenZipCoder& coder : folder.coders) {
        if (role_of(coder) != Role::unread && coder.inputs == 1) continue;
        plan.unread = name_of(coder);
        return true;
    }
    return false;
}

std::unique_ptr<Decoder> make_compression(const SevenZipCoder& coder, std::uint64_t packed, std::uint64_t size, const Limits& limits,
                                          std::string& why) {
    // Beyond this the ratio is refused (ExpandingStream), whatever size is stated.
    const std::uint64_t reach = std::max(limits.ratio_floor, (packed + 1) * limits.expansion_ratio);
    switch (role_of(coder)) {
        case Role::lzma: return make_raw_lzma_decoder(RawLzma::lzma, coder.properties, size, reach, why);
        case Role::lzma2: return make_raw_lzma_decoder(RawLzma::lzma2, coder.properties, size, reach, why);
        case Role::deflate: return make_decoder(Compression::deflate);
        case Role::bzip2: return make_decoder(Compression::bzip2);
        case Role::zstd: return make_decoder(Compression::zstd);
        case Role::copy:
        case Role::filter: return make_copy_decoder(packed);
        case Role::encryption:
        case Role::unread: break;
    }
    return nullptr;
}

}  // namespace

SevenZipPlan plan_of(const SevenZipFolder& folder) {
    SevenZipPlan plan;
    if (find_unread(folder, plan)) return plan;
    const std::vector<std::size_t> order = order_of(folder);
    if (order.size() != folder.coders.size()) {
        plan.unread = "a circle of coders";
        return plan;
    }
    plan.compression = order.front();
    for (std::size_t i = 0; i < order.size(); ++i) {
        const SevenZipCoder& coder = folder.coders[order[i]];
        const Role role = role_of(coder);
        const bool keeps_size = role == Role::copy || role == Role::filter;
        if (!keeps_size && i > 0) {
            plan.unread = name_of(coder) + " over another compression";
            return plan;
        }
        if (!keeps_size) plan.stored = false;
        if (keeps_size && i > 0) plan.sizes_differ |= folder.sizes[order[i]] != folder.sizes[order[i - 1]];
        if (role == Role::filter) plan.filters.push_back({method_of(coder)->filter, coder.properties});
    }
    if (plan.filters.size() > kMostFilters) plan.unread = std::to_string(plan.filters.size()) + " filters in a row";
    return plan;
}

SevenZipOutput::SevenZipOutput(ByteSource& source, const SevenZipStreams& streams, const SevenZipFolder& folder,
                               const SevenZipPlan& plan, const Limits& limits, Budget& budget)
    : packed_(streams.packed_sizes[folder.first_packed]) {
    std::string why;
    std::unique_ptr<Decoder> decoder =
        make_compression(folder.coders[plan.compression], packed_, folder.sizes[plan.compression], limits, why);
    if (decoder && !plan.filters.empty()) decoder = make_filter_decoder(std::move(decoder), plan.filters, why);
    if (!decoder) {
        stop(State::limit, why.empty() ? "the decoder has no memory" : why);
        return;
    }
    stream_ = std::make_unique<ExpandingStream>(source, folder.packed_at, packed_, std::move(decoder), limits, budget);
}

bool SevenZipOutput::stop(State state, std::string why) {
    state_ = state;
    why_ = std::move(why);
    return false;
}

/// False when the stream cannot go on.
bool SevenZipOutput::settle(ExpandingStream::State state) {
    switch (state) {
        case ExpandingStream::State::more: return true;
        case ExpandingStream::State::ended: state_ = State::ended; return true;
        case ExpandingStream::State::broken: return stop(State::broken, stream_->why());
        case ExpandingStream::State::limit:
        case ExpandingStream::State::unreadable: return stop(State::limit, stream_->why());
    }
    return false;
}

bool SevenZipOutput::take(std::uint64_t size, Bytes* keep, std::uint32_t& crc) {
    constexpr std::size_t kFirst = 64U << 10U;
    std::array<std::uint8_t, 16U << 10U> unkept;
    std::uint64_t done = 0;
    crc = 0;
    if (keep != nullptr) keep->clear();
    bool good = state_ == State::going || state_ == State::ended;
    while (good && done < size) {
        if (state_ == State::ended) {
            good = stop(State::broken, "the packed stream ends behind " + std::to_string(taken_) + " bytes, the header states more");
            break;
        }
        // What is stated is believed as far as it comes.
        if (keep != nullptr && done == keep->size()) {
            keep->resize(static_cast<std::size_t>(std::min(size, std::max<std::uint64_t>(kFirst, done * 2))));
        }
        const std::span<std::uint8_t> room =
            keep != nullptr ? std::span(*keep).subspan(static_cast<std::size_t>(done))
                            : std::span(unkept).first(static_cast<std::size_t>(std::min<std::uint64_t>(unkept.size(), size - done)));
        const ExpandingStream::Piece piece = stream_->read(room);
        crc = crc32_of(room.first(piece.made), crc);
        crc_ = crc32_of(room.first(piece.made), crc_);
        done += piece.made;
        taken_ += piece.made;
        good = settle(piece.state);
    }
    if (keep != nullptr) keep->resize(static_cast<std::size_t>(done));
    return good && done == size;
}

bool SevenZipOutput::finish() {
    while (state_ == State::going) {
        std::array<std::uint8_t, 1> beyond;
        const ExpandingStream::Piece piece = stream_->read(beyond);
        if (piece.made > 0) return stop(State::broken, "the packed stream gives out more than the " + std::to_string(taken_) + " bytes that are stated");
        if (!settle(piece.state)) return false;
    }
    if (state_ != State::ended) return false;
    if (stream_->consumed() == packed_) return true;
    return stop(State::broken, std::to_string(packed_ - stream_->consumed()) + " packed bytes stand behind the end of their stream");
}

}  // namespace headgate::formats
