// vsa.hpp: verification summaries (slsa.dev/verification_summary/v1) of any verifier: does one say what a caller asks? Headgate's own
// verdicts ask for more (verdict.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "codec/json.hpp"

namespace headgate::attest {

struct VsaDemand {
    std::string verifier_id;             // exact; "" is a refusal
    std::string resource;                // resourceUri, exact; "" is a refusal
    std::vector<std::string> levels;     // all of them; none is a refusal
    Instant now = {};                    // a summary from the future (and 300 s) is refused
    std::optional<std::int64_t> max_age = {};  // seconds: an older summary, or one that does not say its time, is refused
};

/// Why the predicate does not show it, "" when it does. SLSA_<TRACK>_LEVEL_<n> asks for a level of n or more on that track; a level of
/// any other name is compared as it is. A summary that has FAILED among its levels, or a SLSA level that is none, shows nothing.
std::string vsa_problem(const codec::Json& predicate, const VsaDemand& demand);

}  // namespace headgate::attest
