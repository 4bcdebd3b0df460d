// onnx_graph.hpp: the graphs of an ONNX model: the main one, those in attributes of nodes, bodies of functions, training graphs.
#pragma once

#include <map>
#include <set>

#include "formats/onnx_tensor.hpp"

namespace headgate::formats {

/// (domain, name, overload) of a function that the model defines; "ai.onnx" for the domain that is written "".
using OnnxFunctionId = std::tuple<std::string, std::string, std::string>;

/// Everything that a model's graphs ask for and hold. Whoever walks them stops at the first problem.
class OnnxGraphs {
  public:
    OnnxGraphs(ProtoInput& input, std::uint32_t most_facts) : input_(input), most_facts_(most_facts) {}

    /// Reads a ModelProto that fits its table. False after a problem of this or of the input.
    bool read_model(ByteRange model);

    struct Problem {
        std::string_view id;                            // "onnx.tensor", ...
        std::string message;
        std::uint64_t at = 0;
    };
    const std::optional<Problem>& problem() const { return problem_; }
    bool too_many() const { return too_many_; }         // more tensors or operators than may be recorded

    /// What nodes name, each once. `own`: the model defines a function of that domain, name and overload; a runtime that brings an
    /// operator of that name may run its own all the same.
    struct Used { std::string domain, name; bool own; std::uint64_t at; };
    const std::vector<Used>& operators() const { return operators_; }
    struct Held { OnnxTensor tensor; std::uint64_t at; bool weights; };
    /// Weights (initializers), and whatever else keeps its values in a file.
    const std::vector<Held>& tensors() const { return tensors_; }

  private:
    void read_graph(ByteRange graph);
    void read_node(ByteRange node);
    void read_attribute(ByteRange attribute);
    void read_tensor(ByteRange tensor, bool weights);
    void read_sparse(ByteRange sparse, bool weights);
    void read_training(ByteRange training);
    void read_function(ByteRange function, std::size_t index);
    OnnxFunctionId id_of_function(ByteRange function);
    void use(std::string domain, std::string name, const std::string& overload, std::uint64_t at);
    void refuse(std::string_view id, std::string message, std::uint64_t at);
    void refuse_cycles();
    bool stopped() const { return problem_ || too_many_ || !input_.ok(); }

    ProtoInput& input_;
    std::uint32_t most_facts_;
    std::optional<Problem> problem_;
    bool too_many_ = false;
    std::vector<Used> operators_;
    std::vector<Held> tensors_;
    std::set<std::tuple<std::string, std::string, bool>> seen_;
    std::map<OnnxFunctionId, std::size_t> functions_;   // -> index
    std::vector<std::set<std::size_t>> calls_;          // by function: functions that its body calls
    std::optional<std::size_t> inside_;                 // function whose body is read
};

}  // namespace headgate::formats
