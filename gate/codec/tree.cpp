#include "codec/tree.hpp"

#include <algorithm>
#include <numeric>

#include "codec/json.hpp"
#include "codec/yaml.hpp"

namespace headgate::codec {
namespace {

/// Byte offsets -> line numbers.
class Lines {
  public:
    explicit Lines(ByteView bytes) {
        const std::string_view text = as_text(bytes);
        for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) ends_.push_back(at);
    }
    std::uint32_t of(std::uint64_t offset) const {
        const std::uint64_t before = offset == 0 ? 0 : offset - 1;  // Json::offset is just behind the first token
        return static_cast<std::uint32_t>(std::lower_bound(ends_.begin(), ends_.end(), before) - ends_.begin()) + 1;
    }

  private:
    std::vector<std::uint64_t> ends_;
};

// As deep as the reader of JSON allows, and no deeper.
Tree tree_of(Json&& value, const Lines& lines) {
    Tree tree;
    tree.line = lines.of(value.offset);
    tree.boolean = value.boolean;
    tree.integer = value.integer;
    switch (value.type) {
        case Json::Type::null: break;
        case Json::Type::boolean: tree.type = Tree::Type::boolean; break;
        case Json::Type::integer: tree.type = Tree::Type::integer; break;
        case Json::Type::real: tree.type = Tree::Type::real; break;
        case Json::Type::text:
            tree.type = Tree::Type::text;
            tree.text = std::move(value.text);
            break;
        case Json::Type::array:
            tree.type = Tree::Type::array;
            for (Json& item : value.items) tree.items.push_back(tree_of(std::move(item), lines));
            break;
        case Json::Type::object:
            tree.type = Tree::Type::table;
            for (Json::Member& member : value.members) {
                Tree inner = tree_of(std::move(member.second), lines);
                const std::uint32_t line = inner.line;
                tree.entries.push_back({std::move(member.first), line, std::move(inner)});
            }
            tree.index();
            break;
    }
    return tree;
}

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
    Json document = TRY(parse_json(bytes, {limits.depth, limits.bytes, limits.values}));
    return tree_of(std::move(document), Lines(bytes));
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
