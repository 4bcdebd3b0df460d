#include "formats/hdf5_file.hpp"

#include <algorithm>
#include <bit>

namespace headgate::formats {
namespace {

// Files that are written in many sessions have free space; what was freed keeps its old bytes. Beyond this much (and an eighth
// of the file) it is no longer by the way.
constexpr std::uint64_t kFreeSpace = 64U << 10U;

std::uint32_t word_at(ByteView bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i) value |= std::uint32_t{bytes[at + i]} << (8U * i);
    return value;
}

}  // namespace

std::uint32_t hdf5_checksum(ByteView bytes) {
    std::uint32_t a = 0xdeadbeefU + static_cast<std::uint32_t>(bytes.size());
    std::uint32_t b = a;
    std::uint32_t c = a;
    const auto rotated = [](std::uint32_t value, int by) { return std::rotl(value, by); };
    std::size_t at = 0;
    for (; bytes.size() - at > 12; at += 12) {
        a += word_at(bytes, at);
        b += word_at(bytes, at + 4);
        c += word_at(bytes, at + 8);
        a -= c; a ^= rotated(c, 4);  c += b;
        b -= a; b ^= rotated(a, 6);  a += c;
        c -= b; c ^= rotated(b, 8);  b += a;
        a -= c; a ^= rotated(c, 16); c += b;
        b -= a; b ^= rotated(a, 19); a += c;
        c -= b; c ^= rotated(b, 4);  b += a;
    }
    if (at == bytes.size()) return c;
    a += word_at(bytes, at);
    b += word_at(bytes, at + 4);
    c += word_at(bytes, at + 8);
    c ^= b; c -= rotated(b, 14);
    a ^= c; a -= rotated(c, 11);
    b ^= a; b -= rotated(a, 25);
    c ^= b; c -= rotated(b, 16);
    a ^= c; a -= rotated(c, 4);
    b ^= a; b -= rotated(a, 14);
    c ^= b; c -= rotated(b, 24);
    return c;
}

std::uint64_t Hdf5Fields::number(std::uint64_t bytes) {
    const ByteView taken = bytes <= 8 ? take(bytes) : take(UINT64_MAX);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < taken.size(); ++i) value |= std::uint64_t{taken[i]} << (8U * i);
    return value;
}

std::uint64_t Hdf5Fields::fixed(unsigned bytes) {
    const std::uint64_t value = number(bytes);
    const std::uint64_t all = bytes >= 8 ? UINT64_MAX : (std::uint64_t{1} << (8U * bytes)) - 1;
    return ok_ && value == all ? kNowhere : value;
}

ByteView Hdf5Fields::take(std::uint64_t count) {
    const auto taken = ok_ ? reader_.take(count) : std::nullopt;
    if (!taken) ok_ = false;
    return taken.value_or(ByteView{});
}

std::string_view Hdf5Fields::text(std::uint64_t padding) {
    Reader ahead = reader_;
    const auto rest = ahead.take(ahead.remaining());
    const std::size_t length = ok_ && rest ? as_text(*rest).find('\0') : std::string_view::npos;
    if (length == std::string_view::npos) {
        ok_ = false;
        return {};
    }
    std::uint64_t whole = length + 1;
    if (padding != 0) whole = (whole + padding - 1) / padding * padding;
    return as_text(take(whole)).substr(0, ok_ ? length : 0);
}

Hdf5File::Hdf5File(ByteSource& source, std::uint64_t base, ParseContext& context)
    : source_(source), context_(context), report_(context, "hdf5"), base_(base) {}

void Hdf5File::broken(std::string_view thing, std::string message, std::uint64_t address, std::string why) {
    report_.broken(thing, std::move(message), base_ + std::min(address, size()), std::move(why));
}

void Hdf5File::unsupported(const std::string& what, std::uint64_t address) {
    report_.unscannable("this build does not read " + what, base_ + std::min(address, size()));
}

void Hdf5File::malformed(const std::string& what, std::uint64_t address) {
    broken("malformed", what + " is not as the format has it", address, "Readers differ on broken structure, or crash on it.");
}

bool Hdf5File::inside(std::uint64_t address, std::uint64_t length) const {
    const std::uint64_t room = size() - base_;
    return address <= room && length <= room - address;
}

bool Hdf5File::step(std::uint64_t count) {
    if (context_.budget.step(count)) return true;
    if (!out_of_steps_) report_.unscannable("the file needs more steps than the limit allows", 0);
    out_of_steps_ = true;
    return false;
}

std::optional<ByteView> Hdf5File::peek(std::uint64_t address, std::uint64_t length, const std::string& what) {
    if (!inside(address, length)) {
        broken("bad-address", what + " does not lie within the file", address, "A reader would read beyond the end, or elsewhere.");
        return std::nullopt;
    }
    if (!step(length / 64 + 1)) return std::nullopt;
    const auto bytes = source_.view(base_ + address, length);
    if (!bytes) report_.unscannable(what + " cannot be read", base_ + address);
    return bytes;
}

bool Hdf5File::claim(std::uint64_t address, std::uint64_t length, const std::string& what) {
    if (!inside(address, length)) {
        broken("bad-address", what + " does not lie within the file", address, "A reader would read beyond the end, or elsewhere.");
        return false;
    }
    if (!step()) return false;
    if (length != 0) regions_.push_back({base_ + address, base_ + address + length});
    return true;
}

std::optional<ByteView> Hdf5File::enter(std::uint64_t address, std::uint64_t length, const std::string& what) {
    const auto bytes = peek(address, length, what);
    if (!bytes) return std::nullopt;
    if (!entered_.insert(address).second) {
        broken("loop", what + " is pointed at twice", address, "A loader that follows the pointers never comes to an end, or reads one thing as two.");
        return std::nullopt;
    }
    if (!claim(address, length, what)) return std::nullopt;
    return bytes;
}

std::optional<ByteView> Hdf5File::enter_checked(std::uint64_t address, std::uint64_t length, std::string_view signature,
                                                const std::string& what) {
    if (length < signature.size() + 4) {
        malformed(what, address);
        return std::nullopt;
    }
    const auto bytes = enter(address, length, what);
    if (!bytes) return std::nullopt;
    if (!starts_with(*bytes, signature)) {
        malformed(what, address);
        return std::nullopt;
    }
    const ByteView content = bytes->first(bytes->size() - 4);
    if (hdf5_checksum(content) != word_at(*bytes, content.size())) {
        broken("checksum", what + " does not have the checksum that it states", address, "It was changed or damaged after it was written.");
        return std::nullopt;
    }
    return content;
}

void Hdf5File::judge_gap(std::uint64_t begin, std::uint64_t end, std::uint64_t& unexplained) {
    constexpr std::uint64_t kStep = 1U << 20U;
    constexpr std::size_t kBlock = 512;
    for (std::uint64_t at = begin; at < end; at += kStep) {
        const std::uint64_t length = std::min(kStep, end - at);
        if (!step(length / 64 + 1)) return;
        const auto bytes = source_.view(at, length);
        if (!bytes) return report_.unscannable("free space cannot be read", at);
        for (std::size_t block = 0; block < bytes->size(); block += kBlock) {
            const ByteView part = bytes->subspan(block, std::min(kBlock, bytes->size() - block));
            if (std::any_of(part.begin(), part.end(), [](std::uint8_t byte) { return byte != 0; })) unexplained += part.size();
        }
    }
}

void Hdf5File::account() {
    std::sort(regions_.begin(), regions_.end(), [](const Region& a, const Region& b) { return a.begin < b.begin; });
    std::uint64_t at = 0;
    std::uint64_t unexplained = 0;
    for (const Region& region : regions_) {
        if (region.begin < at) {
            report_.broken("overlap", "two parts of the file lie over each other", region.begin,
                           "The same bytes are read as two things, so that neither can be judged by itself.");
        } else {
            judge_gap(at, region.begin, unexplained);
        }
        at = std::max(at, region.end);
    }
    judge_gap(at, size(), unexplained);
    if (unexplained <= std::max(kFreeSpace, size() / 8)) return;
    report_.broken("unreferenced", std::to_string(unexplained) + " bytes that are not zero belong to nothing in the file", 0,
                   "That is more than free space explains; whatever stands there, no loader of HDF5 shows it.");
}

}  // namespace headgate::formats
