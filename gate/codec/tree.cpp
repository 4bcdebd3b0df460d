#include "codec/tree.hpp"

#include <algorithm>
#include <numeric>

#include "codec/json_builder.hpp"
#include "codec/yaml.hpp"

namespace headgate::codec {
namespace {

/// JSON as a tree: numbers without their spelling, a line for each value and, the same, for its key.
struct TreeNodes {
    using Node = Tree;
    using Member = Tree::Entry;

    static std::vector<Tree>& items(Tree& node) { return node.items; }
    static std::vector<Member>& members(Tree& node) { return node.entries; }
    static const std::string& key(const Member& member) { return member.key; }
    static Tree& value(Member& member) { return member.value; }

    static void add(std::vector<Member>& members, std::string_view name) { members.emplace_back().key = name; }
    void begin(Tree& node, Json::Type type, std::uint64_t offset) {
        node.type = type_of(type);
        node.line = line_of(offset);
    }
    static void spell(Tree& node, Json::Type type, std::string_view text) {
        if (type == Json::Type::text) node.text = text;
    }
    static void whole(Tree& node, std::int64_t integer) { node.integer = integer; }
    static void boolean(Tree& node, bool flag) { node.boolean = flag; }
    static void close(Tree& node) {
        for (Member& entry : node.entries) entry.line = entry.value.line;
        node.index();
    }

    static Tree::Type type_of(Json::Type type) {
        switch (type) {
            case Json::Type::null: break;
            case Json::Type::boolean: return Tree::Type::boolean;
            case Json::Type::integer: return Tree::Type::integer;
            case Json::Type::real: return Tree::Type::real;
            case Json::Type::text: return Tree::Type::text;
            case Json::Type::array: return Tree::Type::array;
            case Json::Type::object: return Tree::Type::table;
        }
        return Tree::Type::null;
    }
    /// Of the token that ends there; tokens come one behind the other.
    std::uint32_t line_of(std::uint64_t offset) {
        const auto ends = std::count(text.begin() + static_cast<std::ptrdiff_t>(counted), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
        counted = offset;
        return line += static_cast<std::uint32_t>(ends);
    }

    std::string_view text;
    std::uint64_t counted = 0;
    std::uint32_t line = 1;
};

Tree tree_of(Yaml&& value) {
    Tree tree;
    tree.line = std::max(value.line, 1U);
    switch (value.type) {
        case Yaml::Type::null: break;
        case Yaml::Type::scalar:
            if (const auto boolean = value.boolean()) {
                tree.type = Tree::Type::boolean;
                tree.boolean = *boolean;
            } else {
                tree.type = Tree::Type::text;
            }
            tree.text = std::move(value.text);
            break;
        case Yaml::Type::sequence:
            tree.type = Tree::Type::array;
            for (Yaml& item : value.items) tree.items.push_back(tree_of(std::move(item)));
            break;
        case Yaml::Type::mapping:
            tree.type = Tree::Type::table;
            for (Yaml::Entry& entry : value.entries) {
                tree.entries.push_back({std::move(entry.key), std::max(entry.key_line, 1U), tree_of(std::move(entry.value))});
            }
            tree.index();
            break;
    }
    return tree;
}

}  // namespace

void Tree::index() {
    constexpr std::size_t kFew = 16;
    if (entries.size() <= kFew) return;
    by_key.resize(entries.size());
    std::iota(by_key.begin(), by_key.end(), 0U);
    std::sort(by_key.begin(), by_key.end(), [this](std::uint32_t a, std::uint32_t b) { return entries[a].key < entries[b].key; });
}

const Tree* Tree::find(std::string_view key) const {
    if (!by_key.empty()) {
        const auto at = std::lower_bound(by_key.begin(), by_key.end(), key, [this](std::uint32_t position, std::string_view wanted) { return entries[position].key < wanted; });
        return at != by_key.end() && entries[*at].key == key ? &entries[*at].value : nullptr;
    }
    for (const Entry& entry : entries) {
        if (entry.key == key) return &entry.value;
    }
    return nullptr;
}

Result<Tree> parse_json_tree(ByteView bytes, const TreeLimits& limits) {
    TreeNodes nodes;
    nodes.text = as_text(bytes);
    return build_from_json<TreeNodes>(bytes, {limits.depth, limits.bytes, limits.values}, nullptr, nodes);
}

Result<std::vector<Tree>> parse_yaml_trees(ByteView bytes, std::size_t most, const TreeLimits& limits) {
    std::vector<Tree> trees;
    for (Yaml& document : TRY(parse_yaml_documents(bytes, most, {limits.depth, limits.bytes, limits.values, limits.aliases}))) {
        trees.push_back(tree_of(std::move(document)));
        if (trees.back().type == Tree::Type::null) trees.back().type = Tree::Type::table;
    }
    return trees;
}

Result<Tree> parse_yaml_tree(ByteView bytes, const TreeLimits& limits) {
    std::vector<Tree> trees = TRY(parse_yaml_trees(bytes, 1, limits));
    if (!trees.empty()) return std::move(trees.front());
    Tree empty;
    empty.type = Tree::Type::table;
    empty.line = 1;
    return empty;
}

}  // namespace headgate::codec
