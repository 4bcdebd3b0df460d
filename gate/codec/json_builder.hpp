// json_builder.hpp: the tree of a JSON document from the tokens of a JsonScanner, whatever the tree's nodes are: those of json.hpp or of
// tree.hpp. For the files of this room that make one.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "codec/json_scanner.hpp"

namespace headgate::codec {

// Of the tree that a document becomes: an integer of one digit takes as many bytes as a whole record, and a vector that grows twice
// as many.
inline constexpr std::uint64_t kTreeBytes = 512ULL << 20U;
inline constexpr std::size_t kInline = 15;      // longest text that needs no bytes of its own (std::string)

// A container that is open. It lies in its parent, which does not grow before it is closed.
template <typename Nodes>
struct JsonFrame {
    using Node = typename Nodes::Node;

    Node* value;
    bool object;
    std::string key = {};                          // the last, where duplicates are told
    Node* again = nullptr;                         // where the value of a key goes that is there twice
    std::set<std::string, std::less<>> keys = {};  // of large objects: ordered, so that no choice of keys makes it slow

    // False when the key is there. Called before the member is added.
    bool add_key(std::string_view name) {
        constexpr std::size_t kFew = 32;
        const auto& members = Nodes::members(*value);
        if (members.size() < kFew) return std::none_of(members.begin(), members.end(), [&](const auto& one) { return Nodes::key(one) == name; });
        if (members.size() == kFew) {
            for (const auto& member : members) keys.insert(Nodes::key(member));
        }
        return keys.emplace(name).second;
    }
};

// Readers hold what is no integer in a double, and what no double holds they read in different ways.
inline bool fits_double(std::string_view spelling) {
    double value = 0;
    if (std::from_chars(spelling.data(), spelling.data() + spelling.size(), value).ec == std::errc{}) return true;
    return std::isfinite(std::strtod(std::string(spelling).c_str(), nullptr));      // it was too small
}

/// Builds a tree and stops at the first thing that is refused. `Nodes` says what its nodes are:
///   Node, Member; `items(Node&)`, `members(Node&)`; `key(Member)`, `value(Member&)`, `add(members, name)`;
///   `begin(Node&, type, offset)`: a value of this type was just begun, its first token ends at this byte; `spell(Node&, type, text)`;
///   `whole(Node&, integer)`, `boolean(Node&, flag)`; `close(Node&)`: all that is in a container is there.
template <typename Nodes>
class JsonBuilder {
    using Node = typename Nodes::Node;
    using Member = typename Nodes::Member;
    using Frame = JsonFrame<Nodes>;

  public:
    /// `duplicates`: where keys that are there twice are told; nullptr: they are refused.
    JsonBuilder(ByteView bytes, const JsonLimits& limits, std::vector<std::string>* duplicates, Nodes nodes = {})
        : nodes_(std::move(nodes)), scanner_(bytes, limits), duplicates_(duplicates) {}

    bool read() {
        if (!value()) return false;
        while (!stack_.empty()) {
            const bool object = stack_.back().object;
            std::string_view name;
            const bool more = object ? scanner_.next_member(name) : scanner_.next_item();
            if (scanner_.failed()) return false;
            if (!more) close();
            else if ((object && !key(name)) || !value()) return false;
        }
        return scanner_.peek() == Kind::end || refuse("not valid JSON: something behind the document");
    }
    Node take() { return std::move(root_); }
    const std::string& problem() const { return scanner_.problem(); }

  private:
    using Kind = JsonScanner::Kind;

    void close() {
        nodes_.close(*stack_.back().value);
        stack_.pop_back();
    }
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
                Node* const node = scanner_.boolean(flag) ? slot(Json::Type::boolean) : nullptr;
                if (node != nullptr) nodes_.boolean(*node, flag);
                return node != nullptr;
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
        Node* const node = spelled(whole ? Json::Type::integer : Json::Type::real, spelling);
        if (node != nullptr) nodes_.whole(*node, integer);
        return node != nullptr;
    }
    bool key(std::string_view name) {
        Frame& frame = stack_.back();
        if (duplicates_ != nullptr) frame.key = name;
        frame.again = nullptr;
        if (!frame.add_key(name)) return duplicates_ != nullptr ? key_again(name) : refuse("duplicate key \"" + escape_terminal(name, 80) + "\"");
        auto& members = Nodes::members(*frame.value);
        if (!grow(members) || !holds(name)) return false;
        nodes_.add(members, name);
        return true;
    }
    bool key_again(std::string_view name) {
        constexpr std::size_t kMostDuplicates = 100;
        Frame& frame = stack_.back();
        auto& members = Nodes::members(*frame.value);
        const auto found = std::find_if(members.begin(), members.end(), [&](const Member& one) { return Nodes::key(one) == name; });
        Nodes::value(*found) = Node{};
        frame.again = &Nodes::value(*found);
        if (duplicates_->size() >= kMostDuplicates) return true;
        std::string path;
        for (const Frame& one : stack_) {
            if (one.object) path += (path.empty() ? "" : ".") + one.key;
        }
        duplicates_->push_back(std::move(path));
        return true;
    }
    // Where the value goes that was just begun; nullptr, with a problem, when there may be no more.
    Node* slot(Json::Type type) {
        Node* node = &root_;
        if (!stack_.empty()) {
            Frame& frame = stack_.back();
            auto& items = Nodes::items(*frame.value);
            if (!frame.object && !grow(items)) return nullptr;
            node = !frame.object ? &items.emplace_back() : frame.again != nullptr ? frame.again : &Nodes::value(Nodes::members(*frame.value).back());
        }
        nodes_.begin(*node, type, scanner_.offset());
        return node;
    }
    Node* spelled(Json::Type type, std::string_view text) {
        Node* const node = holds(text) ? slot(type) : nullptr;
        if (node != nullptr) nodes_.spell(*node, type, text);
        return node;
    }
    bool open(Json::Type type) {
        Node* const node = slot(type);
        if (node != nullptr) stack_.push_back({node, type == Json::Type::object});
        return node != nullptr;
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
        constexpr bool kMembers = std::is_same_v<T, Member>;       // an object seldom has but one
        const std::size_t more = values.empty() ? (kMembers ? 4 : 1) : values.size();
        if (!take_bytes(more * sizeof(T))) return false;
        values.reserve(values.size() + more);
        return true;
    }

    Nodes nodes_;
    JsonScanner scanner_;
    std::vector<std::string>* duplicates_;
    std::vector<Frame> stack_;
    std::uint64_t tree_bytes_ = 0;
    Node root_;
};

/// One document, whole.
template <typename Nodes>
Result<typename Nodes::Node> build_from_json(ByteView bytes, const JsonLimits& limits, std::vector<std::string>* duplicates = nullptr, Nodes nodes = {}) {
    if (starts_with(bytes, "\xef\xbb\xbf")) return Error{ErrorCode::malformed, "a byte order mark at byte 0"};
    JsonBuilder<Nodes> builder(bytes, limits, duplicates, std::move(nodes));
    if (!builder.read()) return Error{ErrorCode::malformed, builder.problem()};
    return builder.take();
}

}  // namespace headgate::codec
