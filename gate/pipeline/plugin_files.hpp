// plugin_files.hpp: the programs that a policy names, and the data that they are given, read and compared with their pins.
#pragma once

#include <string>

#include "pipeline/decide.hpp"

namespace headgate::pipeline {

/// Whether an executable that is not the one that the policy pins is a mistake, or is only not run (`plugin list`).
enum class Pins { must_hold, may_differ };

/// Reads what the plugins of the policy of one layer name and nobody has read yet: into `loaded.plugins` and `loaded.files`. The
/// Error names the policy's line, and says the right digest where one is missing or wrong.
Result<void> read_plugins(const std::string& folder, const Policy& policy, Pins pins, LoadedPolicy& loaded);

/// A program that no policy names, for the conformance kit.
Result<std::shared_ptr<const external::Plugin>> open_plugin(const std::string& path, PluginSpec spec);

}  // namespace headgate::pipeline
