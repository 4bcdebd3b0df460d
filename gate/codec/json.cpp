#include "codec/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.hpp"

namespace headgate::codec {
namespace {

// Counts the bytes that nlohmann's lexer takes, for positions (its SAX interface has none).
class CountingIterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    CountingIterator(const char* at, std::uint64_t* count) : at_(at), count_(count) {}
    reference operator*() const { return *at_; }
    CountingIterator& operator++() {
        ++at_;
        ++*count_;
        return *this;
    }
    bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
    bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

  private:
    const char* at_;
    std::uint64_t* count_;
};

// Of the tree that a document becomes: an integer of one digit takes as many bytes as a whole record, and a vector that grows twice
// as many.
constexpr std::uint64_t kTreeBytes = 512ULL << 20U;
constexpr std::size_t kInline = 15;      // longest text that needs no bytes of its own (std::string)

// Builds a Json from SAX events and stops at the first thing that is refused.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
  public:
    /// `duplicates`: where keys that are there twice are told; nullptr: they are refused.
    Builder(const JsonLimits& limits, const std::uint64_t& offset, std::vector<std::string>* duplicates)
        : limits_(limits), offset_(offset), duplicates_(duplicates) {}

    bool null() override { return slot() != nullptr; }
    bool boolean(bool value) override {
        Json* const json = slot(Json::Type::boolean);
        if (json != nullptr) json->boolean = value;
        return json != nullptr;
    }
    bool number_integer(number_integer_t value) override { return integer(static_cast<std::int64_t>(value)); }
    bool number_unsigned(number_unsigned_t value) override {
        if (value <= static_cast<number_unsigned_t>(INT64_MAX)) return integer(static_cast<std::int64_t>(value));
        return spelled(Json::Type::real, std::to_string(value));  // written as an integer, but does not fit
    }
    bool number_float(number_float_t, const string_t& spelling) override { return spelled(Json::Type::real, spelling); }
    bool string(string_t& value) override { return spelled(Json::Type::text, value); }
    bool binary(binary_t&) override { return refuse("binary value"); }
    bool start_object(std::size_t) override { return open(Json::Type::object); }
    bool start_array(std::size_t) override { return open(Json::Type::array); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        if (duplicates_ != nullptr) stack_.back().key = name;
        stack_.back().again = nullptr;
        if (!stack_.back().add_key(name)) return duplicates_ != nullptr ? key_again(name) : refuse("duplicate key \"" + escape_terminal(name, 80) + "\"");
        if (!grow(stack_.back().value->members) || !holds(name)) return false;
        stack_.back().value->members.emplace_back(name, Json{});
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        return refuse_at("not valid JSON", position);
    }

    bool done() const { return done_; }
    Json take() { return std::move(root_); }
    const std::string& problem() const { return problem_; }

  private:
    // A container that is open. It lies in its parent, which does not grow before it is closed.
    struct Frame {
        Json* value;
        std::string key = {};                          // the last, where duplicates are told
        Json* again = nullptr;                         // where the value of a key goes that is there twice
        std::set<std::string, std::less<>> keys = {};  // of large objects: ordered, so that no choice of keys makes it slow

        // False when the key is there. Called before the member is added.
        bool add_key(const std::string& name) {
            constexpr std::size_t kFew = 32;
            const std::vector<Json::Member>& members = value->members;
            if (members.size() < kFew) return value->find(name) == nullptr;
            if (members.size() == kFew) {
                for (const Json::Member& member : members) keys.insert(member.first);
            }
            return keys.insert(name).second;
        }
    };

    bool refuse(const std::string& what) { return refuse_at(what, offset_); }
    bool refuse_at(const std::string& what, std::uint64_t offset) {
        if (problem_.empty()) problem_ = what + " at byte " + std::to_string(offset);
        return false;
    }
    // Where the next value goes; nullptr, with a problem, when there may be no more.
    Json* slot(Json::Type type = Json::Type::null) {
        if (++values_ > limits_.values) {
            refuse("more than " + std::to_string(limits_.values) + " values");
            return nullptr;
        }
        Json* json = &root_;
        if (!stack_.empty()) {
            Json& parent = *stack_.back().value;
            if (parent.is_array() && !grow(parent.items)) return nullptr;
            Json* const again = stack_.back().again;
            json = parent.is_array() ? &parent.items.emplace_back() : again != nullptr ? again : &parent.members.back().second;
        }
        done_ = stack_.empty();
        json->type = type;
        json->offset = offset_;
        return json;
    }
    bool key_again(const std::string& name) {
        constexpr std::size_t kMostDuplicates = 100;
        Frame& frame = stack_.back();
        const auto found = std::find_if(frame.value->members.begin(), frame.value->members.end(), [&](const Json::Member& one) { return one.first == name; });
        found->second = Json{};
        frame.again = &found->second;
        if (duplicates_->size() >= kMostDuplicates) return true;
        std::string path;
        for (const Frame& one : stack_) {
            if (one.value->is_object()) path += (path.empty() ? "" : ".") + one.key;
        }
        duplicates_->push_back(std::move(path));
        return true;
    }
    bool spelled(Json::Type type, std::string text) {
        Json* const json = holds(text) ? slot(type) : nullptr;
        if (json != nullptr) json->text = std::move(text);
        return json != nullptr;
    }
    bool take_bytes(std::uint64_t bytes) {
        tree_bytes_ += bytes;
        return tree_bytes_ <= kTreeBytes || refuse("more than " + std::to_string(kTreeBytes >> 20U) + " MiB of values");
    }
    bool holds(const std::string& text) { return text.size() <= kInline || take_bytes(text.size()); }
    /// Makes room for one more; both the old and the new place exist for a moment.
    template <typename T>
    bool grow(std::vector<T>& values) {
        if (values.size() < values.capacity()) return true;
        const std::size_t more = values.empty() ? 1 : values.size();
        if (!take_bytes(more * sizeof(T))) return false;
        values.reserve(values.size() + more);
        return true;
    }
    bool integer(std::int64_t value) {
        Json* const json = slot(Json::Type::integer);
        if (json == nullptr) return false;
        json->integer = value;
        json->text = std::to_string(value);
        return true;
    }
    bool open(Json::Type type) {
        if (stack_.size() >= limits_.depth) return refuse("nested deeper than " + std::to_string(limits_.depth));
        Json* const json = slot(type);
        if (json == nullptr) return false;
        stack_.push_back({json});
        return true;
    }
    bool close() {
        stack_.pop_back();
        done_ = stack_.empty();
        return true;
    }

    const JsonLimits& limits_;
    const std::uint64_t& offset_;
    std::vector<std::string>* duplicates_;
    std::vector<Frame> stack_;
    std::uint64_t values_ = 0;
    std::uint64_t tree_bytes_ = 0;
    Json root_;
    bool done_ = false;
    std::string problem_;
};

// What stands between quotes: runs of characters that stand for themselves, and what must be escaped.
void append_escaped(std::string_view text, std::string& out) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string mended;
    if (!is_utf8(text)) text = mended = to_valid_utf8(text);
    while (!text.empty()) {
        std::size_t run = 0;
        while (run < text.size() && static_cast<std::uint8_t>(text[run]) >= 0x20 && text[run] != '"' && text[run] != '\\') ++run;
        out += text.substr(0, run);
        text.remove_prefix(run);
        if (text.empty()) return;
        switch (const char c = text.front()) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                out += "\\u00";
                out += kHex[static_cast<std::uint8_t>(c) >> 4U];
                out += kHex[static_cast<std::uint8_t>(c) & 15U];
        }
        text.remove_prefix(1);
    }
}

void write(const Json& value, int indent, std::string& out);

void line(int indent, std::string& out) {
    if (indent < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent) * 2, ' ');
}

void write_container(const Json& value, int indent, std::string& out) {
    const bool object = value.is_object();
    const std::size_t count = object ? value.members.size() : value.items.size();
    const int inner = indent < 0 ? -1 : indent + 1;
    out += object ? '{' : '[';
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += ',';
        line(inner, out);
        if (object) {
            out += '"';
            append_escaped(value.members[i].first, out);
            out += "\":";
            if (indent >= 0) out += ' ';
            write(value.members[i].second, inner, out);
        } else {
            write(value.items[i], inner, out);
        }
    }
    if (count > 0) line(indent, out);
    out += object ? '}' : ']';
}

// Depth is bounded: parsed documents by their limits, made ones by who makes them.
void write(const Json& value, int indent, std::string& out) {
    switch (value.type) {
        case Json::Type::null: out += "null"; break;
        case Json::Type::boolean: out += value.boolean ? "true" : "false"; break;
        case Json::Type::integer:
        case Json::Type::real: out += value.text; break;
        case Json::Type::text:
            out += '"';
            append_escaped(value.text, out);
            out += '"';
            break;
        case Json::Type::array:
        case Json::Type::object: write_container(value, indent, out); break;
    }
}

// UTF-16 code unit order of two UTF-8 strings: characters above U+FFFF sort as surrogates, below U+E000..U+FFFF.
bool utf16_less(const std::string& a, const std::string& b) {
    const auto rank = [](char c) {
        const auto byte = static_cast<std::uint8_t>(c);
        // Lead bytes F0..F4 (surrogate pairs, D800..DFFF) come before EE and EF (U+E000..U+FFFF).
        if (byte >= 0xf0) return 0xee + (byte - 0xf0);
        if (byte >= 0xee) return 0xf8 + (byte - 0xee);
        return static_cast<int>(byte);
    };
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [&](char x, char y) { return rank(x) < rank(y); });
}

Json sorted(const Json& value) {
    Json copy = value;
    for (Json& item : copy.items) item = sorted(item);
    for (Json::Member& member : copy.members) member.second = sorted(member.second);
    std::sort(copy.members.begin(), copy.members.end(),
              [](const Json::Member& a, const Json::Member& b) { return utf16_less(a.first, b.first); });
    return copy;
}

Result<Json> parse(ByteView bytes, const JsonLimits& limits, std::vector<std::string>* duplicates) {
    const auto malformed = [](std::string what) { return Error{ErrorCode::malformed, std::move(what)}; };
    if (bytes.size() > limits.bytes) return malformed("larger than " + std::to_string(limits.bytes) + " bytes");
    if (starts_with(bytes, "\xef\xbb\xbf")) return malformed("a byte order mark at byte 0");
    const std::string_view text = as_text(bytes);
    // The lexer takes a NUL for the end of input and would not see what follows.
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
        return malformed("a NUL at byte " + std::to_string(nul));
    }
    std::uint64_t offset = 0;
    Builder builder(limits, offset, duplicates);
    const bool parsed = nlohmann::json::sax_parse(CountingIterator(text.data(), &offset),
                                                  CountingIterator(text.data() + text.size(), &offset), &builder);
    if (!parsed || !builder.done()) {
        return malformed(builder.problem().empty() ? "not valid JSON" : builder.problem());
    }
    return builder.take();
}

}  // namespace

Json::Json() = default;
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

const Json* Json::find(std::string_view key) const {
    for (const Member& member : members) {
        if (member.first == key) return &member.second;
    }
    return nullptr;
}

const std::string* Json::find_text(std::string_view key) const {
    const Json* value = find(key);
    return value != nullptr && value->is_text() ? &value->text : nullptr;
}

Json Json::of(std::string_view value) {
    Json json;
    json.type = Type::text;
    json.text = value;
    return json;
}

Json Json::of(std::int64_t value) {
    Json json;
    json.type = Type::integer;
    json.integer = value;
    json.text = std::to_string(value);
    return json;
}

Json Json::of(bool value) {
    Json json;
    json.type = Type::boolean;
    json.boolean = value;
    return json;
}

Json Json::array() {
    Json json;
    json.type = Type::array;
    return json;
}

Json Json::object() {
    Json json;
    json.type = Type::object;
    return json;
}

Json& Json::add(std::string key, Json value) {
    members.emplace_back(std::move(key), std::move(value));
    return members.back().second;
}

Json& Json::push(Json value) {
    items.push_back(std::move(value));
    return items.back();
}

Result<Json> parse_json(ByteView bytes, const JsonLimits& limits) { return parse(bytes, limits, nullptr); }

Result<Json> parse_json_last_key(ByteView bytes, const JsonLimits& limits, std::vector<std::string>& duplicates) {
    return parse(bytes, limits, &duplicates);
}

std::string escape_json(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    append_escaped(text, out);
    return out;
}

std::string write_json(const Json& value) {
    std::string out;
    write(value, -1, out);
    return out;
}

std::string write_json_pretty(const Json& value) {
    std::string out;
    write(value, 0, out);
    return out;
}

std::string write_jcs(const Json& value) { return write_json(sorted(value)); }

}  // namespace headgate::codec
