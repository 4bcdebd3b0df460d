#include "pipeline/admission_answer.hpp"

#include <algorithm>
#include <set>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"

namespace headgate::pipeline {
namespace {

using codec::Json;
using Judgement = AdmissionJudgement;
using Outcome = Judgement::Outcome;

constexpr std::size_t kMostReasons = 8;

/// Plain, on one line, and cut where it is too long, with a mark that it was.
std::string plain(std::string_view text, std::size_t most) { return escape_terminal(text, most); }

/// The object, where it was judged.
const SubjectVerdict* subject_of(const Judgement& judgement) {
    return judgement.judged && !judgement.report.subjects.empty() ? &judgement.report.subjects.front() : nullptr;
}

std::string place_of(const SubjectVerdict& verdict, const Finding& finding) {
    if (!finding.where.member.empty()) return finding.where.member;
    return verdict.subject.named_at ? verdict.subject.named_at->member : std::string();
}

std::string sentence(const SubjectVerdict& verdict, const ReportedFinding& reported) {
    const Finding& finding = reported.finding;
    const std::string place = place_of(verdict, finding);
    std::string text = place.empty() ? "" : plain(place, 200) + ": ";
    if (verdict.subject.named_at) text += plain(verdict.subject.ref, 200) + ": ";
    text += plain(finding.message, 300) + " [" + plain(reported.rule.empty() ? finding.id : reported.rule, 100) + "]";
    if (!finding.why.empty()) text += " " + plain(finding.why, 200);
    if (!finding.fix.empty()) text += " Fix: " + plain(finding.fix, 200);
    return text;
}

struct Reasons {
    std::vector<std::string> texts;
    std::set<std::string> known;
    std::size_t more = 0;

    void add(std::string text) {
        if (!known.insert(text).second) return;
        if (texts.size() < kMostReasons) texts.push_back(std::move(text));
        else ++more;
    }
};

void collect_reasons(const SubjectVerdict& verdict, Reasons& reasons) {
    for (const SubjectVerdict& member : verdict.members) collect_reasons(member, reasons);
    if (verdict.decision == Decision::allow) return;
    if (!verdict.error.empty()) reasons.add("could not decide about " + plain(verdict.subject.ref, 200) + ": " + plain(verdict.error, 300));
    for (const ReportedFinding& reported : verdict.findings) {
        if (!reported.remark && reported.waiver.empty()) reasons.add(sentence(verdict, reported));
    }
    for (const Opaque& opaque : verdict.coverage.skipped) {
        reasons.add(plain(opaque.where.member.empty() ? opaque.where.path : opaque.where.member, 200) + ": " + plain(opaque.why, 300));
    }
}

void collect_ids(const SubjectVerdict& verdict, std::set<std::string>& ids) {
    for (const ReportedFinding& reported : verdict.findings) {
        if (!reported.remark) ids.insert(reported.finding.id);
    }
    for (const SubjectVerdict& member : verdict.members) collect_ids(member, ids);
}

/// What is let through and should still be seen: what a rule warns of, waives, or will refuse one day.
void collect_warnings(const SubjectVerdict& verdict, std::vector<std::string>& warnings) {
    const std::string place = verdict.subject.named_at ? verdict.subject.named_at->member + ": " : std::string();
    for (const RuleOutcome& outcome : verdict.rules) {
        const bool shown = outcome.result == RuleResult::warn || outcome.result == RuleResult::waived || outcome.result == RuleResult::upcoming;
        if (!shown) continue;
        const auto first = std::find_if(verdict.findings.begin(), verdict.findings.end(), [&](const ReportedFinding& one) { return one.rule == outcome.id(); });
        const std::string what = first == verdict.findings.end() ? outcome.reason : first->finding.message;
        warnings.push_back(outcome.id() + ": " + std::string(to_string(outcome.result)) + ": " + place + what);
    }
    for (const SubjectVerdict& member : verdict.members) collect_warnings(member, warnings);
}

void bound(std::vector<std::string>& warnings) {
    std::vector<std::string> kept;
    std::size_t bytes = 0;
    std::size_t left = warnings.size();
    for (const std::string& warning : warnings) {
        std::string one = plain(warning, kMostWarning);
        if (std::find(kept.begin(), kept.end(), one) != kept.end()) {
            --left;
            continue;
        }
        // The last place is for saying that there is more.
        if (kept.size() + 1 >= kMostWarnings || bytes + one.size() + kMostWarning > kMostOfWarnings) break;
        bytes += one.size();
        kept.push_back(std::move(one));
        --left;
    }
    if (left > 0) kept.push_back("and " + std::to_string(left) + " more; see the audit log");
    warnings = std::move(kept);
}

std::string_view word_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::allowed: return "allowed";
        case Outcome::denied: return "denied";
        case Outcome::refused: return "refused";
        case Outcome::overdue: return "overdue";
        case Outcome::undecided: break;
    }
    return "undecided";
}

/// Of what is not decided: the registry, a missing answer and time are somebody's to mend (503); what broke in here is not.
int code_of(const Judgement& judgement) {
    switch (judgement.outcome) {
        case Outcome::allowed: return 200;
        case Outcome::denied: return 403;
        case Outcome::refused: return 400;
        case Outcome::overdue: return 503;
        case Outcome::undecided: break;
    }
    return judgement.judged ? 503 : 500;
}

std::string references_text(const Judgement& judgement) {
    std::string text;
    std::size_t shown = 0;
    for (const Judgement::Named& one : judgement.named) {
        std::string next = plain(one.path, 100) + "=" + plain(one.reference, 200);
        if (!one.digest.empty() && one.reference.find(one.digest) == std::string::npos) next += "@" + one.digest;
        if (text.size() + next.size() + 24 > kMostAuditValue) break;
        text += (text.empty() ? "" : " ") + next;
        ++shown;
    }
    if (shown < judgement.named.size()) text += " and " + std::to_string(judgement.named.size() - shown) + " more";
    return text;
}

void audit(const AdmissionReview& review, const Judgement& judgement, const std::string& policy_digest, AdmissionAnswer& answer) {
    std::set<std::string> ids;
    if (const SubjectVerdict* subject = subject_of(judgement)) collect_ids(*subject, ids);
    std::string decision = std::string(word_of(judgement.outcome)) + " uid=" + plain(review.uid, 128) + " policy=" + plain(policy_digest, 80);
    if (!judgement.exception.empty()) decision += " exception: " + judgement.exception;
    else if (!judgement.reason.empty()) decision += " reason: " + judgement.reason;
    answer.audit.emplace_back("decision", plain(decision, kMostAuditValue));
    if (!judgement.named.empty()) answer.audit.emplace_back("references", references_text(judgement));
    std::string findings;
    for (const std::string& id : ids) findings += (findings.empty() ? "" : " ") + id;
    if (!findings.empty()) answer.audit.emplace_back("findings", plain(findings, kMostAuditValue));
}

std::string_view reason_of(int code) {
    switch (code) {
        case 400: return "BadRequest";
        case 403: return "Forbidden";
        case 503: return "ServiceUnavailable";
        default: return "InternalError";
    }
}

}  // namespace

std::string denial_message(const Judgement& judgement) {
    Reasons reasons;
    if (!judgement.reason.empty()) reasons.add(plain(judgement.reason, 500));
    for (const Error& error : judgement.report.errors) reasons.add("could not decide: " + plain(error.message, 300));
    if (const SubjectVerdict* subject = subject_of(judgement)) collect_reasons(*subject, reasons);
    const bool late = judgement.outcome == Outcome::overdue || judgement.outcome == Outcome::undecided;
    std::string text = late ? "Headgate could not decide: " : "";
    for (std::size_t i = 0; i < reasons.texts.size(); ++i) text += (i == 0 ? "" : "; ") + reasons.texts[i];
    if (reasons.texts.empty()) text += "no enforced rule has passed it";
    std::string rest;
    if (reasons.more > 0) rest = "; and " + std::to_string(reasons.more) + " more";
    return plain(text, kMostMessage - rest.size()) + rest;
}

AdmissionAnswer answer_to(const AdmissionReview& review, const Judgement& judgement, const std::string& policy_digest, const std::string& notice) {
    AdmissionAnswer answer;
    answer.allowed = judgement.outcome == Outcome::allowed;
    answer.code = code_of(judgement);
    if (!answer.allowed) answer.message = denial_message(judgement);
    if (!judgement.exception.empty()) answer.warnings.push_back("admitted as an exception: " + judgement.exception);
    if (!notice.empty()) answer.warnings.push_back(notice);
    if (const SubjectVerdict* subject = subject_of(judgement)) collect_warnings(*subject, answer.warnings);
    bound(answer.warnings);
    audit(review, judgement, policy_digest, answer);
    return answer;
}

AdmissionAnswer could_not_decide(const AdmissionReview& review, const std::string& why, const std::string& policy_digest) {
    Judgement judgement;
    judgement.reason = why;
    return answer_to(review, judgement, policy_digest, "");
}

std::string write_answer(const AdmissionReview& review, const AdmissionAnswer& answer) {
    Json document = Json::object();
    document.add("apiVersion", Json::of(review.api_version));
    document.add("kind", Json::of("AdmissionReview"));
    Json& response = document.add("response", Json::object());
    response.add("uid", Json::of(review.uid));
    response.add("allowed", Json::of(answer.allowed));
    if (!answer.allowed) {
        Json& status = response.add("status", Json::object());
        status.add("status", Json::of("Failure"));
        status.add("message", Json::of(answer.message));
        status.add("reason", Json::of(reason_of(answer.code)));
        status.add("code", Json::of(std::int64_t{answer.code}));
    } else if (!answer.patch.empty()) {
        response.add("patchType", Json::of("JSONPatch"));
        response.add("patch", Json::of(to_base64(as_bytes(answer.patch))));
    }
    if (!answer.warnings.empty()) {
        Json& warnings = response.add("warnings", Json::array());
        for (const std::string& warning : answer.warnings) warnings.push(Json::of(warning));
    }
    if (!answer.audit.empty()) {
        Json& annotations = response.add("auditAnnotations", Json::object());
        for (const auto& [key, value] : answer.audit) annotations.add(key, Json::of(value));
    }
    return codec::write_json(document) + "\n";
}

}  // namespace headgate::pipeline
