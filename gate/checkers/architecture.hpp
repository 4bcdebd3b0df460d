// architecture.hpp: which tensors a model of a known type has, and in which shapes, for the sizes that its configuration states.
// The types are data: rules/architectures/*.txt, whose first one (llama.txt) says how they are read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/fact.hpp"
#include "model/rule_data.hpp"

namespace headgate::checkers {

/// Scalar of a configuration by the last part of its pointer at the top level ("hidden_size"); nullptr when it is not there or null.
const PredicateField* field_of(const Configuration& configuration, std::string_view key);
/// The same as a whole number that is not negative.
std::optional<std::uint64_t> number_of(const Configuration& configuration, std::string_view key);

struct ExpectedTensor {
    enum class Need { required, head, optional } need = Need::required;
    bool embedding = false;
    std::optional<std::vector<std::uint64_t>> shape;  // nullopt: any, or the configuration does not say
};

struct Architecture {
    std::string type;                                 // model_type
    std::vector<std::string> prefixes;                // "" is none
    std::map<std::string, ExpectedTensor, std::less<>> tensors;  // by name behind the prefix
    std::vector<std::string> ignored;                 // globs over names behind the prefix

    bool ignores(std::string_view name) const;
};

/// The architecture that `configuration` states; nullopt when its model_type is none that rules/ has. Error{policy}: the data is
/// broken.
Result<std::optional<Architecture>> find_architecture(const RuleData& data, const Configuration& configuration);

/// The model types that are known, in order.
std::vector<std::string> known_architectures(const RuleData& data);

/// Whether `glob`, in which '*' is any text, is the whole of `text`.
bool matches_star(std::string_view glob, std::string_view text);

}  // namespace headgate::checkers
