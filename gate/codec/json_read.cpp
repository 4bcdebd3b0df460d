// json_read.cpp: parse_json, the tree of a document from the tokens of a JsonScanner.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <set>
#include <type_traits>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "codec/json_scanner.hpp"

namespace headgate::codec {
namespace {

// Of the tree that a document becomes: an integer of one digit takes as many bytes as a whole record, and a vector that grows twice
// as many.
constexpr std::uint64_t kTreeBytes = 512ULL << 20U;
constexpr std::size_t kInline = 15;      // longest text that needs no bytes of its own (std::string)

// A container that is open. It lies in its parent, which does not grow before it is closed.
struct Frame {
    Json* value;
    std::string key = {};                          // the last, where duplicates are told
    Json* again = nullptr;                         // where the value of a key goes that is there twice
    std::set<std::string, std::less<>> keys = {};  // of large objects: ordered, so that no choice of keys makes it slow

    // False when the key is there. Called before the member is added.
    bool add_key(std::string_view name) {
        constexpr std::size_t kFew = 32;
        const std::vector<Json::Member>& members = value->members;
        if (members.size() < kFew) return value->find(name) == nullptr;
        if (members.size() == kFew) {
            for (const Json::Member& member : members) keys.insert(member.first);
        }
        return keys.emplace(name).second;
    }
};

// Readers hold what is no integer in a double, and what no double holds they read in different ways.
bool fits_double(std::string_view spelling) {
    double value = 0;
    if (std::from_chars(spelling.data(), spelling.data() + spelling.size(), value).ec == std::errc{}) return true;
    return std::isfinite(std::strtod(std::string(spelling).c_str(), nullptr));      // it was too small
}

// Builds a Json and stops at the first thing that is refused.
class Builder {
  public:
    /// `duplicates`: where keys that are there twice are told; nullptr: they are refused.
    Builder(ByteView bytes, const JsonLimits& limits, std::vector<std::string>* duplicates) : scanner_(bytes, limits), duplicates_(duplicates) {}

    bool read() {
        if (!value()) return false;
        while (!stack_.empty()) {
            const bool object = stack_.back().value->is_object();
            std::string_view name;
            const bool more = object ? scanner_.next_member(name) : scanner_.next_item();
            if (scanner_.failed()) return false;
            if (!more) stack_.pop_back();
            else if ((object && !key(name)) || !value()) return false;
        }
        return scanner_.peek() == Kind::end || refuse("not valid JSON: something behind the document");
    }
    Json take() { return std::move(root_); }
    const std::string& problem() const { return scanner_.problem(); }

  private:
    using Kind = JsonScanner::Kind;

    bool refuse(const std::string& what) {
        scanner_.fail(what);
        return false;
    }
    bool value() {
        std::string_view text;
        bool flag = false;
        switch (scanner_.peek()) {
            case Kind::object: return scanner_.begin_object() && open(Json::Type::object);
            case Kind::array: return scanner_.begin_array() && open(Json::Type::array);
            case Kind::text: return scanner_.text(text) && spelled(Json::Type::text, text) != nullptr;
            case Kind::number: return scanner_.number(text) && number(text);
            case Kind::boolean: {
                Json* const json = scanner_.boolean(flag) ? slot(Json::Type::boolean) : nullptr;
                if (json != nullptr) json->boolean = flag;
                return json != nullptr;
            }
            case Kind::null:
                if (scanner_.null()) return slot(Json::Type::null) != nullptr;
                break;
            default: break;
        }
        return refuse("not valid JSON: expected a value");
    }
    // A whole number that does not fit is a real.
    bool number(std::string_view spelling) {
        std::int64_t integer = 0;
        const char* const end = spelling.data() + spelling.size();
        const auto [stop, error] = std::from_chars(spelling.data(), end, integer);
        const bool whole = stop == end && error == std::errc{};
        if (!whole && !fits_double(spelling)) return refuse("a number that no double holds");
        Json* const json = spelled(whole ? Json::Type::integer : Json::Type::real, spelling);
        if (json != nullptr) json->integer = integer;
        return json != nullptr;
    }
    bool key(std::string_view name) {
        Frame& frame = stack_.back();
        if (duplicates_ != nullptr) frame.key = name;
        frame.again = nullptr;
        if (!frame.add_key(name)) return duplicates_ != nullptr ? key_again(name) : refuse("duplicate key \"" + escape_terminal(name, 80) + "\"");
        if (!grow(frame.value->members) || !holds(name)) return false;
        frame.value->members.emplace_back(name, Json{});
        return true;
    }
    bool key_again(std::string_view name) {
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
    // Where the value goes that was just begun; nullptr, with a problem, when there may be no more.
    Json* slot(Json::Type type) {
        Json* json = &root_;
        if (!stack_.empty()) {
            Json& parent = *stack_.back().value;
            if (parent.is_array() && !grow(parent.items)) return nullptr;
            Json* const again = stack_.back().again;
            json = parent.is_array() ? &parent.items.emplace_back() : again != nullptr ? again : &parent.members.back().second;
        }
        json->type = type;
        json->offset = scanner_.offset();
        return json;
    }
    Json* spelled(Json::Type type, std::string_view text) {
        Json* const json = holds(text) ? slot(type) : nullptr;
        if (json != nullptr) json->text = text;
        return json;
    }
    bool open(Json::Type type) {
        Json* const json = slot(type);
        if (json != nullptr) stack_.push_back({json});
        return json != nullptr;
    }
    bool take_bytes(std::uint64_t bytes) {
        tree_bytes_ += bytes;
        return tree_bytes_ <= kTreeBytes || refuse("more than " + std::to_string(kTreeBytes >> 20U) + " MiB of values");
    }
    bool holds(std::string_view text) { return text.size() <= kInline || take_bytes(text.size()); }
    /// Makes room for one more; both the old and the new place exist for a moment.
    template <typename T>
    bool grow(std::vector<T>& values) {
        if (values.size() < values.capacity()) return true;
        constexpr bool kMembers = std::is_same_v<T, Json::Member>;       // an object seldom has but one
        const std::size_t more = values.empty() ? (kMembers ? 4 : 1) : values.size();
        if (!take_bytes(more * sizeof(T))) return false;
        values.reserve(values.size() + more);
        return true;
    }

    JsonScanner scanner_;
    std::vector<std::string>* duplicates_;
    std::vector<Frame> stack_;
    std::uint64_t tree_bytes_ = 0;
    Json root_;
};

Result<Json> parse(ByteView bytes, const JsonLimits& limits, std::vector<std::string>* duplicates) {
    if (starts_with(bytes, "\xef\xbb\xbf")) return Error{ErrorCode::malformed, "a byte order mark at byte 0"};
    Builder builder(bytes, limits, duplicates);
    if (!builder.read()) return Error{ErrorCode::malformed, builder.problem()};
    return builder.take();
}

}  // namespace

Result<Json> parse_json(ByteView bytes, const JsonLimits& limits) { return parse(bytes, limits, nullptr); }

Result<Json> parse_json_last_key(ByteView bytes, const JsonLimits& limits, std::vector<std::string>& duplicates) {
    return parse(bytes, limits, &duplicates);
}

}  // namespace headgate::codec
