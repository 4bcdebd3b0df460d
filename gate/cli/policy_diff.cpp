// policy_diff.cpp: `headgate policy diff A B`: what a change of policy does, in general and to what is given.
#include <algorithm>
#include <cstdio>

#include "base/text.hpp"
#include "checkers/all.hpp"
#include "cli/policy.hpp"
#include "pipeline/recorded.hpp"
#include "policy/show.hpp"

namespace headgate::cli {
namespace {

struct Options {
    std::string before;
    std::string after;
    std::vector<std::string> recordings;
    std::vector<std::string> subjects;
    std::string at;
    std::string fail_on;
    pipeline::AdvisoryFiles advisories;
};

std::string decision_of(const SubjectVerdict& verdict) {
    std::string text(to_string(verdict.decision));
    if (verdict.level != Level::none) text += " (" + std::string(to_string(verdict.level)) + (verdict.enforced ? ", enforced" : "") + ")";
    return text;
}

RuleResult result_in(const SubjectVerdict& verdict, const std::string& rule) {
    for (const RuleOutcome& outcome : verdict.rules) {
        if (outcome.id() == rule) return outcome.result;
    }
    return RuleResult::not_applicable;
}

// Prints what differs between two verdicts on one subject. Members are compared one by one; their order is the file's.
struct VerdictDiff {
    std::size_t changed = 0;
    std::size_t admitted = 0;            // refused before, and let in now

    void compare(const SubjectVerdict& before, const SubjectVerdict& after) {
        std::string text;
        if (decision_of(before) != decision_of(after)) text += "    decision: " + decision_of(before) + " -> " + decision_of(after) + "\n";
        if (before.tier != after.tier) text += "    tier: " + escape_terminal(before.tier) + " -> " + escape_terminal(after.tier) + "\n";
        std::vector<std::string> rules;
        for (const SubjectVerdict* verdict : {&before, &after}) {
            for (const RuleOutcome& outcome : verdict->rules) {
                if (std::find(rules.begin(), rules.end(), outcome.id()) == rules.end()) rules.push_back(outcome.id());
            }
        }
        for (const std::string& rule : rules) {
            const RuleResult a = result_in(before, rule);
            const RuleResult b = result_in(after, rule);
            if (a != b) text += "    " + rule + ": " + std::string(to_string(a)) + " -> " + std::string(to_string(b)) + "\n";
        }
        if (!text.empty()) {
            ++changed;
            if (before.decision != Decision::allow && after.decision == Decision::allow) ++admitted;
            std::printf("%s\n%s", escape_terminal(before.subject.ref).c_str(), text.c_str());
        }
        for (std::size_t i = 0; i < std::min(before.members.size(), after.members.size()); ++i) {
            compare(before.members[i], after.members[i]);
        }
    }
};

Result<VerdictDiff> compare_verdicts(const Options& options, const pipeline::LoadedPolicy& before, const pipeline::LoadedPolicy& after) {
    const Instant now = TRY(parse_time("--at", options.at));
    VerdictDiff diff;
    const auto judged = [&](const Report& a, const Report& b) -> Result<void> {
        for (const Report* report : {&a, &b}) {
            if (!report->errors.empty()) return report->errors.front();
        }
        for (std::size_t i = 0; i < std::min(a.subjects.size(), b.subjects.size()); ++i) diff.compare(a.subjects[i], b.subjects[i]);
        return {};
    };
    for (const std::string& path : options.recordings) {
        const auto recorded = TRY(pipeline::read_recordings(path));
        TRY_VOID(judged(pipeline::decide_recorded(before, recorded, now), pipeline::decide_recorded(after, recorded, now)));
    }
    if (!options.subjects.empty()) {
        pipeline::Request request;
        request.now = now;
        for (const std::string& subject : options.subjects) request.arguments.push_back({subject, {}, {}});
        TRY_VOID(judged(pipeline::decide(before, request), pipeline::decide(after, request)));
    }
    return diff;
}

Result<int> diff(const Options& options) {
    pipeline::LoadedPolicy before = TRY(pipeline::policy_with_any_plugins(options.before));
    pipeline::LoadedPolicy after = TRY(pipeline::policy_with_any_plugins(options.after));
    before.advisory_files = after.advisory_files = options.advisories;
    std::size_t loosened = 0;
    const auto changes = policy::compare(before.policy, after.policy, checkers::all());
    for (const policy::Change& change : changes) {
        if (change.direction == policy::Change::Direction::loosened) ++loosened;
        std::printf("%-9s  %s%s%s%s\n", std::string(policy::to_string(change.direction)).c_str(), escape_terminal(change.what).c_str(),
                    change.detail.empty() ? "" : ": ", escape_terminal(change.detail).c_str(),
                    change.line.empty() ? "" : ("  (" + escape_terminal(change.line) + ")").c_str());
    }
    if (changes.empty()) std::printf("the policies ask for the same\n");
    const VerdictDiff verdicts = TRY(compare_verdicts(options, before, after));
    if (!options.recordings.empty() || !options.subjects.empty()) {
        std::printf("%zu verdicts change, %zu let in what was refused\n", verdicts.changed, verdicts.admitted);
    }
    const bool fails = (options.fail_on == "loosened" && loosened + verdicts.admitted > 0) ||
                       (options.fail_on == "any" && (!changes.empty() || verdicts.changed > 0));
    return fails ? kDeny : kAllow;
}

}  // namespace

Subcommand policy_diff(CLI::App& parent) {
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("diff", "which keys two policies loosen and tighten, and which verdicts change");
    app->add_option("A", options->before, "policy before")->required()->type_name("FILE|builtin:NAME");
    app->add_option("B", options->after, "policy after")->required()->type_name("FILE|builtin:NAME");
    app->add_option("--recorded", options->recordings, "recorded evidence (`headgate facts`) to judge under both (repeatable)")
        ->type_name("FILE")
        ->allow_extra_args(false);
    app->add_option("--subject", options->subjects, "file, folder or reference to judge under both (repeatable)")
        ->type_name("SUBJECT")
        ->allow_extra_args(false);
    add_advisory_options(*app, options->advisories);
    app->add_option("--at", options->at, "as of this time (RFC 3339), default now")->type_name("TIME");
    one_of(app->add_option("--fail-on", options->fail_on, "exit 1: loosened (a key, or a verdict), or any difference"), {"loosened", "any"});
    return {app, [options] { return diff(*options); }};
}

}  // namespace headgate::cli
