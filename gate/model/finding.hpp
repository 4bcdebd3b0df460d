// finding.hpp: what is wrong with an artifact, said so that a person can act on it.
#pragma once

#include <string>
#include <vector>

#include "model/kinds.hpp"
#include "model/location.hpp"

namespace headgate {

struct Finding {
    std::string id;        // stable and public, `area.kebab-thing`, never reused
    Severity severity = Severity::high;
    std::string message;   // what: one sentence with the exact import, name or value (may hold hostile text)
    Location where;
    std::string why;       // why it matters
    std::string fix;       // what to do
    std::vector<std::string> advisories = {};  // when it comes from an advisory: its id, then its aliases
    friend bool operator==(const Finding&, const Finding&) = default;
};

}  // namespace headgate
