// settings.hpp: what `serve` is told, looked at before anything listens: settings that would let strangers in, and files and folders that it names.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "server/server.hpp"

namespace headgate::server {

/// What would let strangers in is a mistake, not a default: Error{usage}.
Result<void> refuse_open_doors(const ServeOptions& options);

/// Whoever asks for a judgement by name has shown who they are.
bool generic_is_guarded(const ServeOptions& options);

/// Secrets, one a line; none for "". Error{usage} for a file without one, or with one that could be guessed.
Result<std::vector<std::string>> read_tokens(const std::string& path);

/// Absolute, without links. Error{usage} for what is no folder.
Result<std::vector<std::string>> real_roots(const std::vector<std::string>& roots);

/// Every file whose change is a reason to load again, but those that the policy names.
std::vector<std::string> watched_files(const ServeOptions& options);

}  // namespace headgate::server
