// integrity: is everything pinned by digest, complete, and equal to what the manifest, lockfile or index says?
#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "checkers/asked.hpp"
#include "checkers/contained.hpp"
#include "checkers/drift.hpp"
#include "checkers/integrity_index.hpp"
#include "checkers/integrity_ranges.hpp"
#include "checkers/isolation.hpp"
#include "checkers/names.hpp"
#include "checkers/sources.hpp"
#include "checkers/verified_mount.hpp"
#include "model/store_scheme.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 4> kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};
constexpr std::array<std::string_view, 2> kRequire = {"hash", "pin"};
constexpr std::array<std::string_view, 3> kImages = {"digest", "tag", "any"};
constexpr std::array<std::string_view, 2> kHub = {"commit", "any"};
constexpr std::array<std::string_view, 2> kAccept = {"verifier-init", "contained"};
constexpr std::array<SettingSpec, 8> kSettings = {{
    {"require", SettingType::text_list, Stricter::more, false, "hash,pin",
     "what every package of a manifest must have: `hash` (SHA-256 or better), `pin` (an exact version or commit)", kRequire},
    {"images", SettingType::text, Stricter::earlier, false, "digest",
     "how images must be named: by `digest`, at least by a `tag` other than latest, or `any`", kImages},
    {"hub", SettingType::text, Stricter::earlier, false, "commit", "hub references must name a full `commit`, or `any` revision", kHub},
    {"allow-redirects", SettingType::patterns, Stricter::fewer, false, "",
     "reference patterns of packages that may take another's place ([patch], [replace], Go's replace)", {}},
    {"accept", SettingType::text_list, Stricter::fewer, false, "",
     "for what a workload of Kubernetes loads and no digest binds: in its pod a verifier that runs first and a model that is only read (`verifier-init`), or no way out and a sandbox (`contained`)", kAccept},
    {"verifiers", SettingType::text_list, Stricter::fewer, false, "", "for `verifier-init`: images that verify models, as sha256:<hex>", {}},
    {"runtime-classes", SettingType::text_list, Stricter::fewer, false, kUsualSandboxes, "for `contained`: runtime classes that are sandboxes; a name that ends in * stands for all that begin so", {}},
    {"drift", SettingType::flag, Stricter::on, false, "true", "compare a lockfile with the manifest beside it that it was made from", {}},
}};

constexpr std::string_view kWhy = "What is not bound by a digest can change between the judgement and the use.";
constexpr std::string_view kFix = "Pin exact versions with SHA-256 hashes, images by digest, hub references by commit.";
/// Of what lies in a bucket or volume: no version of it can be named, and no installer compares a hash.
constexpr std::string_view kFixStored = "Copy it into an OCI artifact and name that by digest (oci://...@sha256:..., an image volume), or to a hub and name the full commit; "
                                        "what no digest can bind, `accept` of this checker takes in a pod that verifies it or is contained.";

class Judge {
  public:
    explicit Judge(const CheckInput& input) : input_(input) {}

    std::vector<Finding> findings;
    std::vector<Finding> remarks;        // known, and allowed

    void add(std::string id, Severity severity, std::string message, Location where, std::string_view fix = kFix) {
        findings.push_back({std::move(id), severity, std::move(message), std::move(where), std::string(kWhy), std::string(fix)});
    }

    bool requires_of_packages(std::string_view what) const {
        const auto& list = input_.settings.get<std::vector<std::string>>("require");
        return std::find(list.begin(), list.end(), what) != list.end();
    }

    void image(const Requirement& requirement, const Location& where) {
        const std::string& rule = input_.settings.get<std::string>("images");
        const Reference& reference = requirement.reference;
        if (rule == "any" || !reference.digest.empty()) return;
        if (reference.version.empty() || reference.version == "latest") {
            add("integrity.moving-tag", Severity::high, reference.canonical + " is whatever its registry calls latest", where,
                "Name the image by digest: " + reference.base + "@sha256:...");
        } else if (rule == "digest") {
            add("integrity.not-by-digest", Severity::medium, reference.canonical + " is named by a tag, which can move", where,
                "Name the image by digest: " + reference.canonical + "@sha256:...");
        }
    }

    void hub(const Requirement& requirement, const Location& where) {
        if (input_.settings.get<std::string>("hub") == "any") return;
        if (requirement.reference.space.empty()) {
            add("integrity.legacy-name", Severity::low, requirement.reference.canonical + " names no organisation: where that leads, the hub redirects", where,
                "Write the name that the hub shows for it, with its organisation.");
        }
        if (is_lower_hex(requirement.reference.version, 40)) return;
        add("integrity.moving-revision", Severity::medium,
            requirement.reference.canonical + " is not pinned to a commit", where, "Name the full commit: " + requirement.reference.base + "@<40 hex digits>.");
    }

    void package(const Requirement& requirement, const Location& where, bool bare) {
        using From = Requirement::Source;
        const std::string& name = requirement.reference.canonical;
        if (requirement.source == From::workspace || requirement.source == From::path) return;
        const bool stored = is_store_scheme(requirement.reference.scheme);
        if (requires_of_packages("pin") && !requirement.pinned) {
            const bool git = requirement.source == From::git;
            add(git ? "integrity.moving-revision" : "integrity.unpinned", git ? Severity::high : Severity::medium,
                name + (git ? " names no full commit" : " is not pinned to one version"), where,
                git ? "Name the full commit behind '@' or '#'." : stored ? kFixStored : "Pin the exact version.");
        }
        if (bare || requirement.source == From::git) return;  // a git commit is a hash itself
        if (!requirement.integrity.empty() && !has_strong_hash(requirement)) {
            add("integrity.weak-hash", Severity::high,
                name + " has only a hash that can be forged: " + requirement.integrity.front().substr(0, requirement.integrity.front().find(':')),
                where, "Use SHA-256 or SHA-512.");
        } else if (requirement.integrity.empty() && requires_of_packages("hash")) {
            add("integrity.missing-hash", Severity::medium, name + " has no hash", where,
                stored ? kFixStored : "Record the hash: pip-compile --generate-hashes, or a lockfile with integrity.");
        }
    }

    void requirement(const Requirement& requirement, const Location& where, bool bare) {
        if (requirement.dynamic) {
            add("integrity.computed", Severity::high, "'" + requirement.written + "' is computed: it cannot be pinned", where, "Write the name out.");
            return;
        }
        const std::string_view ecosystem = ecosystem_of(requirement.reference);
        if (ecosystem == "oci") return image(requirement, where);
        if (ecosystem == "hf") return hub(requirement, where);
        if (ecosystem == "file" || ecosystem == "sha256") return;
        package(requirement, where, bare);
    }

    /// What its parser found: broken hashes, halves that differ, hidden lines.
    void found_by_parser() {
        const bool redirects_allowed = all_redirects_allowed();
        for (const Finding& finding : input_.evidence.findings) {
            const bool meant = finding.id == "manifest.redirect" && redirects_allowed;
            (meant ? remarks : findings).push_back(finding);
        }
    }

    /// Every package that takes another's place may do so, and there is one.
    bool all_redirects_allowed() const {
        std::vector<ReferencePattern> allowed;
        for (const std::string& text : input_.settings.get<std::vector<std::string>>("allow-redirects")) {
            if (auto pattern = ReferencePattern::compile(text)) allowed.push_back(std::move(pattern).value());
        }
        bool any = false;
        for (const Requirement& one : input_.evidence.requirements) {
            const bool takes_a_place = has_marker(one, "patch") || has_marker(one, "replace") || one.markers.find("replaces ") != std::string::npos;
            if (!takes_a_place || one.source == Requirement::Source::path) continue;
            any = true;
            if (std::none_of(allowed.begin(), allowed.end(), [&](const ReferencePattern& pattern) { return pattern.matches(one.reference); })) return false;
        }
        return any;
    }

    void claims() {
        for (const DigestClaim& claim : input_.evidence.digest_claims) {
            switch (claim.outcome) {
                case DigestClaim::Outcome::matches: break;
                case DigestClaim::Outcome::differs:
                    add("integrity.digest-differs", Severity::critical, claim.about + " is not what its digest says", claim.where,
                        "Fetch it again from its source; if it still differs, it was changed.");
                    break;
                case DigestClaim::Outcome::missing:
                    add("integrity.file-missing", Severity::high, claim.about + " is listed but is not there", claim.where, "Fetch the artifact again, whole.");
                    break;
                case DigestClaim::Outcome::unlisted:
                    add("integrity.file-unlisted", Severity::high, claim.about + " is there but nothing lists it", claim.where, "Remove the file, or list it.");
                    break;
            }
        }
    }

  private:
    const CheckInput& input_;
};

/// In the pod that loads it, something stands in the place of a digest that the policy accepts there.
bool is_accepted(const CheckInput& input) {
    const auto& accept = input.settings.get<std::vector<std::string>>("accept");
    if (accept.empty() || (input.subject.kind != Kind::model && input.subject.kind != Kind::dataset)) return false;
    const Workload* pod = pod_of(place_of(input), input.evidence);
    if (pod == nullptr) return false;
    const auto accepts = [&](std::string_view what) { return std::find(accept.begin(), accept.end(), what) != accept.end(); };
    const Reference& reference = input.subject.reference;
    const bool verified = accepts("verifier-init") && reference.scheme == "pvc" && is_verified_first(*pod, reference.space, input.settings.get<std::vector<std::string>>("verifiers"));
    if (verified) return true;
    if (!accepts("contained") || !has_no_egress(*pod, input.evidence.fences)) return false;
    if (!has_runtime_class(*pod, input.settings.get<std::vector<std::string>>("runtime-classes"))) return false;
    std::vector<Finding> ways_out;       // of the sandbox
    check_pod_security(*pod, false, ways_out);
    return ways_out.empty();
}

CheckRun run(const CheckInput& input) {
    Judge judge(input);
    if (is_member(input.subject)) {
        judge.requirement(requirement_of(input), place_of(input), false);
        CheckRun done = CheckRun::complete(std::move(judge.findings));
        if (!done.findings.empty() && is_accepted(input)) std::swap(done.findings, done.remarks);
        // Of what it led to, if that was looked up: what is stated about bytes there.
        Judge stated(input);
        stated.claims();
        for (Finding& finding : stated.findings) done.findings.push_back(std::move(finding));
        return done;
    }
    judge.claims();
    check_tensor_indexes(input.evidence, judge.findings);
    check_tensor_ranges(input.evidence, input.subject.is_folder, judge.findings);
    if (is_manifest(input.evidence)) {
        judge.found_by_parser();
        if (input.settings.get<bool>("drift")) check_drift(input.evidence, judge.findings);
    } else if (!input.subject.has_bytes) {
        judge.requirement(requirement_of(input), {}, true);
    }
    CheckRun done = CheckRun::complete(std::move(judge.findings));
    done.remarks = std::move(judge.remarks);
    return done;
}

std::string problem(const Settings& settings, std::string_view key, const RuleData*) {
    const auto lists = [&](std::string_view setting, std::string_view what) {
        const auto* list = settings.find<std::vector<std::string>>(setting);
        return list != nullptr && (what.empty() ? !list->empty() : std::find(list->begin(), list->end(), what) != list->end());
    };
    if (key == "accept" && lists("accept", "verifier-init") && !lists("verifiers", "")) return "`verifier-init` needs `verifiers`: which images verify is nowhere else";
    // What stands there anyway asks for nothing: `policy show` writes it out.
    const bool own_classes = key == "runtime-classes" && !are_usual_sandboxes(settings.find<std::vector<std::string>>(key));
    if (own_classes && !lists("accept", "contained")) return "`accept` does not have `contained`";
    if (key != "verifiers" || !lists(key, "")) return {};
    if (!lists("accept", "verifier-init")) return "`accept` does not have `verifier-init`";
    for (const std::string& verifier : settings.get<std::vector<std::string>>("verifiers")) {
        const bool digest = verifier.starts_with("sha256:") && is_lower_hex(std::string_view(verifier).substr(7), 64);
        if (!digest) return "a verifier is named by the digest of its image, sha256:<64 lower-case hex digits>";
    }
    return {};
}

}  // namespace

const Checker& integrity_checker() {
    static constexpr Checker kChecker = {
        "integrity", "Is everything pinned by digest, complete, and equal to what the manifest, lockfile or index says?",
        kWhy, kFix, kKinds, false, kSettings, run, nullptr, problem, true};
    return kChecker;
}

}  // namespace headgate::checkers
