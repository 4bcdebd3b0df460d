#include "formats/npy_header.hpp"

#include <charconv>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

constexpr int kMaxNesting = 16;
constexpr std::size_t kMaxDimensions = 64;

/// Size and kind of what a descr describes.
struct Type {
    bool object = false;
    std::uint64_t size = 0;
};

class HeaderParser {
  public:
    HeaderParser(std::string_view text, std::string& problem) : text_(text), problem_(problem) {}

    std::optional<NpyHeader> run() {
        NpyHeader header;
        bool seen[3] = {};
        if (!expect('{')) return std::nullopt;
        while (!peek('}')) {
            const auto key = string();
            if (!key || !expect(':')) return fail("a key of the header is malformed");
            const int index = *key == "descr" ? 0 : *key == "fortran_order" ? 1 : *key == "shape" ? 2 : -1;
            if (index < 0) return fail("the header has the unknown key \"" + *key + "\"");
            if (seen[index]) return fail("the header has the key \"" + *key + "\" twice");
            seen[index] = true;
            if (!value(index, header)) return fail("the value of \"" + *key + "\" is malformed");
            if (!peek('}') && !expect(',')) return fail("the header is no dictionary literal");
        }
        take();
        space();
        if (at_ != text_.size()) return fail("something follows the dictionary of the header");
        if (!seen[0] || !seen[1] || !seen[2]) return fail("the header lacks descr, fortran_order or shape");
        return header;
    }

  private:
    std::nullopt_t fail(std::string what) {
        if (problem_.empty()) problem_ = std::move(what);
        return std::nullopt;
    }
    void space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
    }
    bool peek(char c) {
        space();
        return at_ < text_.size() && text_[at_] == c;
    }
    void take() { ++at_; }
    bool expect(char c) {
        if (!peek(c)) {
            fail("the header is no dictionary literal");
            return false;
        }
        take();
        return true;
    }
    bool word(std::string_view word) {
        space();
        if (!text_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }

    std::optional<std::string> string() {
        space();
        if (at_ < text_.size() && (text_[at_] == 'b' || text_[at_] == 'u')) ++at_;
        if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return std::nullopt;
        const char quote = text_[at_++];
        const std::size_t begin = at_;
        while (at_ < text_.size() && text_[at_] != quote) {
            if (text_[at_] == '\n') return std::nullopt;
            at_ += text_[at_] == '\\' ? 2U : 1U;
        }
        if (at_ >= text_.size()) return std::nullopt;
        return std::string(text_.substr(begin, at_++ - begin));
    }

    std::optional<std::uint64_t> number() {
        space();
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
        if (error != std::errc{}) return std::nullopt;
        at_ = static_cast<std::size_t>(end - text_.data());
        if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2 wrote long integers so
        return value;
    }

    /// "()", "(3,)", "(2, 3)", or a bare number where a field's shape is meant.
    std::optional<std::vector<std::uint64_t>> shape(bool bare) {
        std::vector<std::uint64_t> result;
        if (bare && !peek('(')) {
            const auto one = number();
            if (!one) return std::nullopt;
            return std::vector<std::uint64_t>{*one};
        }
        if (!expect('(')) return std::nullopt;
        while (!peek(')')) {
            const auto dimension = number();
            if (!dimension || result.size() >= kMaxDimensions) return std::nullopt;
            result.push_back(*dimension);
            if (peek(',')) {
                take();
            } else if (!peek(')') || result.size() == 1) {  // "(3)" is a number, not a tuple
                return std::nullopt;
            }
        }
        take();
        return result;
    }

    bool value(int key, NpyHeader& header) {
        if (key == 1) {
            header.fortran_order = word("True");
            return header.fortran_order || word("False");
        }
        if (key == 2) {
            auto dimensions = shape(false);
            if (!dimensions) return false;
            header.shape = std::move(*dimensions);
            return true;
        }
        space();
        const std::size_t begin = at_;
        const auto type = descr(0);
        if (!type) return false;
        header.descr = std::string(text_.substr(begin, at_ - begin));
        header.object = type->object;
        header.item_size = type->size;
        return true;
    }

    /// 'str', [(name, descr[, shape]), ...] or (descr, shape).
    std::optional<Type> descr(int nesting) {
        if (nesting > kMaxNesting) return fail("its types are nested too deep");
        if (peek('[')) return record(nesting);
        if (peek('(')) {
            take();
            auto type = descr(nesting + 1);
            if (!type || !expect(',')) return std::nullopt;
            const auto dimensions = shape(true);
            if (peek(',')) take();
            if (!dimensions || !expect(')') || !times(*type, *dimensions)) return std::nullopt;
            return type;
        }
        const auto text = string();
        return text ? simple(*text) : std::nullopt;
    }

    std::optional<Type> record(int nesting) {
        Type whole;
        if (!expect('[')) return std::nullopt;
        while (!peek(']')) {
            if (!expect('(')) return std::nullopt;
            if (peek('(')) {  // (title, name)
                take();
                if (!string() || !expect(',') || !string() || !expect(')')) return std::nullopt;
            } else if (!string()) {
                return std::nullopt;
            }
            if (!expect(',')) return std::nullopt;
            auto field = descr(nesting + 1);
            if (!field) return std::nullopt;
            if (peek(',')) take();
            if (!peek(')')) {
                const auto dimensions = shape(true);
                if (!dimensions || !times(*field, *dimensions)) return std::nullopt;
                if (peek(',')) take();
            }
            if (!expect(')')) return std::nullopt;
            whole.object = whole.object || field->object;
            if (__builtin_add_overflow(whole.size, field->size, &whole.size)) return fail("its items are too large");
            if (!peek(']') && !expect(',')) return std::nullopt;
        }
        take();
        return whole;
    }

    bool times(Type& type, const std::vector<std::uint64_t>& dimensions) {
        for (const std::uint64_t dimension : dimensions) {
            if (__builtin_mul_overflow(type.size, dimension, &type.size)) {
                fail("its items are too large");
                return false;
            }
        }
        return true;
    }

    /// "<f8", "|O", "<U5", "<M8[ns]": byte order, letter, size, unit.
    std::optional<Type> simple(std::string_view text) {
        const std::string_view whole = text;
        if (!text.empty() && std::string_view("<>|=").find(text[0]) != std::string_view::npos) text.remove_prefix(1);
        if (text.empty()) return fail("the type \"" + std::string(whole) + "\" is unknown");
        const char kind = text[0];
        text.remove_prefix(1);
        if (kind == 'O') return Type{true, 8};
        const std::size_t unit = text.find('[');
        const std::string_view digits = text.substr(0, unit);
        const bool timed = kind == 'M' || kind == 'm';
        std::uint64_t size = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
        const bool sized = error == std::errc{} && end == digits.data() + digits.size();
        const bool known = std::string_view("?biufcSaUVMm").find(kind) != std::string_view::npos;
        if (kind == '?' && digits.empty()) return Type{false, 1};
        if (!sized || !known || (unit != std::string_view::npos && (!timed || !text.ends_with(']')))) {
            return fail("the type \"" + std::string(whole) + "\" is unknown");
        }
        if (size > (1ULL << 31U)) return fail("its items are too large");
        return Type{false, kind == 'U' ? size * 4 : size};
    }

    std::string_view text_;
    std::string& problem_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<NpyHeader> read_npy_header(std::string_view text, std::string& problem) {
    auto header = HeaderParser(text, problem).run();
    if (!header && problem.empty()) problem = "the header is no dictionary literal";
    return header;
}

}  // namespace headgate::formats
