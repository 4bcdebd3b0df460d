// keras_names.hpp: the names in configurations of Keras, judged against the `config` rows of the profiles.
//
// The parsers (formats/keras_config.hpp) record them as imports and calls like those of pickles; the format "keras-config" at
// their place tells them apart: a class that a configuration may name is not thereby one that a pickle may call.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.hpp"
#include "checkers/globals.hpp"

namespace headgate::checkers {

/// The places (path and member) of an artifact's Keras configurations.
class KerasPlaces {
  public:
    explicit KerasPlaces(const Evidence& evidence);
    bool contains(const Location& where) const;
    bool empty() const { return places_.empty(); }

  private:
    std::unordered_set<std::string> places_;
};

/// A finding for each name at `places` that is not allowed: `serialization.executes-code` where it is known to be dangerous,
/// else `serialization.unknown-global`. With the JSON Pointer of its first place.
Result<std::vector<Finding>> judge_keras_names(const Evidence& evidence, const KerasPlaces& places,
                                               const AllowedGlobals& allowed, const RuleData& data);

}  // namespace headgate::checkers
