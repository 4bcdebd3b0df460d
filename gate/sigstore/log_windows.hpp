// log_windows.hpp: a log that a TrustedRoot lists once for each time in which it was in use. By its id it is one log.
#pragma once

#include <vector>

#include "sigstore/trusted_root.hpp"

namespace headgate::sigstore {

/// The first with this id; nullptr where there is none.
const LogInstance* find_log(const std::vector<LogInstance>& logs, const Bytes& id);
/// Whether one with this id was in use then.
bool in_use_at(const std::vector<LogInstance>& logs, const Bytes& id, Instant at);

}  // namespace headgate::sigstore
