// text.cpp: `--output text`. Every finding prints what, where, why and how to fix it; the last line is the tally.
#include "base/text.hpp"

#include <algorithm>

#include "report/report.hpp"
#include "report/walk.hpp"

namespace headgate::report {
namespace {

constexpr std::size_t kMaxFindings = 20;   // per subject; the rest is counted (JSON has them all)
constexpr const char* kGreen = "32;1";     // SGR parameters

class TextReport {
  public:
    explicit TextReport(const TextOptions& options) : options_(options) {}

    void subject(const SubjectVerdict& verdict) {
        header(verdict);
        if (!verdict.error.empty()) line("  could not decide: " + escape_terminal(verdict.error));
        std::size_t shown = 0;
        std::size_t hidden = 0;
        findings(verdict, shown, hidden);
        member_findings(verdict, shown, hidden);
        if (hidden > 0) line("  and " + std::to_string(hidden) + " more (--output json has them all)");
        rules_that_did_not_run(verdict);
        if (verdict.subject.has_bytes && !verdict.coverage.complete()) {
            line(paint("2", "  examined: " + std::to_string(verdict.coverage.examined) + " of " +
                                std::to_string(verdict.coverage.bytes) + " bytes"));
        }
        if (verdict.decision == Decision::allow && !verdict.coverage.unchecked.empty()) {
            std::string unchecked;
            for (const std::string& item : verdict.coverage.unchecked) unchecked += (unchecked.empty() ? "" : ", ") + item;
            line(paint("2", "  not checked: " + unchecked));
        }
    }

    void error(const Error& error) {
        line(paint("33;1", "ERROR  ") + escape_terminal(error.message));
    }

    void last_line(const Report& report) {
        const Tally counts = tally(report);
        std::string text = std::to_string(counts.allowed) + " allowed, " + std::to_string(counts.denied) + " denied, " +
                           std::to_string(counts.undecided) + " undecided";
        if (report.subjects.empty() && report.errors.empty()) text = "nothing to judge here";
        if (report.empty_arguments > 0 && !report.subjects.empty()) {
            text += "; in " + std::to_string(report.empty_arguments) + " arguments there was nothing to judge";
        }
        if (report.outside_files > 0) {
            text += "; " + std::to_string(report.outside_files) + " other files are no subject";
        }
        text += "  (policy " + escape_terminal(report.policy_name) + ", " + report.policy_digest.substr(0, 19) + ")";
        if (!report.policy_pinned) text += "\nNote: the policy lies inside what was judged, and is not pinned.";
        line(paint(report.exit_code() == 0 ? kGreen : color_of(Decision::deny), text));
    }

    void blank() { line(""); }
    std::string take() { return std::move(out_); }

  private:
    std::string paint(const std::string& code, const std::string& text) const {
        return options_.color ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
    static std::string color_of(Decision decision) {
        if (decision == Decision::allow) return kGreen;
        return decision == Decision::deny ? "31;1" : "33;1";
    }
    void line(const std::string& text) { out_ += text + "\n"; }

    void header(const SubjectVerdict& verdict) {
        std::string word(to_string(verdict.decision));
        std::transform(word.begin(), word.end(), word.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
        word.resize(std::max<std::size_t>(word.size(), 5), ' ');
        std::string text = paint(color_of(verdict.decision), word) + "  " + escape_terminal(verdict.subject.ref) + "  (" +
                           std::string(to_string(verdict.subject.kind));
        if (verdict.level != Level::none) text += ", " + std::string(to_string(verdict.level));
        if (!verdict.members.empty()) text += ", " + std::to_string(verdict.members.size()) + " members";
        if (!verdict.tier.empty()) text += ", tier " + escape_terminal(verdict.tier);
        line(text + ")");
    }

    // Members may be manifests with members of their own; they nest no deeper.
    void member_findings(const SubjectVerdict& verdict, std::size_t& shown, std::size_t& hidden) {
        for (const SubjectVerdict& member : verdict.members) {
            findings(member, shown, hidden);
            member_findings(member, shown, hidden);
        }
    }

    void findings(const SubjectVerdict& verdict, std::size_t& shown, std::size_t& hidden) {
        std::vector<const ReportedFinding*> ordered;
        ordered.reserve(verdict.findings.size());
        for (const ReportedFinding& finding : verdict.findings) ordered.push_back(&finding);
        std::stable_sort(ordered.begin(), ordered.end(), [&](const ReportedFinding* a, const ReportedFinding* b) {
            const bool first = decides(verdict, *a);
            const bool second = decides(verdict, *b);
            return first != second ? first : a->finding.severity > b->finding.severity;
        });
        for (const ReportedFinding* reported : ordered) {
            if (shown == kMaxFindings) {
                ++hidden;
                continue;
            }
            ++shown;
            finding(verdict, *reported);
        }
    }

    void finding(const SubjectVerdict& verdict, const ReportedFinding& reported) {
        const Finding& finding = reported.finding;
        const bool decisive = decides(verdict, reported);
        if (!reported.waiver.empty()) {
            line("  " + paint("33", "waived, " + std::string(to_string(finding.severity))) + "  " + escape_terminal(finding.message) +
                 "  [" + finding.id + "] by " + escape_terminal(reported.waiver));
            return;
        }
        if (reported.remark) {
            line("  " + paint("2", "remark, " + std::string(to_string(finding.severity))) + "  " + escape_terminal(finding.message) + "  [" + finding.id + "]");
            return;
        }
        const std::string mark = decisive ? paint("31", std::string(to_string(finding.severity)))
                                          : paint("33", "warning, " + std::string(to_string(finding.severity)));
        line("  " + mark + "  " + escape_terminal(finding.message) + "  [" + finding.id + "]");
        const std::string where = place(finding.where);
        if (!where.empty()) line("    where: " + where);
        if (!finding.why.empty()) line("    why:   " + escape_terminal(finding.why));
        if (!finding.fix.empty()) line("    fix:   " + escape_terminal(finding.fix));
        if (!reported.rule.empty()) line(paint("2", "    rule:  " + reported.rule + " (" + policy_line(verdict, reported.rule) + ")"));
    }

    static std::string place(const Location& where) {
        std::string text = escape_terminal(where.path);
        if (!where.member.empty()) text += "!" + escape_terminal(where.member);
        if (where.line) text += ":" + std::to_string(*where.line);
        if (where.offset) text += " at byte " + std::to_string(*where.offset);
        return text;
    }

    static std::string policy_line(const SubjectVerdict& verdict, const std::string& rule) {
        for (const RuleOutcome& outcome : verdict.rules) {
            if (outcome.id() == rule) return escape_terminal(outcome.policy_line());
        }
        return "policy";
    }

    void rules_that_did_not_run(const SubjectVerdict& verdict) {
        for (const RuleOutcome& outcome : verdict.rules) {
            if (outcome.result == RuleResult::error) {
                line("  rule " + outcome.id() + " could not decide: " + escape_terminal(outcome.reason));
            } else if (outcome.result == RuleResult::upcoming) {
                line("  rule " + outcome.id() + " fails, and " + escape_terminal(outcome.reason));
            }
        }
    }

  public:
    /// Waivers and overrides: everything that keeps the policy from holding as written.
    void exceptions(const Report& report) {
        const auto list = [&](const std::vector<ExceptionNote>& notes, const std::string& what) {
            for (const ExceptionNote& note : notes) {
                std::string text = what + " " + escape_terminal(note.id) + "  " + escape_terminal(note.subject) + "  until " +
                                   format_instant(note.expires).substr(0, 10) + " by " + escape_terminal(note.owner) + ": " +
                                   escape_terminal(note.reason) + "  (" + escape_terminal(note.line) + ")";
                if (note.ending) text += paint("33", "  ends within 14 days");
                line(text);
            }
        };
        for (const std::string& ref : report.known_denials) {
            line("known since " + report.base_revision.substr(0, 12) + ": " + escape_terminal(ref) + " was refused there too");
        }
        list(report.used_waivers, "waiver used");
        list(report.overrides, "override in force");
        list(report.expired_waivers, "waiver expired");
        list(report.expired_overrides, "override expired");
        if (report.unused_waivers.size() <= kMaxUnused) list(report.unused_waivers, "waiver unused");
        if (report.unused_waivers.size() > kMaxUnused) {
            line(std::to_string(report.unused_waivers.size()) + " waivers unused here (headgate waiver list shows them)");
        }
    }

  private:
    static constexpr std::size_t kMaxUnused = 10;
    const TextOptions& options_;
    std::string out_;
};

}  // namespace

std::string text(const Report& report, const TextOptions& options) {
    TextReport out(options);
    if (!options.quiet) {
        for (const SubjectVerdict& subject : report.subjects) out.subject(subject);
        for (const Error& error : report.errors) out.error(error);
        out.exceptions(report);
        if (!report.subjects.empty() || !report.errors.empty()) out.blank();
    }
    out.last_line(report);
    return out.take();
}

}  // namespace headgate::report
