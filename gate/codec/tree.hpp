// tree.hpp: one document as a tree, whether it was TOML, JSON or YAML: what intake reads lockfiles from. The strictness is that of
// the reader of each language (toml.hpp, json.hpp, yaml.hpp): duplicate keys, malformed UTF-8 and depth are refused there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate::codec {

struct Tree {
    enum class Type : std::uint8_t { null, boolean, integer, real, time, text, array, table };
    struct Entry;

    Type type = Type::null;
    bool boolean = false;
    std::int64_t integer = 0;
    std::string text;                     // of text, which every scalar of YAML is, and of time
    std::vector<Tree> items;              // of array
    std::vector<Entry> entries;           // of table
    std::vector<std::uint32_t> by_key;    // positions in `entries` by key, where there are many
    std::uint32_t line = 0;               // 1-based

    bool is_text() const { return type == Type::text; }
    bool is_array() const { return type == Type::array; }
    bool is_table() const { return type == Type::table; }
    const Tree* find(std::string_view key) const;
    /// Once all entries are there: looking up each key of a large table must not take the square of its size.
    void index();
};

struct Tree::Entry {
    std::string key;
    std::uint32_t line = 0;               // of the value in JSON
    Tree value;
};

struct TreeLimits {
    std::uint32_t depth = 64;
    std::uint64_t bytes = 16ULL << 20U;
    std::uint64_t values = 2'000'000;
    bool aliases = false;                 // of YAML: YamlLimits::aliases
};

/// An empty document is an empty table. The Error says what and where.
Result<Tree> parse_json_tree(ByteView bytes, const TreeLimits& limits = {});
Result<Tree> parse_yaml_tree(ByteView bytes, const TreeLimits& limits = {});
/// At most so many documents, parted by "---".
Result<std::vector<Tree>> parse_yaml_trees(ByteView bytes, std::size_t most, const TreeLimits& limits = {});

}  // namespace headgate::codec
