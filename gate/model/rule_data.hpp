// rule_data.hpp: the data of rules/ as checkers see it. The pipeline loads it (embedded, or from a directory that
// overrides), lazily: a run that meets no pickle never parses the lists of globals.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace headgate {

/// Hands out the files below rules/ by their path ("globals/torch-weights.txt"). The view lives as long as the
/// provider. Checkers parse what they need and may keep it (the provider outlives them).
class RuleData {
  public:
    virtual ~RuleData() = default;
    /// The bytes of a rules file, or nullopt when there is no such file.
    virtual std::optional<ByteView> file(std::string_view path) const = 0;
};

}  // namespace headgate
