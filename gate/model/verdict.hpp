// verdict.hpp: what the gate says. The zero value of Decision is deny, and `allow` is produced in exactly one place,
// policy/judge.cpp (a test greps for it).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/fact.hpp"
#include "model/finding.hpp"
#include "model/plugin.hpp"
#include "model/rule_card.hpp"
#include "model/subject.hpp"

namespace headgate {

enum class Decision { deny, error, allow };

/// How much an allow is worth. `names`: no bytes were judged.
enum class Level { none, names, restricted, admit };

enum class RuleResult { error, fail, warn, waived, skipped, upcoming, not_applicable, pass };

std::string_view to_string(Decision decision);
std::string_view to_string(Level level);
std::string_view to_string(RuleResult result);

struct RuleOutcome {
    const RuleCard* card = nullptr;      // never empty; lives as long as the RuleOutcomes in which it came
    RuleResult result = RuleResult::error;
    Mode mode = Mode::enforce;
    std::string reason;                  // why skipped, waived, upcoming or error; "" otherwise
    std::int64_t slsa_build_level = 0;   // that it established: it passed, enforces, and is in effect; 0 for none
    std::shared_ptr<const PluginNote> plugin = {};   // that answered, of a rule that asks one

    const std::string& id() const { return card->id; }
    const std::string& check() const { return card->check; }
    const std::string& policy_line() const { return card->policy_line; }
    const std::vector<std::string>& controls() const { return card->controls; }
    const std::string& why() const { return card->why; }
    const std::string& fix() const { return card->fix; }
    friend bool operator==(const RuleOutcome&, const RuleOutcome&) = default;
};

/// The outcomes of all rules, in the policy's order. Copies share one list until one of them gets more: the packages of a lockfile come
/// by the thousand, and the rules say the same of nearly all of them.
class RuleOutcomes {
  public:
    using const_iterator = std::vector<RuleOutcome>::const_iterator;

    RuleOutcomes() = default;
    /// `cards`: what owns the cards of the outcomes.
    RuleOutcomes(std::vector<RuleOutcome> outcomes, std::shared_ptr<const RuleCards> cards)
        : list_(std::make_shared<std::vector<RuleOutcome>>(std::move(outcomes))), cards_(std::move(cards)) {}
    RuleOutcomes(std::initializer_list<RuleOutcome> outcomes) : list_(std::make_shared<std::vector<RuleOutcome>>(outcomes)) {}

    const_iterator begin() const { return list().begin(); }
    const_iterator end() const { return list().end(); }
    std::size_t size() const { return list().size(); }
    bool empty() const { return list().empty(); }
    const RuleOutcome& operator[](std::size_t index) const { return list()[index]; }

    void push_back(RuleOutcome outcome) {
        if (list_ == nullptr) list_ = std::make_shared<std::vector<RuleOutcome>>();
        else if (list_.use_count() > 1) list_ = std::make_shared<std::vector<RuleOutcome>>(*list_);
        list_->push_back(std::move(outcome));
    }
    bool shares_with(const RuleOutcomes& other) const { return list_ == other.list_; }
    friend bool operator==(const RuleOutcomes& a, const RuleOutcomes& b) { return a.shares_with(b) || a.list() == b.list(); }

  private:
    const std::vector<RuleOutcome>& list() const {
        static const std::vector<RuleOutcome> kNone;
        return list_ == nullptr ? kNone : *list_;
    }

    std::shared_ptr<std::vector<RuleOutcome>> list_;
    std::shared_ptr<const RuleCards> cards_;
};

/// A finding as reported: by which rule, or by the gate itself (rule ""): blocked, unmatched, skipped bytes.
struct ReportedFinding {
    std::string rule;
    Finding finding;
    std::string waiver = {};             // id of the waiver that names it; "" without
    bool remark = false;                 // said by the rule, which did not fail for it
};

/// A waiver or override as a verdict shows it.
struct ExceptionNote {
    std::string id;                      // of the waiver; "rule key" of an override
    std::string rule;
    std::string owner;
    std::string approved_by;             // "" of an override
    std::string reason;
    std::string ticket;
    Instant expires;
    std::string line;                    // in the policy
    std::string subject;                 // a used one: reference of the subject it was used for; else what it names
    bool ending = false;                 // within 14 days of its end
    friend bool operator==(const ExceptionNote&, const ExceptionNote&) = default;
};

struct Coverage {
    std::uint64_t bytes = 0;             // of the subject
    std::uint64_t examined = 0;
    std::vector<Opaque> skipped;         // what nothing could read, and why
    std::vector<std::string> unchecked;  // what no checker looks at: "behaviour", "training-data", ...
    bool complete() const { return skipped.empty() && bytes == examined; }
};

struct SubjectVerdict {
    Subject subject;
    std::string tier;
    std::string tier_line;
    Decision decision = Decision::deny;
    Level level = Level::none;           // none unless allowed
    bool enforced = false;               // HEADGATE_ENFORCED: nothing was warned, monitored, waived or asserted
    RuleOutcomes rules;
    std::vector<ReportedFinding> findings;
    std::vector<SubjectVerdict> members;
    Coverage coverage;
    std::string error;                   // why the gate could not decide; "" otherwise
    std::vector<ExceptionNote> waivers;  // that were used for it
    std::vector<std::string> sources;    // of a package: every URL that its installer could ask
    std::vector<std::string> input_attestations;  // SHA-256 of each attestation relied on
};

/// Data from outside that a run rests on: advisories, VEX documents.
struct DataSource {
    std::string name;                    // as given
    std::string sha256;                  // hex
    std::string kind;                    // "advisories", "vex"
    std::uint64_t records = 0;
    std::optional<Instant> as_of;        // when it was up to date; nullopt: it does not say
    friend bool operator==(const DataSource&, const DataSource&) = default;
};

/// One run of the gate.
struct Report {
    Decision decision = Decision::deny;  // over all subjects, exit code order 1, 2, 3, 0
    std::string policy_name;
    std::string policy_revision;         // "" without
    std::string policy_owner;            // "" without
    std::string policy_uri;
    std::string policy_digest;           // "sha256:<hex>"
    bool policy_pinned = true;           // false: lies inside a judged folder and was not pinned
    Instant evaluated_at;
    std::vector<SubjectVerdict> subjects;
    std::uint64_t outside_files = 0;     // walked files that are no subject
    std::uint64_t empty_arguments = 0;   // arguments in which there was no subject (exit 3)
    std::vector<Error> errors;           // arguments that could not be judged at all (exit 2)
    std::vector<ExceptionNote> used_waivers;
    std::vector<ExceptionNote> unused_waivers;
    std::vector<ExceptionNote> expired_waivers;
    std::vector<ExceptionNote> overrides;           // in force
    std::vector<ExceptionNote> expired_overrides;
    std::string base_revision;                      // --base: commit that was judged too; "" without
    std::vector<std::string> known_denials;         // subjects that were refused there for the same reasons
    std::vector<DataSource> data;                   // brought by the operator, and asked by a rule

    /// 0 allow, 1 deny, 2 could not decide, 3 nothing evaluated; over several subjects 1, 2, 3, 0.
    int exit_code() const;
};

}  // namespace headgate
