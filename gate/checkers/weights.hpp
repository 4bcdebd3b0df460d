// weights.hpp: are the tensors what the configuration says, and what the base model has?
#pragma once

#include "checkers/architecture.hpp"
#include "model/checker.hpp"

namespace headgate::checkers {

Checker weights_checker();

/// The tensors that a loader of this folder would take for the model, by name; and the configuration beside them.
struct ModelTensors {
    std::string folder;                                   // "" or "sub/"
    const Configuration* configuration = nullptr;
    std::map<std::string_view, const Tensor*> tensors;
    std::vector<std::pair<const Tensor*, const Tensor*>> twice;  // one name in two files
};
/// Of every folder that holds one. What a loader would not choose among (other exports beside the model, adapters) is left out.
std::vector<ModelTensors> model_tensors(const Evidence& evidence);

/// Findings about one model: shapes, missing, extra and duplicate tensors, vocabulary, dtype, as far as `compare` names them.
Result<void> compare_with_configuration(const ModelTensors& model, const CheckInput& input, std::vector<Finding>& findings);

/// Findings about the base models that the operator named.
void judge_bases(const CheckInput& input, std::vector<Finding>& findings);

/// "tensor 'a'" or "tensor 'a' and 3 more".
std::string counted_tensors(std::string_view first, std::size_t count);
/// "[2, 3]"
std::string shape_text(const std::vector<std::uint64_t>& shape);

}  // namespace headgate::checkers
