// demo_chain.hpp: a small supply chain, made at run time and harmless: what `headgate demo` judges.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/kinds.hpp"

namespace headgate::cli {

struct DemoCase {
    std::string path;            // relative to the folder; what `check` is given
    std::string as;              // asserted name, "" none
    bool admitted = false;       // the outcome foretold
    std::string finding;         // id that a denial must show
    std::string story;           // one line
};

/// Writes policy, keys and artifacts below `folder` and tells what the gate must say about each.
Result<std::vector<DemoCase>> make_demo_chain(const std::string& folder);

}  // namespace headgate::cli
