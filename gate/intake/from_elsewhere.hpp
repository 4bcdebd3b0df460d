// from_elsewhere.hpp: variables of a container whose values a ConfigMap, a Secret or a field of another object holds. Where such a
// variable names what is loaded, or who is asked for it, nobody can tell here what that is.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "intake/interpolation.hpp"
#include "intake/manifest.hpp"

namespace headgate::intake::kubernetes {

struct GivenEnvironment {
    Variables known = {};                // those whose values stand there
    std::set<std::string, std::less<>> elsewhere = {};   // by name
    bool whole_maps = false;             // `envFrom`: any name
};

/// Records a computed requirement for each that names a model, its data, an image or the hub's address (HF_MODEL_ID, HF_ENDPOINT; MODEL_ID
/// where a server of models runs that reads it), and for `envFrom` where a server runs that takes its model from the environment and is
/// given none by its arguments. A switch that lets the model's own code run is the finding that it cannot be told. `image` and `words`
/// are the container's. HF_TOKEN, POD_IP and settings of one's own name nothing.
void record_elsewhere(const GivenEnvironment& environment, const std::string& image, const std::vector<std::string>& words, const Location& where, IntakeContext& context);

}  // namespace headgate::intake::kubernetes
