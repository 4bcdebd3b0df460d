#include "codec/json_scanner.hpp"

#include <charconv>

#include "base/text.hpp"
#include "codec/json_text.hpp"

namespace headgate::codec {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<std::uint8_t>(byte)); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
        put(0xc0U | (code >> 6U));
    } else if (code < 0x10000) {
        put(0xe0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3fU));
    } else {
        put(0xf0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3fU));
        put(0x80U | ((code >> 6U) & 0x3fU));
    }
    put(0x80U | (code & 0x3fU));
}

}  // namespace

JsonScanner::JsonScanner(ByteView bytes, const JsonLimits& limits) : input_(as_text(bytes)), limits_(limits) {
    if (input_.size() > limits_.bytes) fail("larger than " + std::to_string(limits_.bytes) + " bytes");
}

void JsonScanner::fail(std::string_view what) {
    if (failed_) return;
    failed_ = true;
    problem_ = std::string(what) + " at byte " + std::to_string(at_);
}

void JsonScanner::broken(std::string_view what) { fail("not valid JSON: " + std::string(what)); }

JsonScanner::Kind JsonScanner::peek() {
    if (failed_) return Kind::broken;
    skip_space();
    if (at_ == input_.size()) return Kind::end;
    switch (const char c = input_[at_]; c) {
        case '{': return Kind::object;
        case '[': return Kind::array;
        case '"': return Kind::text;
        case 't':
        case 'f': return Kind::boolean;
        case 'n': return Kind::null;
        case ']':
        case '}': return Kind::close;
        default: return c == '-' || is_digit(c) ? Kind::number : Kind::broken;
    }
}

bool JsonScanner::too_many() {
    fail("more than " + std::to_string(limits_.values) + " values");
    return false;
}

bool JsonScanner::take(char wanted) {
    skip_space();
    const bool there = at_ < input_.size() && input_[at_] == wanted;
    if (there) ++at_;
    return there;
}

bool JsonScanner::expect(char wanted, std::string_view what) {
    if (failed_) return false;
    if (!take(wanted)) broken("expected " + std::string(what));
    return !failed_;
}

bool JsonScanner::begin(char bracket, std::string_view what) {
    if (failed_) return false;
    if (!take(bracket)) fail("expected " + std::string(what));
    else if (depth_ >= limits_.depth) fail("nested deeper than " + std::to_string(limits_.depth));
    if (failed_ || !count()) return false;
    ++depth_;
    first_ = true;
    return true;
}

bool JsonScanner::begin_object() { return begin('{', "an object"); }
bool JsonScanner::begin_array() { return begin('[', "an array"); }

bool JsonScanner::next(char bracket) {
    if (failed_) return false;
    const bool first = first_;
    first_ = false;
    if (take(bracket)) {
        --depth_;
        return false;
    }
    return first || expect(',', bracket == '}' ? "',' or '}'" : "',' or ']'");
}

bool JsonScanner::next_member(std::string_view& name) {
    if (!next('}')) return false;
    skip_space();
    if (at_ == input_.size() || input_[at_] != '"') {
        broken("expected a key in quotes");
        return false;
    }
    return string(name) && expect(':', "':'");
}

bool JsonScanner::next_item() { return next(']'); }

bool JsonScanner::text(std::string_view& value) {
    if (peek() != Kind::text) {
        fail("expected a text");
        return false;
    }
    return count() && string(value);
}

bool JsonScanner::word(std::string_view wanted) {
    if (failed_) return false;
    skip_space();
    if (!input_.substr(at_).starts_with(wanted)) return false;
    at_ += wanted.size();
    return count();
}

bool JsonScanner::boolean(bool& value) {
    value = word("true");
    if (value || word("false")) return true;
    fail("expected true or false");
    return false;
}

bool JsonScanner::whole(std::uint64_t& value) {
    if (peek() != Kind::number) {
        fail("expected a whole number");
        return false;
    }
    const char* const from = input_.data() + at_;
    const char* const to = input_.data() + input_.size();
    const auto [end, error] = std::from_chars(from, to, value);
    const bool leading_zero = *from == '0' && end != from + 1;
    const bool more = end != to && (*end == '.' || *end == 'e' || *end == 'E');
    if (error != std::errc{} || leading_zero || more) {
        fail("expected a whole number, not negative, of at most 64 bits");
        return false;
    }
    at_ += static_cast<std::size_t>(end - from);
    return count();
}

bool JsonScanner::null() { return peek() == Kind::null && word("null"); }

// RFC 8259, section 6.
bool JsonScanner::number(std::string_view& spelling) {
    const bool begins = peek() == Kind::number;
    const std::size_t from = at_;
    const auto digits = [&] {
        const std::size_t first = at_;
        while (at_ < input_.size() && is_digit(input_[at_])) ++at_;
        return at_ - first;
    };
    const auto take_one = [&](std::string_view any) {
        if (at_ == input_.size() || any.find(input_[at_]) == std::string_view::npos) return false;
        ++at_;
        return true;
    };
    if (begins) take_one("-");
    const bool zero = at_ < input_.size() && input_[at_] == '0';
    const std::size_t whole_part = digits();
    bool good = begins && whole_part > 0 && (!zero || whole_part == 1);
    if (good && take_one(".")) good = digits() > 0;
    if (good && take_one("eE")) {
        take_one("+-");
        good = digits() > 0;
    }
    if (!good) broken("expected a number");
    spelling = input_.substr(from, at_ - from);
    return good && count();
}

bool JsonScanner::scalar(Kind kind) {
    std::string_view view;
    bool flag = false;
    switch (kind) {
        case Kind::text: return text(view);
        case Kind::number: return number(view);
        case Kind::boolean: return boolean(flag);
        case Kind::null:
            if (null()) return true;
            break;
        default: break;
    }
    fail("expected a value");
    return false;
}

bool JsonScanner::skip() {
    std::string open;                    // brackets of what was begun here
    do {
        std::string_view name;
        if (!open.empty()) {
            const bool more = open.back() == '{' ? next_member(name) : next_item();
            if (failed_) return false;
            if (!more) {
                open.pop_back();
                continue;
            }
        }
        const Kind kind = peek();
        if (kind == Kind::object || kind == Kind::array) {
            if (!(kind == Kind::object ? begin_object() : begin_array())) return false;
            open += kind == Kind::object ? '{' : '[';
        } else if (!scalar(kind)) {
            return false;
        }
    } while (!open.empty());
    return true;
}

// Behind the opening quote lie plain bytes up to a closing one; the first backslash leaves the fast way.
bool JsonScanner::string(std::string_view& value) {
    const char* const from = input_.data() + at_ + 1;
    const char* const end = input_.data() + input_.size();
    const char* to = from + plain_ascii(input_.substr(at_ + 1));
    std::uint8_t high = 0;               // of all bytes together: has one the highest bit?
    for (; to != end && is_plain(*to); ++to) high |= static_cast<std::uint8_t>(*to);
    at_ = static_cast<std::size_t>(to - input_.data());
    value = {from, static_cast<std::size_t>(to - from)};
    if (to != end && *to == '\\') {
        scratch_ = value;
        if (!unescape()) return false;
        value = scratch_;
        high = 0x80;
    }
    if (at_ == input_.size() || input_[at_] != '"') {
        broken(at_ == input_.size() ? "a text without end" : "a control character in a text");
        return false;
    }
    if (high >= 0x80 && !is_utf8(value)) {
        broken("a text that is not UTF-8");
        return false;
    }
    ++at_;
    return true;
}

// The rest of a text, from its first backslash to its closing quote or what must not stand there, behind what scratch_ holds.
bool JsonScanner::unescape() {
    static constexpr std::string_view kEscapes = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    for (; at_ < input_.size(); ++at_) {
        const char c = input_[at_];
        if (is_plain(c)) {
            scratch_ += c;
            continue;
        }
        if (c != '\\' || ++at_ == input_.size()) return true;
        if (input_[at_] == 'u') {
            if (!unescape_unicode()) return false;
            continue;
        }
        const std::size_t which = kEscapes.find(input_[at_]);
        if (which == std::string_view::npos) {
            broken("an escape that JSON does not have");
            return false;
        }
        scratch_ += kMeanings[which];
    }
    return true;
}

// Four hex digits behind the character at at_, which ends on the last of them.
bool JsonScanner::hex4(std::uint32_t& code) {
    code = 0;
    for (int i = 0; i < 4; ++i) {
        ++at_;
        const int digit = at_ < input_.size() ? hex_digit(input_[at_]) : -1;
        if (digit < 0) {
            broken("expected four hex digits behind \\u");
            return false;
        }
        code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    return true;
}

bool JsonScanner::unescape_unicode() {
    std::uint32_t code = 0;
    if (!hex4(code)) return false;
    if (code >= 0xd800 && code <= 0xdbff && input_.substr(at_ + 1).starts_with("\\u")) {
        std::uint32_t low = 0;
        at_ += 2;
        if (!hex4(low)) return false;
        // With a second half that is none, the first one stays alone: refused below.
        if (low >= 0xdc00 && low <= 0xdfff) code = 0x10000 + ((code - 0xd800) << 10U) + (low - 0xdc00);
    }
    if (code >= 0xd800 && code <= 0xdfff) {
        broken("half of a surrogate pair");
        return false;
    }
    append_utf8(scratch_, code);
    return true;
}

}  // namespace headgate::codec
