// emit.cpp: a report -> signed statements: per subject a result statement (everything that was found) and a verification
// summary (SLSA VSA v1: what others rely on).
#include <algorithm>

#include "attest/dsse.hpp"
#include "attest/other_predicates.hpp"
#include "attest/result_statement.hpp"
#include "attest/statement.hpp"
#include "attest/verdict.hpp"
#include "base/encoding.hpp"
#include "codec/json.hpp"
#include "crypto/sha256.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

Json descriptor(std::string_view uri, const std::string& sha256) {
    Json json = Json::object();
    if (!uri.empty()) json.add("uri", Json::of(uri));
    json.add("digest", Json::object()).add("sha256", Json::of(sha256));
    return json;
}

// policy.uri must be a URI: a plain path becomes one.
std::string policy_uri(const std::string& given) {
    return given.find(':') == std::string::npos ? "file:" + given : given;
}

Json policy_of(const Report& report) {
    Json policy = Json::object();
    policy.add("uri", Json::of(policy_uri(report.policy_uri)));
    std::string digest = report.policy_digest;
    if (digest.starts_with("sha256:")) digest.erase(0, 7);
    policy.add("digest", Json::object()).add("sha256", Json::of(digest));
    return policy;
}

// Rules that disagree about a level vouch together for the lower one; one that names no level says nothing about it. SLSA 1.1
// has no build level above 3.
std::int64_t slsa_build_level(const SubjectVerdict& verdict) {
    constexpr std::int64_t kHighest = 3;
    std::int64_t level = 0;
    for (const RuleOutcome& rule : verdict.rules) {
        if (rule.slsa_build_level > 0) level = std::min(level == 0 ? kHighest : level, rule.slsa_build_level);
    }
    return level;
}

// FAILED stands alone; custom levels never begin with SLSA_, which strict readers parse as "..._LEVEL_<number>".
Json levels_of(const SubjectVerdict& verdict) {
    Json levels = Json::array();
    if (verdict.decision != Decision::allow || verdict.level == Level::none) {
        levels.push(Json::of("FAILED"));
        return levels;
    }
    switch (verdict.level) {
        case Level::admit: levels.push(Json::of("HEADGATE_ADMIT")); break;
        case Level::restricted: levels.push(Json::of("HEADGATE_RESTRICTED")); break;
        case Level::names:
        case Level::none: levels.push(Json::of("HEADGATE_NAMES_ONLY")); break;
    }
    if (verdict.enforced) levels.push(Json::of("HEADGATE_ENFORCED"));
    if (const auto level = slsa_build_level(verdict); level > 0) levels.push(Json::of("SLSA_BUILD_LEVEL_" + std::to_string(level)));
    return levels;
}

Json statement_about(const SubjectVerdict& verdict, std::string_view predicate_type) {
    Json statement = Json::object();
    statement.add("_type", Json::of(kStatementType));
    Json& subject = statement.add("subject", Json::array()).push(Json::object());
    subject.add("name", Json::of(verdict.subject.ref));
    Json& digest = subject.add("digest", Json::object());
    if (verdict.subject.digest.empty()) digest.add("gitCommit", Json::of(commit_of(verdict.subject)));
    else digest.add("sha256", Json::of(verdict.subject.digest.sha256));
    if (!verdict.subject.digest.dir_hash.empty()) digest.add("dirHash", Json::of(verdict.subject.digest.dir_hash));
    statement.add("predicateType", Json::of(predicate_type));
    return statement;
}

Json summary(const Report& report, const SubjectVerdict& verdict, const EmitOptions& options,
             const std::string& result_sha256) {
    const bool passed = verdict.decision == Decision::allow && verdict.level != Level::none;
    Json predicate = Json::object();
    Json& verifier = predicate.add("verifier", Json::object());
    verifier.add("id", Json::of(options.verifier_id));
    if (!options.tool_version.empty()) verifier.add("version", Json::object()).add("headgate", Json::of(options.tool_version));
    predicate.add("timeVerified", Json::of(format_instant(report.evaluated_at)));
    predicate.add("resourceUri", Json::of(verdict.subject.ref));
    predicate.add(std::string(kKindField), Json::of(to_string(verdict.subject.kind)));
    predicate.add("policy", policy_of(report));
    Json& inputs = predicate.add("inputAttestations", Json::array());
    inputs.push(descriptor(kResultPredicate, result_sha256));
    for (const std::string& input : verdict.input_attestations) inputs.push(descriptor("", input));
    predicate.add("verificationResult", Json::of(passed ? "PASSED" : "FAILED"));
    predicate.add("verifiedLevels", levels_of(verdict));
    predicate.add("slsaVersion", Json::of("1.1"));
    return predicate;
}

struct Lines {
    std::string result;
    std::string summary;
    std::vector<std::string> others;
};

Result<Lines> attest_subject(const Report& report, const SubjectVerdict& verdict, const StatementSigner& sign,
                             const EmitOptions& options) {
    Lines lines;
    {
        Json result = statement_about(verdict, kResultPredicate);
        result.add("predicate", result_predicate(report, verdict, options));
        lines.result = TRY(sign(codec::write_json(result)));
    }
    Json vsa = statement_about(verdict, kVsaPredicate);
    vsa.add("predicate", summary(report, verdict, options, crypto::sha256_hex(as_bytes(lines.result))));
    lines.summary = TRY(sign(codec::write_json(vsa)));
    if (options.simple_result && verdict.decision == Decision::allow && verdict.level != Level::none) {
        Json svr = statement_about(verdict, kSvrPredicate);
        svr.add("predicate", simple_result(report, levels_of(verdict), policy_of(report), options));
        lines.others.push_back(TRY(sign(codec::write_json(svr))));
    }
    if (options.test_result) {
        Json tests = statement_about(verdict, kTestResultPredicate);
        tests.add("predicate", test_result(verdict, policy_of(report)));
        lines.others.push_back(TRY(sign(codec::write_json(tests))));
    }
    return lines;
}

}  // namespace

std::string commit_of(const Subject& subject) {
    const Reference& reference = subject.reference;
    const bool git = reference.scheme == "hf" || reference.scheme == "hf-dataset" || reference.scheme.starts_with("git+");
    return git && is_lower_hex(reference.version, 40) ? reference.version : std::string();
}

Result<std::string> emit(const Report& report, const crypto::PrivateKey& key, const EmitOptions& options) {
    const StatementSigner by_key = [&](std::string_view statement) {
        return options.format == AttestFormat::bundle ? sign_bundle(kInTotoPayload, statement, key) : sign_envelope(kInTotoPayload, statement, key);
    };
    return emit(report, by_key, options);
}

Result<std::string> emit(const Report& report, const StatementSigner& sign, const EmitOptions& options) {
    std::vector<Lines> all;
    for (const SubjectVerdict& verdict : report.subjects) {
        if (verdict.subject.digest.empty() && !(options.commits && !commit_of(verdict.subject).empty())) continue;  // a name, or bytes that nobody could read
        all.push_back(TRY(attest_subject(report, verdict, sign, options)));
    }
    if (all.empty()) return Error{ErrorCode::usage, "nothing to attest: no subject has bytes that were read"};
    if (options.format == AttestFormat::bundle && !options.lines && all.size() == 1 && all.front().others.empty()) return all.front().summary + "\n";
    std::string text;
    for (const Lines& lines : all) {
        text += lines.result + "\n" + lines.summary + "\n";
        for (const std::string& other : lines.others) text += other + "\n";
    }
    return text;
}

}  // namespace headgate::attest
