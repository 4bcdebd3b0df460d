#include "checkers/attestation.hpp"

#include <re2/re2.h>

#include <array>
#include <memory>

#include "base/text.hpp"
#include "checkers/signers.hpp"
#include "model/operand.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};
constexpr std::string_view kVsa = "https://slsa.dev/verification_summary/v1";
constexpr std::string_view kVerifier = "https://headgate.dev/verifier/v1";
constexpr std::int64_t kVsaMaxAge = 86'400;
constexpr std::int64_t kSkew = 300;      // seconds that a signer's clock may be ahead

constexpr std::array kSettings = {
    SettingSpec{"predicate", SettingType::text, Stricter::fixed, true, "", "predicate type of the statement, exact"},
    SettingSpec{"signed-by", SettingType::signers, Stricter::fewer, true, "",
                "whose statements count: { any-of: [names] } or { at-least: N, of: [names] }; distinct keys count"},
    SettingSpec{"max-age", SettingType::duration, Stricter::smaller, false, "",
                "oldest statement that counts, by the time that it states; 24h for a verdict (SLSA VSA)"},
    SettingSpec{"where", SettingType::conditions, Stricter::more, false, "",
                "conditions on the predicate: { at: /pointer, equals: scalar } or { at: /pointer, matches: regex }"},
    SettingSpec{"verifier-id", SettingType::text, Stricter::fixed, false, kVerifier, "of a verdict: verifier.id, exact"},
    SettingSpec{"resource", SettingType::text, Stricter::fixed, false, "", "of a verdict: resourceUri, exact"},
    SettingSpec{"policy-digest", SettingType::text, Stricter::fixed, false, "",
                "of a verdict: SHA-256 of the policy it was judged under (sha256:<hex>)"},
    SettingSpec{"levels", SettingType::text_list, Stricter::more, false, "HEADGATE_ADMIT, HEADGATE_ENFORCED",
                "of a verdict: levels that it must all have"},
};

constexpr std::string_view kWhy = "What was not shown by somebody trusted, about exactly these bytes, is not known.";
constexpr std::string_view kFix = "Get the statement from whoever the rule trusts, or give it with --evidence.";

const PredicateField* field_at(const Statement& statement, std::string_view pointer) {
    for (const PredicateField& field : statement.fields) {
        if (field.pointer == pointer) return &field;
    }
    return nullptr;
}

// Why a field does not have the one value that is asked for; "" when it has.
std::string differs(const Statement& statement, std::string_view pointer, std::string_view wanted) {
    const PredicateField* const field = field_at(statement, pointer);
    if (field == nullptr) return std::string(pointer) + " is missing, asked for is " + std::string(wanted);
    if (field->value == wanted) return {};
    return std::string(pointer) + " is " + field->value.substr(0, 200) + ", asked for is " + std::string(wanted);
}

struct CompiledCondition {
    const Condition* condition;
    std::unique_ptr<re2::RE2> regex;
};

struct Asked {
    std::string predicate;
    SignerSet signers;
    std::optional<std::int64_t> max_age;
    std::vector<CompiledCondition> conditions;
    // of a verdict
    bool verdict = false;
    std::string verifier;
    std::string resource;
    std::string policy_digest;
    std::vector<std::string> levels;
};

std::string text_setting(const Settings& settings, std::string_view key, std::string_view fallback) {
    const auto* const value = settings.find<std::string>(key);
    return value == nullptr || value->empty() ? std::string(fallback) : *value;
}

Result<Asked> asked_of(const Settings& settings) {
    Asked demand;
    demand.predicate = text_setting(settings, "predicate", "");
    if (demand.predicate.empty()) return Error{ErrorCode::policy, "the rule names no predicate"};
    const auto* const signers = settings.find<SignerSet>("signed-by");
    if (signers == nullptr || signers->of.empty()) return Error{ErrorCode::policy, "the rule names no signers"};
    demand.signers = *signers;
    demand.verdict = demand.predicate == kVsa;
    if (demand.verdict) demand.max_age = kVsaMaxAge;
    if (const auto* age = settings.find<std::int64_t>("max-age")) demand.max_age = *age;
    if (const auto* conditions = settings.find<std::vector<Condition>>("where")) {
        for (const Condition& condition : *conditions) {
            CompiledCondition compiled{&condition, nullptr};
            if (condition.op == Condition::Operator::matches) {
                re2::RE2::Options options;
                options.set_log_errors(false);
                compiled.regex = std::make_unique<re2::RE2>(condition.operand, options);
                if (!compiled.regex->ok()) {
                    return Error{ErrorCode::policy, "the expression " + condition.operand + " does not compile"};
                }
            }
            demand.conditions.push_back(std::move(compiled));
        }
    }
    demand.verifier = text_setting(settings, "verifier-id", kVerifier);
    demand.resource = text_setting(settings, "resource", "");
    demand.policy_digest = text_setting(settings, "policy-digest", "");
    if (demand.policy_digest.starts_with("sha256:")) demand.policy_digest.erase(0, 7);
    const auto* const levels = settings.find<std::vector<std::string>>("levels");
    demand.levels = levels == nullptr || levels->empty() ? std::vector<std::string>{"HEADGATE_ADMIT", "HEADGATE_ENFORCED"}
                                                         : *levels;
    return demand;
}

bool has_level(const Statement& statement, std::string_view level) {
    return std::any_of(statement.fields.begin(), statement.fields.end(), [&](const PredicateField& field) {
        return field.pointer.starts_with("/verifiedLevels/") && field.value == level;
    });
}

// What a verdict must say beyond the rule's own conditions; "" when it does.
// "https://headgate.dev/kind" of a verdict's predicate (attest/emit.cpp), as a JSON Pointer.
constexpr std::string_view kKindPointer = "/https:~1~1headgate.dev~1kind";

std::string verdict_problem(const Asked& demand, const Statement& statement, Kind kind) {
    if (std::string problem = differs(statement, "/verifier/id", demand.verifier); !problem.empty()) return problem;
    if (std::string problem = differs(statement, "/verificationResult", "PASSED"); !problem.empty()) return problem;
    // Under another kind other rules were asked. Verdicts of other verifiers do not say it.
    const PredicateField* const judged_as = field_at(statement, kKindPointer);
    if (judged_as != nullptr && judged_as->value != to_string(kind)) return "it was judged as a " + judged_as->value.substr(0, 40);
    if (!demand.resource.empty()) {
        if (std::string problem = differs(statement, "/resourceUri", demand.resource); !problem.empty()) return problem;
    }
    if (!demand.policy_digest.empty()) {
        if (std::string problem = differs(statement, "/policy/digest/sha256", demand.policy_digest); !problem.empty()) {
            return problem;
        }
    }
    for (const std::string_view refused : {"FAILED", "HEADGATE_NAMES_ONLY"}) {
        if (has_level(statement, refused)) return "its level is " + std::string(refused);
    }
    for (const std::string& level : demand.levels) {
        if (!has_level(statement, level)) return "it lacks the level " + level;
    }
    return {};
}

std::string equals_problem(const Condition& condition, const PredicateField* field) {
    const EqualsOperand wanted = read_equals_operand(condition.operand);
    const std::string asked = ", asked for is " + std::string(wanted.number ? "the number " : wanted.quoted ? "the text " : "") + std::string(wanted.text);
    if (field == nullptr) return condition.pointer + " is missing" + asked;
    if (equals(*field, condition.operand)) return {};
    const bool text = field->type == PredicateField::Type::text;
    const std::string kind = wanted.number && text ? "the text " : wanted.quoted && !text ? "the number " : "";
    return condition.pointer + " is " + kind + field->value.substr(0, 200) + asked;
}

std::string condition_problem(const CompiledCondition& compiled, const Statement& statement) {
    const Condition& condition = *compiled.condition;
    const PredicateField* const field = field_at(statement, condition.pointer);
    if (condition.op == Condition::Operator::equals) return equals_problem(condition, field);
    if (field == nullptr) return condition.pointer + " is missing";
    if (re2::RE2::FullMatch(field->value, *compiled.regex)) return {};
    return condition.pointer + " is " + field->value.substr(0, 200) + ", which does not match " + condition.operand;
}

std::string age_problem(const Asked& demand, const Statement& statement, Instant now) {
    if (!demand.max_age) return {};
    if (!statement.issued) return "it states no time";
    if (*statement.issued > now.seconds + kSkew) return "it is from the future: " + format_instant({*statement.issued});
    if (*statement.issued < now.seconds - *demand.max_age) return "it is of " + format_instant({*statement.issued});
    return {};
}

class Statements {
  public:
    Statements(const Asked& demand, Kind kind, Instant now) : demand_(demand), kind_(kind), now_(now), found_(demand.signers) {}

    CheckRun judge(const Evidence& evidence) {
        for (const Statement& statement : evidence.statements) look_at(statement);
        if (found_.enough()) return CheckRun::complete();
        if (found_.count() > 0) {
            add("attestation.too-few-signers",
                "the statement " + demand_.predicate + " is signed by " + std::to_string(found_.count()) +
                    " of those who are asked for (" + demand(demand_.signers) + ")",
                {});
        } else if (findings_.empty()) {
            add("attestation.missing",
                "no statement " + demand_.predicate + " about this digest by " + demand(demand_.signers) + beside(evidence), {});
        }
        return CheckRun::complete(std::move(findings_));
    }

  private:
    // What lies there and counts for nobody: the reason is what a person looks for next.
    static std::string beside(const Evidence& evidence) {
        constexpr std::size_t kShown = 3;
        std::string text;
        std::size_t count = 0;
        for (const Signature& signature : evidence.signatures) {
            const std::string& why = signature.key_problem.empty() ? signature.problem : signature.key_problem;
            if (why.empty() || ++count > kShown) continue;
            text += "; " + signature.where.path + " does not count: " + why;
        }
        return count > kShown ? text + "; and " + std::to_string(count - kShown) + " more" : text;
    }

    void look_at(const Statement& statement) {
        if (statement.predicate_type != demand_.predicate) return;
        const auto signers = found_.of(statement);
        if (signers.empty()) return;
        const std::string named = "the statement " + statement.where.path + " by " + list_of(statement.signers);
        if (demand_.verdict) {
            if (const std::string problem = verdict_problem(demand_, statement, kind_); !problem.empty()) {
                return add("attestation.not-satisfied", named + " does not show it: " + problem, statement.where);
            }
        }
        for (const CompiledCondition& condition : demand_.conditions) {
            const std::string problem = condition_problem(condition, statement);
            if (!problem.empty()) {
                return add("attestation.not-satisfied", named + " does not show it: " + problem, statement.where);
            }
        }
        // Last: that it is too old is all that is wrong with it then. What says FAILED says so at any age.
        if (const std::string problem = age_problem(demand_, statement, now_); !problem.empty()) {
            return add("attestation.too-old", named + " does not count: " + problem, statement.where);
        }
        found_.add(signers);
    }

    void add(std::string id, std::string message, const Location& where) {
        findings_.push_back({std::move(id), Severity::high, std::move(message), where, std::string(kWhy), std::string(kFix)});
    }

    const Asked& demand_;
    Kind kind_;
    Instant now_;
    SignersFound found_;
    std::vector<Finding> findings_;
};

CheckRun run(const CheckInput& input) {
    auto demand = asked_of(input.settings);
    if (!demand.ok()) return CheckRun::error(demand.error().message);
    return Statements(*demand, input.subject.kind, input.now).judge(input.evidence);
}

}  // namespace

namespace {

// A verdict is fresh for a day unless the rule says otherwise (contract.md, "Verdict attestation").
void complete(Settings& settings) {
    const auto* const predicate = settings.find<std::string>("predicate");
    if (predicate != nullptr && *predicate == kVsa && !settings.has("max-age")) settings.set("max-age", kVsaMaxAge);
}

bool is_verdict_only(std::string_view key) {
    return key == "verifier-id" || key == "resource" || key == "policy-digest" || key == "levels";
}

std::string problem_of_levels(const std::vector<std::string>& levels) {
    constexpr std::array<std::string_view, 3> kOurs = {"HEADGATE_ADMIT", "HEADGATE_RESTRICTED", "HEADGATE_ENFORCED"};
    if (levels.empty()) return "an empty list asks for nothing; leave it out for HEADGATE_ADMIT and HEADGATE_ENFORCED";
    for (const std::string& level : levels) {
        if (level == "FAILED" || level == "HEADGATE_NAMES_ONLY") return "a verdict with the level " + level + " is never relied on";
        const bool ours = std::find(kOurs.begin(), kOurs.end(), level) != kOurs.end();
        const bool theirs = !level.starts_with("HEADGATE") && level.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
        if (ours || theirs) continue;
        const auto near = nearest(level, kOurs);
        return "'" + level + "' is no level of a verdict" + (near ? "; did you mean '" + std::string(*near) + "'?"
                                                                  : "; expected HEADGATE_ADMIT, HEADGATE_RESTRICTED, HEADGATE_ENFORCED, or another gate's, like SLSA_BUILD_LEVEL_3");
    }
    const auto asks = [&](std::string_view level) { return std::find(levels.begin(), levels.end(), level) != levels.end(); };
    return asks(kOurs[0]) && asks(kOurs[1]) ? "a verdict has one of HEADGATE_ADMIT and HEADGATE_RESTRICTED, never both" : "";
}

bool is_sha256(std::string_view text) {
    return text.size() == 71 && text.starts_with("sha256:") && text.find_first_not_of("0123456789abcdef", 7) == std::string_view::npos;
}

// What a policy asks for and no statement could have.
std::string problem(const Settings& settings, std::string_view key, const RuleData*) {
    const std::string predicate = text_setting(settings, "predicate", "");
    if (is_verdict_only(key) && predicate != kVsa) {
        return "'" + std::string(key) + "' is asked of a verdict, and the predicate is not " + std::string(kVsa) + "; leave it out, or use 'where'";
    }
    if (key == "predicate" && (predicate.find(':') == std::string::npos || predicate.find('*') != std::string::npos)) {
        return "expected the exact URI of a predicate type, like " + std::string(kVsa);
    }
    if (key == "policy-digest" && !is_sha256(text_setting(settings, key, ""))) return "expected sha256: and 64 lower-case hex digits";
    const auto* const levels = key == "levels" ? settings.find<std::vector<std::string>>(key) : nullptr;
    return levels == nullptr ? "" : problem_of_levels(*levels);
}

}  // namespace

const Checker& attestation_checker() {
    static const Checker kChecker = {
        "attestation",
        "Is there a trusted, fresh statement of the predicate about this digest whose fields satisfy the conditions?",
        kWhy,
        kFix,
        kKinds,
        true,
        kSettings,
        run,
        complete,
        problem,
    };
    return kChecker;
}

}  // namespace headgate::checkers
