// rely.cpp: "scan once, admit everywhere": believe a verdict only when everything about it is as the caller demands.
#include <algorithm>

#include "attest/dsse.hpp"
#include "attest/statement.hpp"
#include "attest/verdict.hpp"
#include "base/text.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

constexpr std::int64_t kSkew = 300;         // seconds that the verifier's clock may be ahead of ours
constexpr std::size_t kMaxLines = 20'000;   // ten thousand subjects

std::string shown(std::string_view text) { return "\"" + escape_terminal(text, 200) + "\""; }

struct Document {
    ByteView bytes;
    Envelope envelope;
};

Result<std::vector<Document>> read_all(ByteView file) {
    if (auto whole = parse_envelope(file); whole.ok()) return std::vector<Document>{{file, std::move(whole).value()}};
    std::vector<Document> documents;
    std::size_t number = 0;
    for (const std::string_view line : split_lines(as_text(file))) {
        ++number;
        auto envelope = parse_envelope(as_bytes(line));
        if (!envelope.ok()) {
            return Error{ErrorCode::malformed, "line " + std::to_string(number) + ": " + envelope.error().message};
        }
        documents.push_back({as_bytes(line), std::move(envelope).value()});
        if (documents.size() > kMaxLines) return Error{ErrorCode::malformed, "more than 20000 lines"};
    }
    if (documents.empty()) return Error{ErrorCode::malformed, "the file is empty"};
    return documents;
}

std::string text_at(const Json& predicate, std::string_view key) {
    const std::string* const text = predicate.find_text(key);
    return text == nullptr ? std::string() : *text;
}
std::string text_at(const Json& predicate, std::string_view outer, std::string_view inner) {
    const Json* const object = predicate.find(outer);
    return object == nullptr ? std::string() : text_at(*object, inner);
}

Result<std::vector<std::string>> levels_of(const Json& predicate) {
    const Json* const levels = predicate.find("verifiedLevels");
    if (levels == nullptr || !levels->is_array()) return Error{ErrorCode::malformed, "\"verifiedLevels\" is missing"};
    std::vector<std::string> result;
    for (const Json& level : levels->items) {
        if (!level.is_text()) return Error{ErrorCode::malformed, "a verified level is no string"};
        result.push_back(level.text);
    }
    return result;
}

bool has(const std::vector<std::string>& levels, std::string_view level) {
    return std::find(levels.begin(), levels.end(), level) != levels.end();
}

// Why the levels do not carry an admission of bytes; "" when they do.
std::string level_problem(const std::vector<std::string>& levels, bool require_enforced) {
    if (has(levels, "FAILED")) return "its levels contain FAILED";
    if (has(levels, "HEADGATE_NAMES_ONLY")) return "it judged names only, no bytes";
    if (!has(levels, "HEADGATE_ADMIT") && !has(levels, "HEADGATE_RESTRICTED")) return "it has no level that admits";
    if (require_enforced && !has(levels, "HEADGATE_ENFORCED")) {
        return "it lacks HEADGATE_ENFORCED: a rule was warned, monitored, waived or rested on an assertion";
    }
    return {};
}

std::string time_problem(const Json& predicate, const RelyOptions& options) {
    const std::string text = text_at(predicate, "timeVerified");
    const auto verified = parse_instant(text);
    if (!verified) return "its timeVerified is missing or no time";
    if (verified->seconds > options.now.seconds + kSkew) return "it is from the future: " + text;
    if (verified->seconds < options.now.seconds - options.max_age) return "it is too old: " + text;
    return {};
}

std::string kind_problem(const Json& predicate, const RelyOptions& options) {
    const Json* const judged_as = predicate.find(kKindField);
    if (judged_as == nullptr || options.kinds.empty()) return {};
    if (!judged_as->is_text()) return "it says in no words as what kind it was judged";
    std::string kinds;
    for (const Kind kind : options.kinds) {
        if (judged_as->text == to_string(kind)) return {};
        kinds += (kinds.empty() ? "" : " or ") + std::string(to_string(kind));
    }
    return "it was judged as a " + escape_terminal(judged_as->text, 40) + ", asked for is a " + kinds + ": other rules were asked";
}

}  // namespace

std::string verdict_problem(const Json& predicate, const RelyOptions& options, std::vector<std::string>& levels) {
    if (const std::string id = text_at(predicate, "verifier", "id"); id != options.verifier_id) {
        return "its verifier is " + shown(id) + ", not " + shown(options.verifier_id);
    }
    if (const std::string result = text_at(predicate, "verificationResult"); result != "PASSED") {
        return "its result is " + shown(result) + ", not PASSED";
    }
    if (const std::string uri = text_at(predicate, "resourceUri"); options.resource && uri != *options.resource) {
        return "its resource is " + shown(uri) + ", not " + shown(*options.resource);
    }
    if (options.policy_digest) {
        const Json* const policy = predicate.find("policy");
        const std::string digest = policy == nullptr ? std::string() : text_at(*policy, "digest", "sha256");
        std::string_view wanted = *options.policy_digest;
        if (wanted.starts_with("sha256:")) wanted.remove_prefix(7);
        if (digest != wanted) return "it was judged under the policy sha256:" + escape_terminal(digest, 80) + ", not the one asked for";
    }
    if (std::string problem = kind_problem(predicate, options); !problem.empty()) return problem;
    if (std::string problem = time_problem(predicate, options); !problem.empty()) return problem;
    auto found = levels_of(predicate);
    if (!found.ok()) return found.error().message;
    levels = std::move(found).value();
    return level_problem(levels, options.require_enforced);
}

SignedBy signed_by(const crypto::PublicKey& key) {
    return [key](ByteView document) -> std::string {
        const auto envelope = parse_envelope(document);
        return envelope.ok() && verified_by(*envelope, key) ? "" : "is not signed by this key";
    };
}

Result<RelyResult> rely(ByteView file, const crypto::PublicKey& key, const RelyOptions& options) {
    return rely(file, signed_by(key), options);
}

Result<RelyResult> rely(ByteView file, const SignedBy& signed_by, const RelyOptions& options) {
    const std::vector<Document> documents = TRY(read_all(file));
    RelyResult result;
    // Everything in the file must be the signer's: nothing beside what is believed is left unverified.
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const std::string problem = signed_by(documents[i].bytes);
        if (problem.empty()) continue;
        result.reason = (documents.size() == 1 ? "it " : "line " + std::to_string(i + 1) + " ") + problem;
        return result;
    }
    result.reason = "it holds no verdict (" + std::string(kVsaPredicate) + ")";
    bool about_subject = false;
    for (const auto& [bytes, envelope] : documents) {
        if (envelope.payload_type != kInTotoPayload) continue;
        const auto statement = parse_statement(envelope.payload);
        if (!statement.ok()) {
            result.reason = "a signed statement is not valid: " + statement.error().message;
            continue;
        }
        if (statement->predicate_type != kVsaPredicate) continue;
        if (!is_about(*statement, options.subject, options.further)) {
            if (!about_subject) result.reason = "it is about other bytes than these";
            continue;
        }
        about_subject = true;
        std::vector<std::string> levels;
        result.reason = verdict_problem(statement->predicate, options, levels);
        if (!result.reason.empty()) continue;
        result.passed = true;
        result.levels = std::move(levels);
        result.reason = "PASSED under policy " + text_at(statement->predicate, "policy", "uri") + ", verified " +
                        text_at(statement->predicate, "timeVerified");
        if (const std::string kind = text_at(statement->predicate, kKindField); !kind.empty()) result.reason += ", judged as a " + kind;
        return result;
    }
    return result;
}

}  // namespace headgate::attest
