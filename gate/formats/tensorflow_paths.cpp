#include "formats/tensorflow_paths.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMostNodes = 1'000'000;      // of one body, and functions, and texts of a constant
constexpr std::size_t kMostUses = 4'000'000;       // of all bodies
constexpr std::uint32_t kDepth = 32;               // of a path
constexpr std::uint32_t kMostSteps = 2'000;        // to follow one path
constexpr std::size_t kMostWays = 1'000;           // that several constants can be joined in
constexpr std::size_t kLongest = 4'096;            // bytes of a path that are looked at: PATH_MAX
constexpr std::string_view kOutside = "*";
constexpr std::uint64_t kText = 7;                 // DT_STRING

/// An operator and its inputs that are paths.
struct Row {
    std::string_view op;
    std::array<int, 2> paths;                      // -1: none
    bool writes = false;
    bool assets = false;                           // loaders feed it
};
constexpr Row kRows[] = {
    {"SaveV2", {0, -1}, true},
    {"SaveSlices", {0, -1}, true},
    {"MergeV2Checkpoints", {0, 1}, true},
    {"RestoreV2", {0, -1}},
    {"Restore", {0, -1}},
    {"RestoreSlice", {0, -1}},
    {"InitializeTableFromTextFile", {1, -1}, false, true},
    {"InitializeTableFromTextFileV2", {1, -1}, false, true},
};

const Row* row_of(std::string_view op) {
    const auto* const found = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& row) { return row.op == op; });
    return found == std::end(kRows) ? nullptr : found;
}

bool is_one_of(std::string_view op, std::initializer_list<std::string_view> list) { return std::find(list.begin(), list.end(), op) != list.end(); }

/// Where text comes into the graph.
bool is_source(std::string_view op) {
    return is_one_of(op, {"Placeholder", "PlaceholderV2", "_Arg", "VarHandleOp", "ReadVariableOp", "VariableV2", "Variable"});
}
/// What hands its first input on.
bool hands_on(std::string_view op) {
    return is_one_of(op, {"Identity", "PlaceholderWithDefault", "ShardedFilename", "Reshape", "ExpandDims", "Squeeze", "StopGradient", "EnsureShape"});
}
/// What hands any of its inputs on.
bool picks(std::string_view op) { return is_one_of(op, {"Pack", "ConcatV2", "IdentityN", "Merge"}); }

/// Absolute, a URL or a drive, or with a component "..", spaces around it aside: file systems and readers trim.
bool leads_anywhere(std::string_view path) {
    path = trim(path);
    if (path.starts_with('/') || path.starts_with('\\') || path.starts_with('~')) return true;
    if (path.find("://") != std::string_view::npos || ascii_lower(path.substr(0, 5)) == "file:") return true;
    if (path.size() > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/')) return true;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find_first_of("/\\", begin), path.size());
        if (path.substr(begin, end - begin) == "..") return true;
        begin = end + 1;
    }
    return false;
}

std::string_view node_of(std::string_view tensor) { return tensor.substr(0, tensor.find(':')); }

}  // namespace

bool TensorflowPaths::touches_files(std::string_view op) { return row_of(op) != nullptr; }

bool TensorflowPaths::read(ByteRange graph) {
    if (!read_bodies(graph)) return false;
    find_touching();
    for (const Body& body : bodies_) {
        const auto touches = [&](const std::string& name) { return touches_files(name) || touching_.contains(name); };
        if (stopped()) break;
        if (std::any_of(body.uses.begin(), body.uses.end(), touches)) look_through(body);
    }
    return !stopped();
}

bool TensorflowPaths::read_bodies(ByteRange graph) {
    bodies_.push_back({{}, graph, {}});
    ProtoMessage message(input_, graph);
    while (const auto field = message.next()) {
        if (field->number != 2) continue;
        ProtoMessage library(input_, field->bytes);
        while (const auto function = library.next()) {
            if (function->number != 1) continue;
            if (bodies_.size() > kMostNodes) too_many_ = true;
            if (stopped()) return false;
            bodies_.push_back({{}, function->bytes, {}});
        }
    }
    for (Body& body : bodies_) {
        if (stopped()) break;
        if (!is_graph(body)) read_name(body);
        read_uses(body);
        uses_ += body.uses.size();
        too_many_ = too_many_ || uses_ > kMostUses;
    }
    return !stopped();
}

void TensorflowPaths::read_name(Body& body) {
    ProtoMessage message(input_, body.range);
    while (const auto field = message.next()) {
        if (field->number != 1) continue;
        ProtoMessage signature(input_, field->bytes);
        while (const auto part = signature.next()) {
            if (part->number == 1) body.name = input_.text(*part);
        }
    }
}

/// Nodes of a graph are its field 1, of a function its field 3.
void TensorflowPaths::read_uses(Body& body) {
    const std::uint32_t nodes = is_graph(body) ? 1 : 3;
    ProtoMessage message(input_, body.range);
    while (const auto field = message.next()) {
        if (field->number != nodes) continue;
        ProtoMessage node(input_, field->bytes);
        while (const auto part = node.next()) {
            if (part->number == 2) body.uses.insert(input_.text(*part));
            if (part->number == 5) read_references(part->bytes, body.uses);
        }
    }
}

// Messages nest no deeper than check_message() let through: an entry holds a value, a value a function or a list of them, a
// function entries again.
void TensorflowPaths::read_references(ByteRange attribute, std::set<std::string>& names) {
    const auto read_function = [&](ByteRange function) {
        ProtoMessage message(input_, function);
        while (const auto field = message.next()) {
            if (field->number == 1) names.insert(input_.text(*field));
            if (field->number == 2) read_references(field->bytes, names);
        }
    };
    ProtoMessage entry(input_, attribute);
    while (const auto field = entry.next()) {
        ProtoMessage value(input_, field->number == 2 ? field->bytes : ByteRange{});
        while (const auto inner = value.next()) {
            if (inner->number == 10) read_function(inner->bytes);
            ProtoMessage list(input_, inner->number == 1 ? inner->bytes : ByteRange{});
            while (const auto item = list.next()) {
                if (item->number == 9) read_function(item->bytes);
            }
        }
    }
}

// From the functions that touch files to whatever calls them, each once.
void TensorflowPaths::find_touching() {
    std::unordered_map<std::string_view, std::vector<std::size_t>> users;
    std::vector<std::size_t> found;
    for (std::size_t i = 1; i < bodies_.size(); ++i) {
        for (const std::string& name : bodies_[i].uses) {
            users[name].push_back(i);
            if (touches_files(name)) found.push_back(i);
        }
    }
    while (!found.empty()) {
        const Body& body = bodies_[found.back()];
        found.pop_back();
        if (!touching_.insert(body.name).second) continue;
        const auto callers = users.find(body.name);
        if (callers != users.end()) found.insert(found.end(), callers->second.begin(), callers->second.end());
    }
}

void TensorflowPaths::look_through(const Body& body) {
    const std::uint32_t number = is_graph(body) ? 1 : 3;
    nodes_.clear();
    std::vector<ByteRange> touching;
    ProtoMessage message(input_, body.range);
    while (const auto field = message.next()) {
        if (field->number != number) continue;
        if (nodes_.size() > kMostNodes) too_many_ = true;
        if (stopped()) return;
        const Node node = read_node(field->bytes);
        const bool calls = std::any_of(node.references.begin(), node.references.end(),
                                       [&](const std::string& name) { return touches_files(name) || touching_.contains(name); });
        if (calls || touches_files(node.op) || touching_.contains(node.op)) touching.push_back(field->bytes);
        nodes_.emplace(node.name, field->bytes);
    }
    for (const ByteRange node : touching) {
        if (stopped()) return;
        judge(body, read_node(node));
    }
}

TensorflowPaths::Node TensorflowPaths::read_node(ByteRange range) {
    Node node;
    node.range = range;
    ProtoMessage message(input_, range);
    while (const auto field = message.next()) {
        if (field->number == 1) node.name = input_.text(*field);
        if (field->number == 2) node.op = input_.text(*field);
        if (field->number == 5) read_references(field->bytes, node.references);
        if (field->number != 3) continue;
        std::string tensor = input_.text(*field);
        if (!tensor.starts_with('^')) node.inputs.push_back(std::move(tensor));
    }
    return node;
}

void TensorflowPaths::judge(const Body& body, const Node& node) {
    const Row* const row = row_of(node.op);
    for (std::size_t i = 0; i < node.inputs.size() && !stopped(); ++i) {
        const bool path = row != nullptr && (row->paths[0] == static_cast<int>(i) || row->paths[1] == static_cast<int>(i));
        if (row != nullptr && !path) continue;
        if (row != nullptr && row->assets && is_graph(body) && assets_.contains(std::string(node_of(node.inputs[i])))) continue;
        std::uint32_t steps = 0;
        judge_path(follow(steps, node.inputs[i], 0), node, row != nullptr && row->writes, row != nullptr);
    }
}

void TensorflowPaths::judge_path(const Path& path, const Node& node, bool writes, bool strict) {
    if (stopped()) return;
    const std::string what = strict ? "the operator " + node.op + (writes ? " writes to " : " reads ") : "a function that touches files is given ";
    for (const std::string& way : path.ways) {
        if (!leads_anywhere(way)) continue;
        problem_ = Problem{what + "\"" + way + "\", a path that the graph brings", node.range.begin, writes};
        return;
    }
    if (!strict || path.by.empty() || (!writes && path.open)) return;
    problem_ = Problem{what + "a path that the graph makes with " + path.by, node.range.begin, writes};
}

TensorflowPaths::Path TensorflowPaths::follow(std::uint32_t& steps, const std::string& tensor, std::uint32_t depth) {
    const std::string name(node_of(tensor));
    const auto found = nodes_.find(name);
    if (found == nodes_.end()) return {{std::string(kOutside)}, true, {}};  // an argument; or a graph that nothing can run
    if (depth >= kDepth || ++steps > kMostSteps) return {{}, false, "too many operators"};
    return follow_node(steps, read_node(found->second), depth);
}

TensorflowPaths::Path TensorflowPaths::follow_node(std::uint32_t& steps, const Node& node, std::uint32_t depth) {
    if (is_source(node.op)) return {{std::string(kOutside)}, true, {}};
    if (node.op == "Const") return constant(node);
    if (node.op == "StringJoin") return join(steps, node, depth);
    if (hands_on(node.op)) return node.inputs.empty() ? Path{{}, false, node.op} : follow(steps, node.inputs[0], depth + 1);
    if (picks(node.op)) return all_of(steps, node, 0, depth);
    if (node.op == "Select" || node.op == "SelectV2") return all_of(steps, node, 1, depth);
    // Whatever it makes, it may be nothing: what is joined to it can stand at the beginning.
    const bool open = open_below(steps, node);
    return {open ? std::vector<std::string>{std::string(kOutside), ""} : std::vector<std::string>{}, open, node.op};
}

TensorflowPaths::Path TensorflowPaths::all_of(std::uint32_t& steps, const Node& node, std::size_t first, std::uint32_t depth) {
    Path all;
    for (std::size_t i = first; i < node.inputs.size() && !stopped(); ++i) {
        Path one = follow(steps, node.inputs[i], depth + 1);
        all.open = all.open || one.open;
        if (all.by.empty()) all.by = std::move(one.by);
        if (all.ways.size() + one.ways.size() > kMostWays && i > first) {
            all.by = node.op + " of too many";
            break;
        }
        std::move(one.ways.begin(), one.ways.end(), std::back_inserter(all.ways));
    }
    return all;
}

TensorflowPaths::Path TensorflowPaths::join(std::uint32_t& steps, const Node& node, std::uint32_t depth) {
    std::string separator;
    ProtoMessage value(input_, attribute(node, "separator"));
    while (const auto field = value.next()) {
        if (field->number == 2) separator = input_.text(*field);
    }
    Path all;
    for (std::size_t i = 0; i < node.inputs.size() && !stopped(); ++i) {
        Path one = follow(steps, node.inputs[i], depth + 1);
        all.open = all.open || one.open;
        if (all.by.empty()) all.by = std::move(one.by);
        if (one.ways.empty()) one.ways.emplace_back(kOutside);
        if (i == 0) {
            all.ways = std::move(one.ways);
            continue;
        }
        if (all.ways.size() * one.ways.size() > kMostWays) return {std::move(all.ways), all.open, node.op + " of too many"};
        std::vector<std::string> longer;
        for (const std::string& left : all.ways) {
            for (const std::string& right : one.ways) {
                if (!input_.step()) return {};
                longer.push_back((left + separator + right).substr(0, kLongest));
            }
        }
        all.ways = std::move(longer);
    }
    return all;
}

// The value of an attribute; of two with one key, which no writer makes, the last counts, as in every map of protobuf.
ByteRange TensorflowPaths::attribute(const Node& node, std::string_view key) {
    ByteRange found;
    ProtoMessage message(input_, node.range);
    while (const auto field = message.next()) {
        if (field->number != 5) continue;
        std::string name;
        ByteRange value;
        ProtoMessage entry(input_, field->bytes);
        while (const auto part = entry.next()) {
            if (part->number == 1) name = input_.text(*part);
            if (part->number == 2) value = part->bytes;
        }
        if (name == key) found = value;
    }
    return found;
}

// A tensor whose values are written as bytes instead (no writer of graphs does that with text) cannot be told.
TensorflowPaths::Path TensorflowPaths::constant(const Node& node) {
    Path path;
    std::uint64_t type = 0;
    ProtoMessage value(input_, attribute(node, "value"));
    while (const auto field = value.next()) {
        ProtoMessage tensor(input_, field->number == 8 ? field->bytes : ByteRange{});
        while (const auto part = tensor.next()) {
            if (part->number == 1) type = part->value;
            if (part->number == 4 && part->bytes.size() != 0) path.by = "Const of bytes";
            if (part->number != 8) continue;
            if (path.ways.size() >= kMostNodes) {
                path.by = "Const of too many";
                break;
            }
            ProtoField text = *part;
            text.bytes.end = text.bytes.begin + std::min<std::uint64_t>(text.bytes.size(), kLongest);
            path.ways.push_back(input_.text(text));
        }
    }
    if (type != kText) return {};  // an axis, a shape
    return path;
}

// Whether anything that it is made of comes from outside the graph. Without recursion, each node once.
bool TensorflowPaths::open_below(std::uint32_t& steps, const Node& node) {
    std::vector<std::string> open = node.inputs;
    std::set<std::string, std::less<>> seen;
    while (!open.empty() && !stopped()) {
        const std::string name(node_of(open.back()));
        open.pop_back();
        if (!seen.insert(name).second) continue;
        if (++steps > kMostSteps) return false;
        const auto found = nodes_.find(name);
        if (found == nodes_.end()) return true;
        Node below = read_node(found->second);
        if (is_source(below.op)) return true;
        std::move(below.inputs.begin(), below.inputs.end(), std::back_inserter(open));
    }
    return false;
}

}  // namespace headgate::formats
