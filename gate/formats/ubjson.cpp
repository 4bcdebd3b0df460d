#include "formats/ubjson.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kIntegers = "iUIlL";
constexpr std::uint64_t kPlausibleKey = 4096;

/// Bytes of a value after its marker; nothing for markers of texts, containers and what is no value.
std::optional<std::uint64_t> width(char marker) {
    switch (marker) {
        case 'Z': case 'T': case 'F': return 0;
        case 'i': case 'U': case 'C': return 1;
        case 'I': return 2;
        case 'l': case 'd': return 4;
        case 'L': case 'D': return 8;
        default: return std::nullopt;
    }
}

class Walk {
  public:
    Walk(ByteSource& source, ParseContext& context) : source_(source), context_(context), cursor_(source) {}

    Examined run() {
        const auto first = next();
        if (!first || (*first != '{' && *first != '[') || !open(*first)) return failed("the document is no object or array");
        while (!open_.empty()) {
            if (!context_.budget.step()) {
                context_.unscannable("ubjson", "it takes more steps than the limit allows", context_.at(cursor_.offset()));
                return Examined::partly;
            }
            if (!item()) return failed("a marker, length or count is none, or reaches past the end");
        }
        if (cursor_.remaining() > 0) {
            context_.finding("ubjson.trailing-data", Severity::high, std::to_string(cursor_.remaining()) + " bytes follow the document",
                             context_.at(cursor_.offset()), "What follows is read by nobody here, and by others perhaps.",
                             "Save the model again, with save_model.");
            return Examined::partly;
        }
        context_.format("ubjson", true);
        return Examined::whole;
    }

  private:
    struct Container {
        bool object = false;
        std::optional<char> type;              // of all values
        std::optional<std::uint64_t> left;     // values to come, where they were counted
    };

    Examined failed(const std::string& message) {
        if (!source_.failure()) {
            context_.finding("ubjson.malformed", Severity::high, too_deep_ ? "containers nest deeper than the limit" : message,
                             context_.at(cursor_.offset()), "No reader takes it, or each reads something else.",
                             "Save the model again, with save_model.");
        }
        return Examined::partly;
    }

    std::optional<char> next() {
        if (held_) return std::exchange(held_, std::nullopt);
        const auto byte = cursor_.u8();
        return byte ? std::optional(static_cast<char>(*byte)) : std::nullopt;
    }

    /// A length or count: an integer that is not negative, most significant byte first.
    std::optional<std::uint64_t> count(std::optional<char> marker) {
        if (!marker || kIntegers.find(*marker) == std::string_view::npos) return std::nullopt;
        const auto bytes = cursor_.take(*width(*marker));
        if (!bytes || (*marker != 'U' && (bytes->front() & 0x80U) != 0)) return std::nullopt;
        std::uint64_t value = 0;
        for (const std::uint8_t byte : *bytes) value = (value << 8U) | byte;
        return value;
    }

    bool text(std::optional<char> marker) {
        const auto length = count(marker);
        return length && cursor_.skip(*length);
    }

    bool open(char marker) {
        if (open_.size() >= context_.limits.nesting) {
            too_deep_ = true;
            return false;
        }
        Container container{marker == '{', std::nullopt, std::nullopt};
        auto head = next();
        if (head == '$') {
            container.type = next();
            // A type without bytes would let a few bytes stand for any number of values.
            if (!container.type || (width(*container.type).value_or(1) == 0) || *container.type == 'N') return false;
            head = next();
            if (head != '#') return false;
        }
        if (head == '#') {
            container.left = count(next());
            if (!container.left) return false;
        } else {
            held_ = head;
        }
        const auto each = container.type && !container.object ? width(*container.type) : std::nullopt;
        if (each) return *container.left <= cursor_.remaining() / *each && cursor_.skip(*container.left * *each);
        open_.push_back(container);
        return true;
    }

    bool close() {
        open_.pop_back();
        return true;
    }

    bool item() {
        Container& top = open_.back();
        if (top.left && *top.left == 0) return close();
        const bool typed = top.type.has_value();
        if (top.left) --*top.left;
        auto marker = top.object || !typed ? next() : top.type;
        if (!top.left && marker == (top.object ? '}' : ']')) return close();
        if (!top.object && !top.left && marker == 'N') return true;
        if (top.object) {
            const auto type = top.type;
            if (!text(marker)) return false;
            marker = type ? type : next();
        }
        return marker && value(*marker);
    }

    bool value(char marker) {
        if (marker == '{' || marker == '[') return open(marker);
        if (marker == 'S' || marker == 'H') return text(next());
        const auto bytes = width(marker);
        return bytes && cursor_.skip(*bytes);
    }

    ByteSource& source_;
    ParseContext& context_;
    Cursor cursor_;
    std::optional<char> held_;
    std::vector<Container> open_;
    bool too_deep_ = false;
};

}  // namespace

bool sniff_ubjson(ByteSource& source, std::string_view name) {
    const auto head = source.view(0, std::min<std::uint64_t>(source.size(), 10));
    if (!head || head->size() < 2 || head->front() != '{') return false;
    const std::string_view text = as_text(*head);
    if (ascii_lower(name).ends_with(".ubj")) return kIntegers.find(text[1]) != std::string_view::npos || text[1] == '#' || text[1] == '$';
    if (text[1] != 'L' || head->size() < 10) return false;
    std::uint64_t length = 0;
    for (const std::uint8_t byte : head->subspan(2)) length = (length << 8U) | byte;
    return length <= kPlausibleKey;
}

Examined parse_ubjson(ByteSource& source, ParseContext& context) { return Walk(source, context).run(); }

}  // namespace headgate::formats
