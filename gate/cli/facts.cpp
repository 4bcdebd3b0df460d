// facts.cpp: `headgate facts`.
#include <cstdio>

#include "cli/judge_options.hpp"
#include "report/report.hpp"

namespace headgate::cli {
namespace {

Result<int> facts(const JudgeOptions& options) {
    const pipeline::LoadedPolicy policy = TRY(load(options));
    const auto subjects = TRY(pipeline::collect(policy, TRY(make_request(options, policy.policy))));
    for (const Recording& subject : subjects) {
        const std::string text = report::facts(subject);
        std::fwrite(text.data(), 1, text.size(), stdout);
    }
    return subjects.empty() ? kNothing : kAllow;
}

}  // namespace

int run_facts(const Arguments& arguments) {
    CLI::App app("Print the evidence about each subject as JSON, one document a line.", "headgate facts");
    JudgeOptions options;
    add_judge_options(app, options);
    if (const auto code = parse_arguments(app, arguments)) return *code;
    if (auto started = start_isolation(options); !started.ok()) return fail(started.error());
    auto code = facts(options);
    return code.ok() ? *code : fail(code.error());
}

}  // namespace headgate::cli
