// yaml.hpp: strict YAML for policies and card front matter, with positions. <yaml-cpp> stays inside yaml.cpp.
//
// Refused: anchors, aliases, tags, merge keys (unless the limits say otherwise), a second document, duplicate keys, non-scalar keys, malformed UTF-8, NUL, a
// BOM, UTF-16, tabs as indentation, depth or size beyond the limits. Scalars follow the YAML 1.2 core schema: only
// true/false are booleans, `no` and `010` are text and the number ten respectively.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate::codec {

struct YamlLimits {
    std::uint32_t depth = 32;
    std::uint64_t bytes = 1ULL << 20U;
    std::uint64_t nodes = 200'000;
    /// Anchors, aliases and merge keys are taken, and what they stand for is in their place; what that adds counts as if it were
    /// written out, among `nodes` and `bytes`. A tag of the document's own (`!reset [..]`) is taken too: the node is then a mapping with
    /// one entry, by the tag. For files that other programs read so; never for a policy.
    bool aliases = false;
};

struct Yaml {
    enum class Type { null, scalar, sequence, mapping };
    struct Entry;

    Type type = Type::null;
    std::string text;                     // of a scalar
    bool quoted = false;                  // a quoted or block scalar is always text
    std::vector<Yaml> items;              // of a sequence
    std::vector<Entry> entries;           // of a mapping, in document order
    std::uint32_t line = 0;               // 1-based
    std::uint32_t column = 0;             // 1-based

    bool is_mapping() const { return type == Type::mapping; }
    bool is_sequence() const { return type == Type::sequence; }
    bool is_scalar() const { return type == Type::scalar; }
    const Yaml* find(std::string_view key) const;
    /// Plain `true` / `false`.
    std::optional<bool> boolean() const;
    /// Plain decimal integer.
    std::optional<std::int64_t> integer() const;
};

struct Yaml::Entry {
    std::string key;
    std::uint32_t key_line = 0;
    std::uint32_t key_column = 0;
    Yaml value;
};

/// Parses at most so many documents, parted by "---".
Result<std::vector<Yaml>> parse_yaml_documents(ByteView bytes, std::size_t most, const YamlLimits& limits = {});
/// Parses one document. The Error's message begins "LINE:COLUMN: ". An empty document is a null node.
Result<Yaml> parse_yaml(ByteView bytes, const YamlLimits& limits = {});

}  // namespace headgate::codec
