#include "formats/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMaxRank = 64;              // numpy's limit; no framework has more
constexpr std::size_t kMaxMetadata = 32U << 20U;  // of __metadata__, keys and values

struct Dtype {
    std::string_view name;
    std::uint64_t bits;
};
constexpr Dtype kDtypes[] = {
    {"F32", 32}, {"F16", 16},    {"BF16", 16},   {"I64", 64},    {"U8", 8},          {"I8", 8},
    {"BOOL", 8}, {"I32", 32},    {"F64", 64},    {"U32", 32},    {"U16", 16},        {"I16", 16},
    {"U64", 64}, {"F8_E4M3", 8}, {"F8_E5M2", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8},
    {"F4", 4},   {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"C64", 64},
};

const Dtype* find_dtype(std::string_view name) {
    const auto* found =
        std::find_if(std::begin(kDtypes), std::end(kDtypes), [&](const Dtype& dtype) { return dtype.name == name; });
    return found == std::end(kDtypes) ? nullptr : found;
}

void append_utf8(std::string& out, std::uint32_t point) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<std::uint8_t>(byte)); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xc0U | (point >> 6U));
        put(0x80U | (point & 0x3fU));
    } else if (point < 0x10000) {
        put(0xe0U | (point >> 12U));
        put(0x80U | ((point >> 6U) & 0x3fU));
        put(0x80U | (point & 0x3fU));
    } else {
        put(0xf0U | (point >> 18U));
        put(0x80U | ((point >> 12U) & 0x3fU));
        put(0x80U | ((point >> 6U) & 0x3fU));
        put(0x80U | (point & 0x3fU));
    }
}

// Nearly every header and name is plain ASCII: the full checks are for the rest.
bool is_ascii(std::string_view text) {
    std::uint8_t all = 0;
    for (const char c : text) all = static_cast<std::uint8_t>(all | static_cast<std::uint8_t>(c));
    return all < 0x80;
}
bool is_printable_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}

class HeaderParser {
  public:
    HeaderParser(std::string_view text, const Limits& limits, Budget& budget)
        : text_(text), limits_(limits), budget_(budget) {}

    SafetensorsHeader run() {
        SafetensorsHeader header;
        if (!parse()) {
            header.problem = std::move(problem_);
            return header;
        }
        header.entries = std::move(entries_);
        return header;
    }

  private:
    bool fail(std::string id, std::string message, std::size_t offset) {
        if (!problem_) problem_ = {"safetensors." + std::move(id), std::move(message), offset};
        return false;
    }
    bool syntax(const std::string& what) {
        return fail("invalid-header", "InvalidHeaderDeserialization: " + what, at_);
    }

    void space() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
            ++at_;
        }
    }
    bool peek(char c) {
        space();
        return at_ < text_.size() && text_[at_] == c;
    }
    bool accept(char c) {
        if (!peek(c)) return false;
        ++at_;
        return true;
    }
    bool expect(char c, std::string_view where) {
        if (accept(c)) return true;
        return syntax("expected '" + std::string(1, c) + "' " + std::string(where));
    }

    // A JSON string. The text is valid UTF-8 as a whole (checked first), so only escapes need work.
    bool string(std::string& out, std::string_view what) {
        out.clear();
        if (!peek('"')) return syntax("expected " + std::string(what) + " as a string");
        ++at_;
        for (std::size_t run = at_;; ++at_) {
            if (at_ == text_.size()) return syntax("a string does not end");
            const char c = text_[at_];
            if (c == '"') {
                out.append(text_, run, at_ - run);
                ++at_;
                return true;
            }
            if (static_cast<std::uint8_t>(c) < 0x20) return syntax("a bare control character in a string");
            if (c != '\\') continue;
            out.append(text_, run, at_ - run);
            ++at_;
            if (!escape(out)) return false;
            run = at_ + 1;
        }
    }
    bool escape(std::string& out) {  // at_ is on the letter behind the backslash, and stays on the last character
        static constexpr std::string_view kLetters = "\"\\/bfnrt";
        static constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
        if (at_ == text_.size()) return syntax("a string does not end");
        const std::size_t simple = kLetters.find(text_[at_]);
        if (simple != std::string_view::npos) {
            out += kValues[simple];
            return true;
        }
        std::uint32_t point = 0;
        if (!hex4(point)) return false;
        if (point >= 0xdc00 && point <= 0xdfff) return syntax("a lone surrogate in a string");
        if (point >= 0xd800 && point <= 0xdbff) {
            if (text_.substr(at_ + 1, 1) != "\\") return syntax("a lone surrogate in a string");
            at_ += 2;
            std::uint32_t low = 0;
            if (!hex4(low)) return false;
            if (low < 0xdc00 || low > 0xdfff) return syntax("a lone surrogate in a string");
            point = 0x10000 + ((point - 0xd800) << 10U) + (low - 0xdc00);
        }
        append_utf8(out, point);
        return true;
    }
    bool hex4(std::uint32_t& value) {
        if (at_ >= text_.size() || text_[at_] != 'u' || text_.size() - at_ < 5) return syntax("a malformed escape");
        for (int i = 0; i < 4; ++i) {
            const char c = text_[++at_];
            const bool digit = c >= '0' && c <= '9';
            const char lower = static_cast<char>(c | 0x20);
            if (!digit && (lower < 'a' || lower > 'f')) return syntax("a malformed escape");
            value = value * 16 + static_cast<std::uint32_t>(digit ? c - '0' : lower - 'a' + 10);
        }
        return true;
    }

    // Non-negative, without fraction, exponent or leading zeros.
    bool integer(std::uint64_t& value, std::string_view what, std::string_view tensor) {
        space();
        const std::size_t start = at_;
        value = 0;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
            const auto digit = static_cast<std::uint64_t>(text_[at_] - '0');
            if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) {
                return fail("validation-overflow",
                            "ValidationOverflow: " + named(what, tensor) + " is larger than 64 bits", start);
            }
            value = value * 10 + digit;
            ++at_;
        }
        const bool number_goes_on = at_ < text_.size() && (text_[at_] == '.' || (text_[at_] | 0x20) == 'e');
        if (at_ == start || number_goes_on || (text_[start] == '0' && at_ - start > 1)) {
            at_ = start;
            return syntax(named(what, tensor) +
                          " must be a non-negative integer without fraction, exponent or leading zero");
        }
        return budget_.step() || spent();
    }
    static std::string named(std::string_view what, std::string_view tensor) {
        return std::string(what) + " of tensor \"" + std::string(tensor) + "\"";
    }
    bool spent() { return fail("unscannable", "the header needs more steps than the limit allows", at_); }

    bool metadata() {
        if (!expect('{', "behind \"__metadata__\"")) return false;
        std::vector<std::string> keys;
        std::size_t bytes = 0;
        std::string key;
        std::string value;
        if (accept('}')) return true;
        do {
            if (!budget_.step()) return spent();
            const std::size_t start = at_;
            if (!string(key, "a metadata key") || !expect(':', "behind a metadata key")) return false;
            if (!peek('"')) {
                return fail("invalid-metadata",
                            "InvalidHeaderDeserialization: __metadata__ value of \"" + key + "\" is not a string", at_);
            }
            if (!string(value, "a metadata value")) return false;
            bytes += key.size() + value.size();
            if (bytes > kMaxMetadata) return fail("invalid-metadata", "__metadata__ is larger than 32 MiB", start);
            keys.push_back(key);
        } while (accept(','));
        std::sort(keys.begin(), keys.end());
        const auto twice = std::adjacent_find(keys.begin(), keys.end());
        if (twice != keys.end()) {
            return fail("duplicate-key", "__metadata__ has the key \"" + *twice + "\" twice", at_);
        }
        return expect('}', "at the end of __metadata__");
    }

    bool integers(std::vector<std::uint64_t>& values, std::string_view what, std::string_view tensor,
                  std::size_t most) {
        values.clear();
        if (!accept('[')) return syntax("expected '[' to open " + named(what, tensor));
        if (accept(']')) return true;
        do {
            if (values.size() == most) {
                return fail(
                    "tensor-invalid-info",
                    "TensorInvalidInfo: " + named(what, tensor) + " has more than " + std::to_string(most) + " numbers",
                    at_);
            }
            std::uint64_t value = 0;
            if (!integer(value, what, tensor)) return false;
            values.push_back(value);
        } while (accept(','));
        return accept(']') || syntax("expected ']' to close " + named(what, tensor));
    }

    bool tensor(SafetensorsEntry entry) {
        bool seen[3] = {};
        static constexpr std::string_view kKeys[] = {"dtype", "shape", "data_offsets"};
        const std::string_view name = entry.name;
        const auto of = [&] { return named("", name); };
        std::vector<std::uint64_t> offsets;
        std::string text;
        std::uint64_t bits = 0;
        if (!accept('{')) return syntax("expected '{' behind the name" + of());
        do {
            const std::size_t start = at_;
            if (!string(text, "a key")) return false;
            const auto* key = std::find(std::begin(kKeys), std::end(kKeys), text);
            if (key == std::end(kKeys)) {
                return fail("unknown-key", "InvalidHeaderDeserialization: unknown key \"" + text + "\"" + of(), start);
            }
            const auto index = static_cast<std::size_t>(key - std::begin(kKeys));
            if (seen[index]) return fail("duplicate-key", "the key \"" + text + "\"" + of() + " stands twice", start);
            seen[index] = true;
            if (!expect(':', "behind a key")) return false;
            if (index == 0) {
                const std::size_t value = at_;
                if (!string(text, "the dtype")) return false;
                const Dtype* dtype = find_dtype(text);
                if (dtype == nullptr) {
                    return fail("unknown-dtype", "InvalidHeaderDeserialization: unknown dtype \"" + text + "\"" + of(),
                                value);
                }
                entry.dtype = dtype->name;
                bits = dtype->bits;
            } else if (!integers(index == 1 ? entry.shape : offsets, *key, name, index == 1 ? kMaxRank : 2)) {
                return false;
            }
        } while (accept(','));
        if (!accept('}')) return syntax("expected '}' at the end" + of());
        for (std::size_t i = 0; i < 3; ++i) {
            if (!seen[i])
                return fail("missing-key", "InvalidHeaderDeserialization: no " + std::string(kKeys[i]) + of(),
                            entry.offset);
        }
        if (offsets.size() != 2) {
            return fail("tensor-invalid-info", "TensorInvalidInfo: data_offsets" + of() + " must be two numbers",
                        entry.offset);
        }
        entry.begin = offsets[0];
        entry.end = offsets[1];
        for (const std::uint64_t dimension : entry.shape) {
            if (__builtin_mul_overflow(bits, dimension, &bits)) {
                return fail("validation-overflow",
                            "ValidationOverflow: the shape" + of() + " asks for more than 2^64 bits", entry.offset);
            }
        }
        if (bits % 8 != 0) {
            return fail("misaligned-slice", "MisalignedSlice: the bits" + of() + " do not fill whole bytes",
                        entry.offset);
        }
        entry.bytes = bits / 8;
        entries_.push_back(std::move(entry));
        return true;
    }

    bool parse() {
        if (!is_ascii(text_) && !is_utf8(text_))
            return fail("invalid-header", "InvalidHeader: the header is not UTF-8", 0);
        if (text_.empty() || text_.front() != '{') {
            return fail("invalid-header", "InvalidHeaderStart: the header does not begin with '{'", 0);
        }
        ++at_;
        bool has_metadata = false;
        if (!accept('}')) {
            do {
                if (!budget_.step()) return spent();
                space();
                SafetensorsEntry entry;
                entry.offset = at_;
                if (!string(entry.name, "a tensor name") || !expect(':', "behind a tensor name")) return false;
                if (entry.name == "__metadata__") {
                    if (has_metadata) return fail("duplicate-key", "\"__metadata__\" stands twice", entry.offset);
                    has_metadata = true;
                    if (!metadata()) return false;
                    continue;
                }
                if (!is_printable_ascii(entry.name) && has_control_characters(entry.name)) {
                    return fail("control-characters",
                                "a tensor name holds control or invisible characters: \"" + entry.name + "\"",
                                entry.offset);
                }
                if (entries_.size() >= limits_.facts) {
                    return fail("unscannable", "more than " + std::to_string(limits_.facts) + " tensors", entry.offset);
                }
                if (!tensor(std::move(entry))) return false;
            } while (accept(','));
            if (!expect('}', "at the end of the header")) return false;
        }
        space();
        if (at_ != text_.size()) return syntax("bytes behind the JSON document");
        return unique_names();
    }

    bool unique_names() {
        std::vector<const SafetensorsEntry*> sorted;
        sorted.reserve(entries_.size());
        for (const SafetensorsEntry& entry : entries_) sorted.push_back(&entry);
        std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
            return a->name != b->name ? a->name < b->name : a->offset < b->offset;
        });
        const auto twice = std::adjacent_find(sorted.begin(), sorted.end(),
                                              [](const auto* a, const auto* b) { return a->name == b->name; });
        if (twice == sorted.end()) return true;
        const SafetensorsEntry& second = **std::next(twice);
        return fail("duplicate-key",
                    "tensor \"" + second.name + "\" stands twice: readers disagree on which one counts", second.offset);
    }

    std::string_view text_;
    const Limits& limits_;
    Budget& budget_;
    std::size_t at_ = 0;
    std::vector<SafetensorsEntry> entries_;
    std::optional<SafetensorsProblem> problem_;
};

}  // namespace

SafetensorsHeader parse_safetensors_header(ByteView header, const Limits& limits, Budget& budget) {
    return HeaderParser(as_text(header), limits, budget).run();
}

std::optional<SafetensorsProblem> check_safetensors_layout(std::vector<SafetensorsEntry>& entries,
                                                           std::uint64_t data_size) {
    std::vector<const SafetensorsEntry*> sorted;
    sorted.reserve(entries.size());
    for (const SafetensorsEntry& entry : entries) sorted.push_back(&entry);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
        return a->begin != b->begin ? a->begin < b->begin : a->end < b->end;
    });
    std::uint64_t expected = 0;
    for (const SafetensorsEntry* entry : sorted) {
        const std::string range = "\"" + entry->name + "\" lies at [" + std::to_string(entry->begin) + ", " +
                                  std::to_string(entry->end) + ")";
        if (entry->end < entry->begin || entry->begin != expected) {
            const std::string what = entry->end < entry->begin ? ", which ends before it begins"
                                     : entry->begin < expected ? ", overlapping the tensor before it"
                                                               : ", leaving a hole of unclaimed bytes before it";
            return SafetensorsProblem{"safetensors.invalid-offset", "InvalidOffset: tensor " + range + what,
                                      entry->offset};
        }
        if (entry->end - entry->begin != entry->bytes) {
            return SafetensorsProblem{"safetensors.tensor-invalid-info",
                                      "TensorInvalidInfo: tensor " + range + ", but its dtype and shape ask for " +
                                          std::to_string(entry->bytes) + " bytes",
                                      entry->offset};
        }
        expected = entry->end;
    }
    if (expected == data_size) return std::nullopt;
    const std::string missing =
        expected > data_size ? std::to_string(expected - data_size) + " bytes are missing"
                             : std::to_string(data_size - expected) + " bytes behind the last tensor belong to nothing";
    return SafetensorsProblem{"safetensors.metadata-incomplete-buffer",
                              "MetadataIncompleteBuffer: the tensors end at byte " + std::to_string(expected) +
                                  " of the data, the data at " + std::to_string(data_size) + ": " + missing,
                              0};
}

}  // namespace headgate::formats
