#include "formats/onnx_graph.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMostFunctions = 100'000;

std::string_view id_of(OnnxProblem::Kind kind) {
    switch (kind) {
        case OnnxProblem::Kind::tensor: return "onnx.tensor";
        case OnnxProblem::Kind::external_data: return "onnx.external-data";
        case OnnxProblem::Kind::external_location: return "onnx.external-location";
    }
    return "onnx.tensor";
}

std::string domain_of(std::string written) { return written.empty() ? "ai.onnx" : std::move(written); }

}  // namespace

void OnnxGraphs::refuse(std::string_view id, std::string message, std::uint64_t at) {
    if (!problem_) problem_ = Problem{id, std::move(message), at};
}

bool OnnxGraphs::read_model(ByteRange model) {
    std::vector<ByteRange> functions;
    ProtoMessage first(input_, model);
    while (const auto field = first.next()) {
        if (field->number != 25) continue;
        if (functions.size() >= kMostFunctions) too_many_ = true;
        if (stopped()) return false;
        if (!functions_.emplace(id_of_function(field->bytes), functions.size()).second) {
            refuse("onnx.function", "a function is defined twice", field->at);
        }
        functions.push_back(field->bytes);
    }
    calls_.resize(functions.size());
    for (std::size_t i = 0; i < functions.size() && !stopped(); ++i) read_function(functions[i], i);
    ProtoMessage second(input_, model);
    while (const auto field = second.next()) {
        if (stopped()) return false;
        if (field->number == 7) read_graph(field->bytes);
        if (field->number == 20) read_training(field->bytes);
    }
    if (!stopped()) refuse_cycles();
    return !stopped();
}

OnnxFunctionId OnnxGraphs::id_of_function(ByteRange function) {
    std::string domain;
    std::string name;
    std::string overload;
    ProtoMessage message(input_, function);
    while (const auto field = message.next()) {
        if (field->number == 1) name = input_.text(*field);
        if (field->number == 10) domain = input_.text(*field);
        if (field->number == 13) overload = input_.text(*field);
    }
    return {domain_of(std::move(domain)), std::move(name), std::move(overload)};
}

void OnnxGraphs::read_function(ByteRange function, std::size_t index) {
    inside_ = index;
    ProtoMessage message(input_, function);
    while (const auto field = message.next()) {
        if (stopped()) break;
        if (field->number == 7) read_node(field->bytes);
        if (field->number == 11) read_attribute(field->bytes);
    }
    inside_.reset();
}

void OnnxGraphs::read_training(ByteRange training) {
    ProtoMessage message(input_, training);
    while (const auto field = message.next()) {
        if (field->number == 1 || field->number == 2) read_graph(field->bytes);
    }
}

// Graphs hold nodes, nodes attributes, attributes graphs: no deeper than check_message() let through.
void OnnxGraphs::read_graph(ByteRange graph) {
    ProtoMessage message(input_, graph);
    while (const auto field = message.next()) {
        if (stopped()) return;
        if (field->number == 1) read_node(field->bytes);
        if (field->number == 5) read_tensor(field->bytes, true);
        if (field->number == 15) read_sparse(field->bytes, true);
    }
}

void OnnxGraphs::read_node(ByteRange node) {
    std::string domain;
    std::string name;
    std::string overload;
    ProtoMessage message(input_, node);
    while (const auto field = message.next()) {
        if (field->number == 4) name = input_.text(*field);
        if (field->number == 5) read_attribute(field->bytes);
        if (field->number == 7) domain = input_.text(*field);
        if (field->number == 8) overload = input_.text(*field);
    }
    if (name.empty()) input_.fail(node.begin, "a node names no operator (op_type)");
    use(domain_of(std::move(domain)), std::move(name), overload, node.begin);
}

void OnnxGraphs::read_attribute(ByteRange attribute) {
    ProtoMessage message(input_, attribute);
    while (const auto field = message.next()) {
        if (stopped()) return;
        if (field->number == 5 || field->number == 10) read_tensor(field->bytes, false);
        if (field->number == 6 || field->number == 11) read_graph(field->bytes);
        if (field->number == 22 || field->number == 23) read_sparse(field->bytes, false);
    }
}

void OnnxGraphs::read_sparse(ByteRange sparse, bool weights) {
    ProtoMessage message(input_, sparse);
    while (const auto field = message.next()) {
        if (field->number == 1) read_tensor(field->bytes, weights);
        if (field->number == 2) read_tensor(field->bytes, false);
    }
}

void OnnxGraphs::read_tensor(ByteRange tensor, bool weights) {
    if (stopped()) return;
    std::optional<OnnxProblem> problem;
    auto read = read_onnx_tensor(input_, tensor, problem);
    if (problem) refuse(id_of(problem->kind), std::move(problem->message), problem->at);
    if (!read || (!weights && read->file.empty())) return;
    if (tensors_.size() >= most_facts_) {
        too_many_ = true;
        return;
    }
    tensors_.push_back({std::move(*read), tensor.begin, weights});
}

// A node that names a function of the model stands for the function's body, unless the runtime has an operator of that name.
void OnnxGraphs::use(std::string domain, std::string name, const std::string& overload, std::uint64_t at) {
    if (stopped()) return;
    const auto function = functions_.find({domain, name, overload});
    const bool own = function != functions_.end();
    if (own && inside_) calls_[*inside_].insert(function->second);
    if (!seen_.emplace(domain, name, own).second) return;
    if (operators_.size() >= most_facts_) {
        too_many_ = true;
        return;
    }
    operators_.push_back({std::move(domain), std::move(name), own, at});
}

// Bodies are put in place of calls until none is left (docs/IR.md, "Functions"): a function that calls itself never ends.
void OnnxGraphs::refuse_cycles() {
    enum class Mark : std::uint8_t { fresh, open, done };
    std::vector<Mark> marks(calls_.size(), Mark::fresh);
    struct Step { std::size_t function; std::set<std::size_t>::const_iterator next; };
    for (std::size_t start = 0; start < calls_.size(); ++start) {
        if (marks[start] != Mark::fresh) continue;
        std::vector<Step> path = {{start, calls_[start].begin()}};
        marks[start] = Mark::open;
        while (!path.empty()) {
            Step& step = path.back();
            if (step.next == calls_[step.function].end()) {
                marks[step.function] = Mark::done;
                path.pop_back();
                continue;
            }
            const std::size_t called = *step.next++;
            if (marks[called] == Mark::open) return refuse("onnx.function", "a function calls itself, directly or through others", 0);
            if (marks[called] == Mark::done) continue;
            marks[called] = Mark::open;
            path.push_back({called, calls_[called].begin()});
        }
    }
}

}  // namespace headgate::formats
