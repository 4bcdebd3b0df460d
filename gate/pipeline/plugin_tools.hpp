// plugin_tools.hpp: what `headgate plugin` asks: the plugins of a policy, and the conformance kit.
#pragma once

#include <string>
#include <vector>

#include "pipeline/decide.hpp"

namespace headgate::pipeline {

/// One plugin of a policy as it is on this machine.
struct PluginState {
    const PluginSpec* spec = nullptr;
    std::string sha256;                  // hex, of the file as it is now
    bool pinned = false;                 // it is the one that the policy pins, data included
    std::string problem;                 // why it cannot be used, or which rule's settings it does not take; "" when all is well
    std::string program, version;        // as it describes itself; not asked unless it is pinned
    std::vector<Kind> kinds;
    std::vector<std::string> rules;      // ids of its findings
    std::vector<std::string> asked_by;   // rules of the policy
};

/// Of `policy_with_any_plugins()`. Only what is pinned is run.
std::vector<PluginState> plugin_states(const LoadedPolicy& loaded, Instant now);

struct PluginTrial {
    std::string name;                    // "a request that is cut in the middle is refused"
    std::string problem;                 // "" when it went as it should
};

struct PluginTrials {
    std::vector<PluginTrial> trials;
    std::string program, version;        // as it describes itself; "" when it does not
    std::string sha256;                  // hex
    std::vector<std::string> uncontained;   // what of the containment the kernel lacks
};

/// Runs the conformance kit against one executable. `spec`: network, timeout, variables, data (by name and path).
Result<PluginTrials> test_plugin(const std::string& path, PluginSpec spec, const std::string& settings, bool sandbox_required, Instant now);

}  // namespace headgate::pipeline
