// waiver_generate.cpp: `headgate waiver generate`: one exception per present denial, for adopting the gate in an old
// repository. Each has an end, so that what was there before the gate goes away in time.
#include <algorithm>
#include <cstdio>

#include "base/text.hpp"
#include "cli/judge_options.hpp"
#include "cli/waiver.hpp"
#include "policy/yaml_text.hpp"

namespace headgate::cli {
namespace {

struct Options {
    JudgeOptions judge;
    std::string expires;
    std::string owner;
    std::string approved_by;
    std::string reason = "There before the gate was; to be resolved until the waiver ends.";
    std::string ticket;
    bool write = false;
};

class Generator {
  public:
    Generator(const Options& options, const Policy& policy, Instant now, std::int64_t span)
        : options_(options), policy_(policy), now_(now), span_(span) {}

    void visit(const SubjectVerdict& verdict) {
        for (const SubjectVerdict& member : verdict.members) visit(member);
        if (verdict.decision == Decision::allow) return;
        for (const RuleOutcome& outcome : verdict.rules) {
            const bool against = outcome.mode == Mode::enforce && outcome.result == RuleResult::fail;
            if (against) add(verdict, outcome);
            if (outcome.mode == Mode::enforce && outcome.result == RuleResult::error) cannot(verdict, outcome.id() + " could not decide");
            if (outcome.mode == Mode::enforce && outcome.result == RuleResult::skipped && verdict.subject.has_bytes) {
                cannot(verdict, outcome.id() + " looked at nothing");
            }
        }
        for (const ReportedFinding& reported : verdict.findings) {
            if (reported.rule.empty()) cannot(verdict, reported.finding.id + " is the gate's own");
        }
    }

    std::vector<Waiver> waivers;
    std::vector<std::string> refused;    // denials that no waiver can lift

  private:
    void cannot(const SubjectVerdict& verdict, const std::string& why) { refused.push_back(verdict.subject.ref + ": " + why); }

    void add(const SubjectVerdict& verdict, const RuleOutcome& outcome) {
        Waiver waiver;
        waiver.rule = outcome.id();
        const auto& forbidden = policy_.waiver_limits.forbid_rules;
        if (std::find(forbidden.begin(), forbidden.end(), outcome.id()) != forbidden.end()) {
            return cannot(verdict, "'waiver-limits.forbid-rules' names " + outcome.id());
        }
        const Subject& subject = verdict.subject;
        if (!subject.digest.sha256.empty()) {
            waiver.digest = "sha256:" + subject.digest.sha256;
            waiver.dir_hash = subject.digest.dir_hash;
        } else if (!subject.reference.digest.empty()) {
            waiver.digest = subject.reference.digest;
        } else if (subject.kind == Kind::package && !subject.reference.version.empty() && verdict.sources.size() == 1 &&
                   !verdict.sources.front().empty()) {
            waiver.reference = subject.reference;
            waiver.source = verdict.sources.front();
        } else {
            return cannot(verdict, "it has no digest, and no one version from one source, to name it by");
        }
        for (const ReportedFinding& reported : verdict.findings) {
            if (reported.rule != outcome.id() || reported.remark) continue;
            const auto& ids = reported.finding.advisories;
            const std::string id = ids.empty() ? reported.finding.id : ids.front();
            if (std::find(waiver.findings.begin(), waiver.findings.end(), id) == waiver.findings.end()) waiver.findings.push_back(id);
        }
        if (waiver.findings.empty()) return;
        finish(std::move(waiver));
    }

    void finish(Waiver waiver) {
        for (Waiver& other : waivers) {  // the same subject twice: one waiver names the findings of both
            if (other.rule != waiver.rule || other.digest != waiver.digest || other.reference != waiver.reference) continue;
            for (const std::string& id : waiver.findings) {
                if (std::find(other.findings.begin(), other.findings.end(), id) == other.findings.end()) other.findings.push_back(id);
            }
            return;
        }
        waiver.reason = options_.reason;
        waiver.owner = options_.owner;
        waiver.approved_by = options_.approved_by;
        waiver.ticket = options_.ticket;
        waiver.created = now_;
        waiver.expires = {now_.seconds + span_};
        Policy known = policy_;
        known.waivers.insert(known.waivers.end(), waivers.begin(), waivers.end());
        waiver.id = next_id(known, "WVR-" + format_instant(now_).substr(0, 4) + "-");
        waivers.push_back(std::move(waiver));
    }

    const Options& options_;
    const Policy& policy_;
    Instant now_;
    std::int64_t span_;
};

Result<int> generate(const Options& options) {
    const auto span = parse_duration(options.expires);
    if (!span || *span == 0) return Error{ErrorCode::usage, "--expires " + options.expires + ": expected a duration like 30d"};
    const pipeline::LoadedPolicy loaded = TRY(load(options.judge));
    const pipeline::Request request = TRY(make_request(options.judge, loaded.policy));
    if (options.write && loaded.path.empty()) return Error{ErrorCode::usage, "--write needs a policy file: --policy FILE"};
    const Report report = pipeline::decide(loaded, request);
    for (const Error& error : report.errors) return error;
    Generator generator(options, loaded.policy, request.now, *span);
    for (const SubjectVerdict& verdict : report.subjects) generator.visit(verdict);
    for (const std::string& line : generator.refused) std::fprintf(stderr, "headgate: not waivable: %s\n", escape_terminal(line).c_str());
    if (options.write) {
        TRY_VOID(write_waivers(options.judge.policy, generator.waivers));
        std::printf("added %zu waivers to %s, until %s\n", generator.waivers.size(), escape_terminal(options.judge.policy).c_str(),
                    format_instant({request.now.seconds + *span}).substr(0, 10).c_str());
    } else {
        if (!generator.waivers.empty()) std::printf("waivers:\n");
        for (const Waiver& waiver : generator.waivers) std::printf("%s", policy::waiver_yaml(waiver).c_str());
    }
    return generator.refused.empty() ? kAllow : kDeny;
}

}  // namespace

Subcommand waiver_generate(CLI::App& parent) {
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("generate", "a waiver for each present denial, to adopt the gate in an old repository; exit 1 when some cannot be waived");
    add_judge_options(*app, options->judge);
    app->add_option("--expires", options->expires, "how long they hold, e.g. 30d")->type_name("DURATION")->required();
    app->add_option("--owner", options->owner, "who answers for them")->type_name("PERSON")->required();
    app->add_option("--approved-by", options->approved_by, "who agreed; never the owner")
        ->type_name("PERSON")->required();
    app->add_option("--reason", options->reason, "why")->type_name("WORDS")->capture_default_str();
    app->add_option("--ticket", options->ticket, "where it is discussed")->type_name("WORDS");
    app->add_flag("--write", options->write, "add them to the policy file instead of printing them");
    return {app, [options]() -> Result<int> {
                TRY_VOID(start_isolation(options->judge));
                return generate(*options);
            }};
}

}  // namespace headgate::cli
