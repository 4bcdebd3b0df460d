// verify.hpp: `headgate verify KIND`: one file a kind (verify_KIND.cpp), one row in verify.cpp.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.hpp"
#include "cli/command.hpp"

namespace headgate::cli {

/// Declares the options on `app` and answers what runs once they were parsed: it prints one answer on stdout and gives the exit
/// code, 0 verified, 1 refused. An Error goes to fail().
using VerifyRun = std::function<Result<int>()>;

struct VerifyKind {
    std::string_view name;
    std::string_view help;                       // one line
    VerifyRun (*declare)(CLI::App& app);
};

VerifyRun declare_verify_bundle(CLI::App& app);
VerifyRun declare_verify_image(CLI::App& app);
VerifyRun declare_verify_model(CLI::App& app);
VerifyRun declare_verify_package(CLI::App& app);
VerifyRun declare_verify_provenance(CLI::App& app);
VerifyRun declare_verify_verdict(CLI::App& app);

}  // namespace headgate::cli
