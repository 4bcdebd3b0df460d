// tensorflow_paths.hpp: the files that a TensorFlow graph names itself.
//
// The savers and restorers that nearly every SavedModel contains (SaveV2, RestoreV2, MergeV2Checkpoints, ...) and the tables that
// are filled from text take their path as an input. In what TensorFlow exports, that path is fed by whoever saves, loads or
// restores (an argument, a placeholder, an asset), with constant pieces like "_temp/part" behind it. A path that the graph brings
// itself, absolute or with "..", reads or writes what the model's author picked, wherever the model runs.
//
// Paths are followed back through what saved models put together from: Const, Identity, StringJoin, Select, Pack, ShardedFilename,
// PlaceholderWithDefault and the like. Where another operator makes one: those that write are refused, those that read only when
// nothing of the path comes from outside the graph. Constants that are handed to a function which touches files, itself or by
// what it calls, count as paths too. Not followed: variables, and what functions return.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "formats/protobuf.hpp"

namespace headgate::formats {

class TensorflowPaths {
  public:
    /// `assets`: nodes that a loader fills with the path of an asset, for tables in the graph itself.
    TensorflowPaths(ProtoInput& input, const std::set<std::string>& assets) : input_(input), assets_(assets) {}

    struct Problem {
        std::string message;
        std::uint64_t at = 0;
        bool writes = false;
    };
    /// Looks through a GraphDef that fits its table. False after a problem of this or of the input, or when there is too much.
    bool read(ByteRange graph);
    const std::optional<Problem>& problem() const { return problem_; }
    bool too_many() const { return too_many_; }

    /// Whether an operator takes the path of a file from its inputs.
    static bool touches_files(std::string_view op);

  private:
    struct Body {                                      // the graph (no name), or a function
        std::string name;
        ByteRange range;
        std::set<std::string> uses;                    // operators and functions
    };
    struct Node {
        std::string name;
        std::string op;
        std::vector<std::string> inputs;               // of data, as written
        std::set<std::string> references;              // functions that attributes name
        ByteRange range;
    };
    struct Path {                                      // what a tensor of text may hold
        std::vector<std::string> ways;                 // "*" for a part that comes from outside the graph
        bool open = false;                             // something does
        std::string by;                                // operator that makes it, of those that are not followed
    };

    bool read_bodies(ByteRange graph);
    void read_name(Body& body);
    void read_uses(Body& body);
    bool is_graph(const Body& body) const { return &body == bodies_.data(); }
    void find_touching();
    void look_through(const Body& body);
    void judge(const Body& body, const Node& node);
    void judge_path(const Path& path, const Node& node, bool writes, bool strict);
    Path follow(std::uint32_t& steps, const std::string& tensor, std::uint32_t depth);
    Path follow_node(std::uint32_t& steps, const Node& node, std::uint32_t depth);
    Path join(std::uint32_t& steps, const Node& node, std::uint32_t depth);
    Path all_of(std::uint32_t& steps, const Node& node, std::size_t first, std::uint32_t depth);
    Path constant(const Node& node);
    bool open_below(std::uint32_t& steps, const Node& node);
    Node read_node(ByteRange range);
    void read_references(ByteRange attribute, std::set<std::string>& names);
    ByteRange attribute(const Node& node, std::string_view key);
    bool stopped() const { return problem_ || too_many_ || !input_.ok(); }

    ProtoInput& input_;
    const std::set<std::string>& assets_;
    std::optional<Problem> problem_;
    bool too_many_ = false;
    std::vector<Body> bodies_;                         // the graph first
    std::set<std::string> touching_;                   // functions that touch files
    std::unordered_map<std::string, ByteRange> nodes_; // of the body that is looked through
    std::size_t uses_ = 0;
};

}  // namespace headgate::formats
