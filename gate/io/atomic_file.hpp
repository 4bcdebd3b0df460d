// atomic_file.hpp: files that are whole or not there: written beside their place under a temporary name, then renamed.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace headgate::io {

/// Writes `content` to `path`, replacing what is there. On an Error{io} nothing is left behind, also when a signal ends
/// the process in the middle, once clean_up_on_signals() was called.
/// `mode`: 0644, since a verdict is meant to be read by others; 0600 for secrets. It holds before the first byte is written.
Result<void> write_file_atomically(const std::string& path, std::string_view content, unsigned mode = 0644);

/// Installs handlers for SIGINT, SIGTERM and SIGHUP that remove temporary files and raise the signal again.
void clean_up_on_signals();

}  // namespace headgate::io
