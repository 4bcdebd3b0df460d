// k8s_expected.hpp: what `headgate k8s test --expect FILE` expects, one YAML file:
//
//     k8s-test: 1
//     cases:
//       - review: pods/good.yaml           # as the table prints it, with "#2" for the second object of a file; relative to FILE
//         decision: allow                  # allow, deny, refuse (the object or a name is wrong), error (could not decide), none (no review)
//         references: ["oci:docker.io/library/nginx:1.27"]     # all that is named, in order; optional
//         says: "no near miss"             # a part of the message; optional
//
// An unknown or missing key, and a case that is there twice, are mistakes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate::cli {

struct ExpectedReview {
    std::string review;
    std::string decision;
    std::optional<std::vector<std::string>> references;
    std::string says;                    // "" anything
    std::string line;                    // "expect.yaml:3"
};

Result<std::vector<ExpectedReview>> read_expected(ByteView bytes, const std::string& name);

/// How an answer differs; "" when it does not.
std::string difference(const ExpectedReview& expected, const std::string& decision, const std::vector<std::string>& references, const std::string& message);

}  // namespace headgate::cli
