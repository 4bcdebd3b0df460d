// finding_catalogue.hpp: rules/findings.yaml read: what each finding id means, why it matters, how to fix it.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace headgate::pipeline {

struct FindingEntry {
    std::string id;              // "zip.bad-crc"
    std::string what, why, fix;
};

struct FindingArea {
    std::string name;            // "zip"
    std::string about;           // "zip archives"
    std::string by;              // checker that takes its findings up; "gate": none does
    std::vector<FindingEntry> entries;
};

/// In the order of the file. Error{malformed} when rules/findings.yaml (which HEADGATE_RULES may replace) is not as it says
/// itself.
Result<std::vector<FindingArea>> finding_catalogue();

}  // namespace headgate::pipeline
