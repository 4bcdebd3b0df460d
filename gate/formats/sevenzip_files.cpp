#include "formats/sevenzip_files.hpp"

#include <algorithm>

#include "formats/sevenzip_streams.hpp"

namespace headgate::formats {
namespace {

using namespace sevenzip;

constexpr std::uint32_t kUnixExtension = 0x8000;    // attributes: the mode stands in the upper half
constexpr std::size_t kMostUnknown = 16;

void append_utf8(std::string& out, std::uint32_t point) {
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xC0U | point >> 6U);
        out += static_cast<char>(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
        out += static_cast<char>(0xE0U | point >> 12U);
        out += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
        out += static_cast<char>(0x80U | (point & 0x3FU));
    } else {
        out += static_cast<char>(0xF0U | point >> 18U);
        out += static_cast<char>(0x80U | (point >> 12U & 0x3FU));
        out += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
        out += static_cast<char>(0x80U | (point & 0x3FU));
    }
}

bool is_high(std::uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(std::uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

class FilesReader {
  public:
    explicit FilesReader(SevenZipCursor& header) : header_(header) {}

    std::optional<SevenZipFiles> run() {
        const auto count = header_.count("entries");
        if (!count) return std::nullopt;
        files_.entries.resize(*count);
        for (;;) {
            const auto type = header_.number();
            if (!type) return std::nullopt;
            if (*type == kEnd) break;
            const auto size = header_.number();
            const auto data = size ? header_.take(*size) : std::nullopt;
            if (!data) return std::nullopt;
            SevenZipCursor property(*data, header_.limits(), header_.budget());
            if (!read(*type, property, *data)) return std::nullopt;
        }
        if (*count > 1 && !seen(kNames)) return header_.broken("its entries have no names");
        files_.nameless = *count == 1 && !seen(kNames);
        return settle() ? std::optional(std::move(files_)) : std::nullopt;
    }

  private:
    bool seen(std::uint8_t type) const { return (seen_ >> type & 1U) != 0; }

    bool read(std::uint64_t type, SevenZipCursor& property, ByteView data) {
        if (type == kDummy) {
            files_.hidden_padding |= std::any_of(data.begin(), data.end(), [](std::uint8_t byte) { return byte != 0; });
            return true;
        }
        if (type < kDummy && seen(static_cast<std::uint8_t>(type))) {
            return header_.broken("a property of the entries is there twice"), false;
        }
        if (type > kDummy || !dispatch(static_cast<std::uint8_t>(type), property)) {
            if (!property.why().empty()) return fail(property);
            if (files_.unknown.size() < kMostUnknown) files_.unknown.push_back(type);
            return true;
        }
        seen_ |= 1U << type;
        if (!property.at_end()) return header_.broken("a property of the entries is longer than what it says"), false;
        return true;
    }

    bool fail(const SevenZipCursor& property) {
        if (property.is_limit()) return header_.limit(property.why()), false;
        return header_.broken("a property of the entries is malformed: " + property.why()), false;
    }

    /// False for a property of another kind (then nothing was wrong), and for one that is malformed.
    bool dispatch(std::uint8_t type, SevenZipCursor& property) {
        const std::size_t count = files_.entries.size();
        switch (type) {
            case kEmptyStream: return flags(property, count, empty_stream_);
            case kEmptyFile: return flags(property, empty_count(), empty_file_);
            case kAnti: return flags(property, empty_count(), anti_);
            case kNames: return names(property);
            case kCreated:
            case kAccessed:
            case kModified:
            case kStartPositions: return numbers<std::uint64_t>(property, [](SevenZipEntry&, std::uint64_t) {});
            case kAttributes:
                return numbers<std::uint32_t>(property, [](SevenZipEntry& entry, std::uint32_t value) { entry.attributes = value; });
            default: return false;
        }
    }

    std::size_t empty_count() const {
        return static_cast<std::size_t>(std::count(empty_stream_.begin(), empty_stream_.end(), true));
    }

    bool flags(SevenZipCursor& property, std::size_t count, std::vector<bool>& into) {
        auto bits = property.bits(count);
        if (!bits) return false;
        into = std::move(*bits);
        return true;
    }

    bool inside(SevenZipCursor& property) {
        const auto external = property.byte();
        if (!external) return false;
        if (*external != 0) return property.limit("a property of its entries stands in another stream"), false;
        return true;
    }

    template <typename T, typename Use>
    bool numbers(SevenZipCursor& property, Use use) {
        const auto which = property.defined(files_.entries.size());
        if (!which || !inside(property)) return false;
        for (std::size_t i = 0; i < which->size(); ++i) {
            if (!(*which)[i]) continue;
            const auto bytes = property.take(sizeof(T));
            if (!bytes) return false;
            Reader reader(*bytes);
            if constexpr (sizeof(T) == 4) use(files_.entries[i], *reader.u32le());
            else use(files_.entries[i], *reader.u64le());
        }
        return true;
    }

    bool names(SevenZipCursor& property) {
        if (!inside(property)) return false;
        for (SevenZipEntry& entry : files_.entries) {
            if (!name(property, entry)) return false;
        }
        return true;
    }

    /// UTF-16, little end first, up to a zero.
    bool name(SevenZipCursor& property, SevenZipEntry& entry) {
        std::uint32_t high = 0;      // first half of a pair
        for (;;) {
            const auto bytes = property.take(2);
            if (!bytes) return false;
            const std::uint32_t unit = (*bytes)[0] | std::uint32_t{(*bytes)[1]} << 8U;
            if (high != 0 && is_low(unit)) {
                append_utf8(entry.name, 0x10000 + ((high - 0xD800) << 10U) + (unit - 0xDC00));
                high = 0;
                continue;
            }
            if (high != 0 || is_low(unit)) {
                entry.bad_text = true;
                append_utf8(entry.name, 0xFFFD);
                high = 0;
                if (is_low(unit)) continue;
            }
            if (unit == 0) return true;
            if (is_high(unit)) {
                high = unit;
            } else {
                append_utf8(entry.name, unit);
            }
        }
    }

    /// What is empty, and of that, what is a file and what deletes one.
    bool settle() {
        const std::size_t empty = empty_count();
        if ((seen(kEmptyFile) && empty_file_.size() != empty) || (seen(kAnti) && anti_.size() != empty)) {
            return header_.broken("its empty entries are told before their number"), false;
        }
        std::size_t number = 0;
        for (std::size_t i = 0; i < empty_stream_.size(); ++i) {
            if (!empty_stream_[i]) continue;
            SevenZipEntry& entry = files_.entries[i];
            entry.stream = false;
            entry.anti = seen(kAnti) && anti_[number];
            entry.folder = !(seen(kEmptyFile) && empty_file_[number]);
            ++number;
        }
        return true;
    }

    SevenZipCursor& header_;
    SevenZipFiles files_;
    std::uint32_t seen_ = 0;             // bit of each property that was there
    std::vector<bool> empty_stream_;
    std::vector<bool> empty_file_;
    std::vector<bool> anti_;
};

}  // namespace

std::uint32_t SevenZipEntry::unix_type() const {
    if (!attributes || (*attributes & kUnixExtension) == 0) return 0;
    return *attributes >> 16U & 0170000U;
}

std::optional<SevenZipFiles> read_sevenzip_files(SevenZipCursor& header) { return FilesReader(header).run(); }

}  // namespace headgate::formats
