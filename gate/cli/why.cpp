// why.cpp: `headgate why SUBJECT [RULE]`: the trace of a decision: facts, rule, policy line, tier line, waiver.
#include <algorithm>
#include <cstdio>

#include "base/text.hpp"
#include "checkers/all.hpp"
#include "cli/judge_options.hpp"
#include "policy/trace.hpp"

namespace headgate::cli {
namespace {

constexpr std::size_t kShownFacts = 12;

std::string place(const Location& where) {
    std::string text = escape_terminal(where.path);
    if (!where.member.empty()) text += "!" + escape_terminal(where.member);
    if (where.line) text += ":" + std::to_string(*where.line);
    if (where.offset) text += " at byte " + std::to_string(*where.offset);
    return text;
}

// Facts that a checker looks at, one a line. What it looks at is known by what it asks.
std::vector<std::string> facts_for(std::string_view check, const Evidence& evidence) {
    std::vector<std::string> lines;
    const auto add = [&](const Location& where, const std::string& text) { lines.push_back(place(where) + ": " + escape_terminal(text, 200)); };
    if (check == "serialization") {
        for (const Import& fact : evidence.imports) add(fact.where, "imports " + fact.module + "." + fact.name);
        for (const Call& fact : evidence.calls) add(fact.where, "calls " + (fact.callee.empty() ? "what is no plain import" : fact.callee));
        for (const FormatFact& fact : evidence.formats) {
            add(fact.where, "is " + fact.format + (fact.code ? ", code" : fact.inert ? ", inert" : ""));
        }
    } else if (check == "signature") {
        for (const Signature& fact : evidence.signatures) {
            std::string signers;
            for (const std::string& name : fact.signers) signers += " " + name;
            add(fact.where, fact.scheme + " signature, " + (signers.empty() ? "by nobody the policy trusts" : "by" + signers) +
                                (fact.covers_subject ? ", over exactly this" : "") + (fact.problem.empty() ? "" : ": " + fact.problem));
        }
    } else if (check == "attestation") {
        for (const Statement& fact : evidence.statements) add(fact.where, "statement " + fact.predicate_type);
    } else if (check == "provenance") {
        for (const Provenance& fact : evidence.provenances) {
            add(fact.where, "built by " + fact.builder + (fact.source.empty() ? "" : " from " + fact.source) + (fact.ref.empty() ? "" : " at " + fact.ref) +
                                (fact.problem.empty() ? "" : ": " + fact.problem));
        }
    } else if (check == "content") {
        for (const Trait& fact : evidence.traits) add(fact.where, fact.trait + (fact.detail.empty() ? "" : ": " + fact.detail));
    } else if (check == "card") {
        for (const Card& fact : evidence.cards) add(fact.where, "card with " + std::to_string(fact.fields.size()) + " fields");
    } else {
        for (const Requirement& fact : evidence.requirements) {
            add(fact.where, fact.reference.canonical + (fact.url.empty() ? "" : " from " + fact.url) + (fact.pinned ? ", pinned" : ", not pinned") +
                                (fact.integrity.empty() ? ", no hash" : ", " + std::to_string(fact.integrity.size()) + " hashes"));
        }
        for (const IndexOption& fact : evidence.index_options) add(fact.where, fact.written + " " + fact.url);
        for (const DigestClaim& fact : evidence.digest_claims) {
            constexpr std::string_view kOutcomes[] = {"matches", "differs", "is missing", "is listed nowhere"};
            add(fact.where, fact.about + " " + std::string(kOutcomes[static_cast<std::size_t>(fact.outcome)]));
        }
    }
    return lines;
}

class Trace {
  public:
    Trace(const Policy& policy, Instant now, std::string rule) : policy_(policy), now_(now), rule_(std::move(rule)) {}

    void subject(const SubjectVerdict& verdict, const Evidence& evidence) {
        std::printf("%s  %s  (%s, origin %s)\n", std::string(to_string(verdict.decision)).c_str(), escape_terminal(verdict.subject.ref).c_str(),
                    std::string(to_string(verdict.subject.kind)).c_str(), std::string(to_string(verdict.subject.origin)).c_str());
        std::vector<std::string> signers;
        for (const Signature& signature : evidence.signatures) {
            if (signature.covers_subject) signers.insert(signers.end(), signature.signers.begin(), signature.signers.end());
        }
        for (const policy::TierStep& step : policy::trace_tiers(policy_, verdict.subject, signers)) {
            std::printf("  tier  %s  (%s): %s%s\n", escape_terminal(step.tier).c_str(), escape_terminal(step.line).c_str(),
                        step.won ? "won, " : "", escape_terminal(step.reason).c_str());
        }
        for (const RuleOutcome& outcome : verdict.rules) {
            if (rule_.empty() ? outcome.result != RuleResult::not_applicable : outcome.id() == rule_) rule(verdict, outcome, evidence);
        }
        if (rule_.empty()) gate_findings(verdict);
        if (verdict.decision == Decision::allow) {
            std::printf("  so: allow, level %s%s\n", std::string(to_string(verdict.level)).c_str(),
                        verdict.enforced ? ", every rule enforced" : ", not every rule enforced as written");
        } else {
            std::printf("  so: %s, %s\n", std::string(to_string(verdict.decision)).c_str(), because(verdict).c_str());
        }
        members(verdict, evidence);
    }

  private:
    void rule(const SubjectVerdict& verdict, const RuleOutcome& outcome, const Evidence& evidence) {
        std::printf("  rule  %s  (%s): %s asks %s, mode %s -> %s%s%s\n", escape_terminal(outcome.id()).c_str(),
                    escape_terminal(outcome.policy_line()).c_str(), escape_terminal(outcome.check()).c_str(), question(outcome.check()).c_str(),
                    std::string(to_string(outcome.mode)).c_str(), std::string(to_string(outcome.result)).c_str(),
                    outcome.reason.empty() ? "" : ": ", escape_terminal(outcome.reason).c_str());
        for (const ReportedFinding& reported : verdict.findings) {
            if (reported.rule == outcome.id()) finding(reported);
        }
        for (const Rule& known : policy_.rules) {
            if (known.id != outcome.id()) continue;
            for (const policy::WaiverStep& step : policy::trace_waivers(policy_, known, verdict, now_)) {
                std::printf("        waiver  %s  (%s): %s\n", escape_terminal(step.id).c_str(), escape_terminal(step.line).c_str(),
                            escape_terminal(step.reason).c_str());
            }
        }
        if (rule_.empty() && outcome.result == RuleResult::pass) return;
        const auto facts = facts_for(outcome.check(), evidence);
        for (std::size_t i = 0; i < std::min(facts.size(), kShownFacts); ++i) std::printf("        fact    %s\n", facts[i].c_str());
        if (facts.size() > kShownFacts) {
            std::printf("        and %zu more facts: headgate facts %s\n", facts.size() - kShownFacts, escape_terminal(verdict.subject.ref).c_str());
        }
    }

    void finding(const ReportedFinding& reported) {
        const Finding& finding = reported.finding;
        const std::string where = place(finding.where);
        std::printf("        finding %s, %s%s%s: %s%s\n", finding.id.c_str(), std::string(to_string(finding.severity)).c_str(),
                    where.empty() ? "" : ", ", where.c_str(), escape_terminal(finding.message).c_str(),
                    reported.waiver.empty() ? "" : ("  [waived by " + escape_terminal(reported.waiver) + "]").c_str());
    }

    void gate_findings(const SubjectVerdict& verdict) {
        for (const ReportedFinding& reported : verdict.findings) {
            if (reported.rule.empty()) {
                std::printf("  gate  ");
                finding(reported);
            }
        }
    }

    static std::string question(const std::string& check) {
        const Checker* const checker = checkers::find(check);
        return checker == nullptr ? "nothing" : "\"" + std::string(checker->question) + "\"";
    }

    static std::string because(const SubjectVerdict& verdict) {
        std::string text;
        const auto add = [&](const std::string& what) { text += (text.empty() ? "because " : ", ") + what; };
        if (!verdict.error.empty()) add(escape_terminal(verdict.error));
        for (const RuleOutcome& outcome : verdict.rules) {
            const bool against = outcome.mode == Mode::enforce && (outcome.result == RuleResult::fail || outcome.result == RuleResult::error);
            if (against) add(escape_terminal(outcome.id()) + (outcome.result == RuleResult::fail ? " failed" : " could not decide"));
        }
        for (const ReportedFinding& reported : verdict.findings) {
            if (reported.rule.empty() || reported.finding.id == "policy.skipped") add(reported.finding.id);
        }
        for (const SubjectVerdict& member : verdict.members) {
            if (member.decision != Decision::allow) add("member " + escape_terminal(member.subject.ref));
        }
        return text.empty() ? "because nothing passed" : text;
    }

    // Of a manifest, the members that were refused; all of them are too many to read.
    void members(const SubjectVerdict& verdict, const Evidence& evidence) {
        for (const SubjectVerdict& member : verdict.members) {
            if (member.decision == Decision::allow && rule_.empty()) continue;
            Evidence own;
            own.index_options = evidence.index_options;
            for (const Requirement& requirement : evidence.requirements) {
                if (requirement.reference.canonical == member.subject.ref) own.requirements.push_back(requirement);
            }
            subject(member, own);
        }
    }

    const Policy& policy_;
    Instant now_;
    std::string rule_;
};

Result<int> why(const JudgeOptions& options, const std::string& rule) {
    const pipeline::LoadedPolicy loaded = TRY(load(options));
    std::vector<std::string_view> ids;
    ids.reserve(loaded.policy.rules.size());
    for (const Rule& known : loaded.policy.rules) ids.push_back(known.id);
    if (!rule.empty() && std::find(ids.begin(), ids.end(), rule) == ids.end()) {
        const auto near = nearest(rule, ids);
        return Error{ErrorCode::usage, "no rule \"" + rule + "\" in " + loaded.policy.name + (near ? ", did you mean \"" + std::string(*near) + "\"?" : "")};
    }
    const pipeline::Request request = TRY(make_request(options, loaded.policy));
    const auto judged = TRY(pipeline::decide_and_keep(loaded, request));
    if (judged.evidence.empty()) {
        std::fprintf(stderr, "headgate: nothing to judge there\n");
        return kNothing;
    }
    const Report& report = judged.report;
    std::printf("policy %s  (%s)\n", escape_terminal(report.policy_name).c_str(), report.policy_digest.substr(0, 19).c_str());
    const Policy in_force = policy::in_force(loaded.policy, request.now);
    for (const ExceptionNote& note : report.overrides) {
        std::printf("override  %s  (%s): %s until %s\n", escape_terminal(note.id).c_str(), escape_terminal(note.line).c_str(),
                    escape_terminal(note.subject).c_str(), format_instant(note.expires).c_str());
    }
    Trace trace(in_force, request.now, rule);
    for (std::size_t i = 0; i < report.subjects.size(); ++i) trace.subject(report.subjects[i], judged.evidence[i].evidence);
    return report.exit_code();
}

}  // namespace

int run_why(const Arguments& arguments) {
    CLI::App app("The trace of a decision: facts, rule, policy line, tier line, waiver.", "headgate why");
    JudgeOptions options;
    std::string rule;
    add_judge_options(app, options);
    app.get_option("SUBJECT")->expected(1)->allow_extra_args(false);
    app.add_option("RULE", rule, "only this rule")->type_name("RULE");
    if (const auto code = parse_arguments(app, arguments)) return *code;
    if (auto started = start_isolation(options); !started.ok()) return fail(started.error());
    auto code = why(options, rule);
    return code.ok() ? *code : fail(code.error());
}

}  // namespace headgate::cli
