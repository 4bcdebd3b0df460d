// keras_names.hpp: the names in configurations of Keras, judged against the `config` rows of the profiles.
//
// The parsers (formats/keras_config.hpp) record them as imports and calls like those of pickles; the format "keras-config" at
// their place tells them apart: a class that a configuration may name is not thereby one that a pickle may call. At "keras-objects"
// and "jsonl", what looks like an object of Keras may be another program's: such a place is judged if the list `keras` or that of
// dangerous names has one of its names, and then whole.
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
    /// Whether the names there may be another program's.
    bool uncertain(const Location& where) const;
    bool any_uncertain() const { return !uncertain_.empty(); }
    bool empty() const { return places_.empty(); }

  private:
    std::unordered_set<std::string> places_;
    std::unordered_set<std::string> uncertain_;         // of them
};

/// A finding for each name at `places` that is not allowed: `serialization.executes-code` where it is known to be dangerous,
/// else `serialization.unknown-global`. With the JSON Pointer of its first place.
Result<std::vector<Finding>> judge_keras_names(const Evidence& evidence, const KerasPlaces& places,
                                               const AllowedGlobals& allowed, const RuleData& data);

}  // namespace headgate::checkers
