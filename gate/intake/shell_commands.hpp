// shell_commands.hpp: command lines of notebooks: what pip installs, what hub clients fetch, what servers of models load.
#pragma once

#include <string_view>

#include "intake/manifest.hpp"

namespace headgate::intake {

/// One line, or several joined by backslashes, as a shell reads it. Other commands are their own affair. Facts stand at line 1 of the
/// context. False, with an Opaque, when a requirement was not understood.
bool read_shell_line(std::string_view line, IntakeContext& context);

}  // namespace headgate::intake
