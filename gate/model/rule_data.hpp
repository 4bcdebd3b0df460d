// rule_data.hpp: the data of rules/ as checkers see it. The pipeline loads it (embedded, or from a directory that
// overrides), lazily: a run that meets no pickle never parses the lists of globals.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace headgate {

/// Hands out the files below rules/ by their path ("globals/torch-weights.txt"). The view lives as long as the
/// provider. Checkers parse what they need and may keep it (the provider outlives them).
class RuleData {
  public:
    virtual ~RuleData() = default;
    /// The bytes of a rules file, or nullopt when there is no such file.
    virtual std::optional<ByteView> file(std::string_view path) const = 0;
    /// Paths that begin with `folder` ("globals/"), for suggestions: what a folder of the operator adds may be missing.
    virtual std::vector<std::string> below(std::string_view folder) const {
        static_cast<void>(folder);
        return {};
    }
};

}  // namespace headgate
