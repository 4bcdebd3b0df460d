#include "checkers/malicious_names.hpp"

#include <algorithm>
#include <charconv>

namespace headgate::checkers {
namespace {

constexpr std::string_view kMagic = "HGKNOWN1";
constexpr std::size_t kHeader = 24;
constexpr std::string_view kPrefix = "MAL-";
constexpr std::uint32_t kSomeVersions = 1U << 31U;
constexpr std::uint32_t kYearBits = 24;
constexpr std::uint32_t kNumberMask = (1U << kYearBits) - 1;
constexpr std::uint32_t kCentury = 2000;

void append(Bytes& bytes, std::size_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::optional<std::uint32_t> number_of(std::string_view digits) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

// "MAL-2024-7117" as a number; nullopt when it does not fit.
std::optional<std::uint32_t> pack(const MaliciousName& name) {
    std::uint32_t packed = 0;
    if (!name.id.empty()) {
        const std::size_t dash = name.id.find('-', kPrefix.size());
        if (!name.id.starts_with(kPrefix) || dash == std::string::npos) return std::nullopt;
        const auto year = number_of(std::string_view(name.id).substr(kPrefix.size(), dash - kPrefix.size()));
        const auto number = number_of(std::string_view(name.id).substr(dash + 1));
        if (!year || !number || *year < kCentury || *year > kCentury + 0x7F || *number > kNumberMask || *number == 0) return std::nullopt;
        packed = ((*year - kCentury) << kYearBits) | *number;
    }
    return packed | (name.some_versions ? kSomeVersions : 0U);
}

std::string unpack(std::uint32_t packed) {
    if ((packed & kNumberMask) == 0) return "";
    const std::uint32_t year = kCentury + ((packed & ~kSomeVersions) >> kYearBits);
    return std::string(kPrefix) + std::to_string(year) + "-" + std::to_string(packed & kNumberMask);
}

}  // namespace

std::optional<MaliciousNames> MaliciousNames::open(ByteView bytes) {
    if (bytes.size() < kHeader || !starts_with(bytes, kMagic)) return std::nullopt;
    Reader reader(bytes.subspan(kMagic.size()));
    MaliciousNames list;
    list.bytes_ = bytes;
    list.names_ = *reader.u32le();
    list.blocks_ = *reader.u32le();
    const std::uint64_t text = *reader.u32le();
    list.as_of_ = {std::int64_t{*reader.u32le()} * 86'400};
    const std::uint64_t size = kHeader + 4ULL * list.blocks_ + text;
    if (size != bytes.size() || list.blocks_ != (list.names_ + kPerBlock - 1) / kPerBlock) return std::nullopt;
    list.text_ = bytes.subspan(kHeader + 4 * list.blocks_);
    return list;
}

std::optional<Reader> MaliciousNames::block(std::size_t number) const {
    Reader offsets(bytes_.subspan(kHeader + 4 * number));
    const auto offset = offsets.u32le();
    if (!offset || *offset > text_.size()) return std::nullopt;
    return Reader(text_.subspan(*offset));
}

std::string_view MaliciousNames::first_of(std::size_t number) const {
    auto reader = block(number);
    if (!reader) return {};
    const auto shared = reader->u8();
    const auto length = reader->u8();
    const auto bytes = shared && length ? reader->take(*length) : std::nullopt;
    return bytes ? as_text(*bytes) : std::string_view();
}

// Names are in order, and each says how many bytes it shares with the one before: none is put together.
std::optional<MaliciousName> MaliciousNames::find_in(Reader reader, std::string_view name) const {
    std::size_t before = 0;              // length of the one before, which comes before `name`
    std::size_t same = 0;                // how many bytes they have in common
    for (std::size_t i = 0; i < kPerBlock && !reader.at_end(); ++i) {
        const auto shared = reader.u8();
        const auto length = reader.u8();
        const auto bytes = shared && length ? reader.take(*length) : std::nullopt;
        const auto packed = bytes ? reader.u32le() : std::nullopt;
        if (!packed || *shared > before || *shared < same) return std::nullopt;
        before = std::size_t{*shared} + *length;
        if (*shared > same) continue;    // it differs where the one before does
        const std::string_view rest = as_text(*bytes);
        const std::string_view wanted = name.substr(same);
        const auto [end, wanted_end] = std::mismatch(rest.begin(), rest.end(), wanted.begin(), wanted.end());
        if (end == rest.end() && wanted_end == wanted.end()) return MaliciousName{std::string(name), unpack(*packed), (*packed & kSomeVersions) != 0};
        if (end != rest.end() && (wanted_end == wanted.end() || static_cast<std::uint8_t>(*end) > static_cast<std::uint8_t>(*wanted_end))) return std::nullopt;
        same += static_cast<std::size_t>(end - rest.begin());
    }
    return std::nullopt;
}

std::optional<MaliciousName> MaliciousNames::find(std::string_view name) const {
    std::size_t low = 0;                 // the last block whose first name is not behind `name`
    std::size_t high = blocks_;
    while (low + 1 < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (first_of(middle) <= name) {
            low = middle;
        } else {
            high = middle;
        }
    }
    if (blocks_ == 0) return std::nullopt;
    const auto found = block(low);
    return found ? find_in(*found, name) : std::nullopt;
}

std::optional<Bytes> build_malicious_names(const std::vector<MaliciousName>& names, Instant as_of) {
    constexpr std::size_t kLongest = 255;
    Bytes text;
    std::vector<std::size_t> offsets;
    std::string_view before;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string_view name = names[i].name;
        const auto packed = pack(names[i]);
        if (name.empty() || name.size() > kLongest || !packed || (i > 0 && name <= before)) return std::nullopt;
        std::size_t shared = 0;
        if (i % MaliciousNames::kPerBlock == 0) {
            offsets.push_back(text.size());
        } else {
            while (shared < std::min(name.size(), before.size()) && name[shared] == before[shared]) ++shared;
        }
        text.push_back(static_cast<std::uint8_t>(shared));
        text.push_back(static_cast<std::uint8_t>(name.size() - shared));
        const ByteView rest = as_bytes(name.substr(shared));
        text.insert(text.end(), rest.begin(), rest.end());
        append(text, *packed);
        before = name;
    }
    Bytes bytes(kMagic.begin(), kMagic.end());
    append(bytes, names.size());
    append(bytes, offsets.size());
    append(bytes, text.size());
    append(bytes, static_cast<std::size_t>(as_of.seconds / 86'400));
    for (const std::size_t offset : offsets) append(bytes, offset);
    bytes.insert(bytes.end(), text.begin(), text.end());
    return bytes;
}

}  // namespace headgate::checkers
