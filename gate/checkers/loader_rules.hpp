// loader_rules.hpp: rules/loaders/<ecosystem>.txt: libraries that load models and data, and the versions that cannot do it safely.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/kinds.hpp"

namespace headgate::checkers {

struct LoaderRule {
    std::string affected;                // a range, as the ecosystem writes it
    std::string fixed;
    std::vector<std::string> ids;        // the first names the finding
    Severity severity = Severity::high;
    std::string what;                    // that it cannot safely load
};

/// Those about one package. Error{internal} for a line about it that is none.
Result<std::vector<LoaderRule>> loader_rules(ByteView file, std::string_view name);

}  // namespace headgate::checkers
