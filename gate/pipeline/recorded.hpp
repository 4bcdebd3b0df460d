// recorded.hpp: recorded evidence (`headgate facts`), judged again without files or network.
#pragma once

#include <string>
#include <vector>

#include "model/recording.hpp"
#include "pipeline/decide.hpp"

namespace headgate::pipeline {

/// Reads one recording, or several one a line. Error{io}, Error{malformed} with the path.
Result<std::vector<Recording>> read_recordings(const std::string& path);

/// Judges recordings. Trust names are those of this policy, by the key ids that are recorded.
/// `jobs`: threads, 0 for one per core.
Report decide_recorded(const LoadedPolicy& loaded, std::vector<Recording> recorded, Instant now, unsigned jobs = 0);

}  // namespace headgate::pipeline
