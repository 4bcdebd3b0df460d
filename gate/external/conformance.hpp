// conformance.hpp: the conformance kit: good, cut, slow, huge and odd requests against one plugin, and what came of each.
#pragma once

#include <string>
#include <vector>

#include "external/host.hpp"

namespace headgate::external {

struct Trial {
    std::string name;                    // "a request that is cut in the middle is refused"
    std::string problem;                 // "" when it went as it should
};

struct Conformance {
    std::vector<Trial> trials;
    std::string name;                    // of the plugin; "" when it does not describe itself
    std::string version;
    std::vector<std::string> uncontained;
};

/// `settings`: JSON, for plugins that need some.
Conformance conformance(const Plugin& plugin, const std::string& settings, const CallOptions& options);

}  // namespace headgate::external
