// advisory: is it known to be malicious or flawed? By the names of malicious packages that are built in, by the records that the operator
// brings (--advisories), and by what is known of libraries that load models and data.
//
// What is said of the registry's packages is not said of an internal name that comes from internal sources (rule C2), nor of what lies in
// the project itself. Several records never make one finding mean less: they are told one by one, but where two databases describe the
// same flaw and name the same ids for it.
#include "checkers/advisory.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "checkers/advisory_match.hpp"
#include "checkers/advisory_vex.hpp"
#include "checkers/loader_rules.hpp"
#include "checkers/malicious_names.hpp"
#include "checkers/sources.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 4> kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};
constexpr std::array<std::string_view, 4> kAsked = {"malicious", "vulnerable", "unmaintained", "loader"};
constexpr std::array<std::string_view, 2> kWithoutData = {"error", "skip"};

constexpr std::array kSettings = {
    SettingSpec{"kinds", SettingType::text_list, Stricter::more, true, "",
                "what is asked: malicious (names that are built in, and records), vulnerable and unmaintained (records alone), loader "
                "(libraries that cannot safely load what they are for)",
                kAsked},
    SettingSpec{"severity", SettingType::severity, Stricter::smaller, false, "medium", "the least that a flaw must be; what is less is a remark"},
    SettingSpec{"max-data-age", SettingType::duration, Stricter::smaller, false, "",
                "how old what is known may be: of each source of records about the ecosystem, else of the names that are built in"},
    SettingSpec{"without-data", SettingType::text, Stricter::earlier, false, "error",
                "where no records about the ecosystem were brought. error: could not decide; skip: only what is built in is asked", kWithoutData},
    SettingSpec{"allow", SettingType::patterns, Stricter::fewer, false, "", "packages, each at one version, that are called malicious by mistake"},
    SettingSpec{"vex-signed-by", SettingType::signers, Stricter::fewer, false, "",
                "whose VEX statements (--vex) take a flaw away: { any-of: [names] } or { at-least: N, of: [names] }"},
};

constexpr std::string_view kWhy = "What is known to do harm, or to let others do it, has no place in what is built.";
constexpr std::string_view kFix = "Use another version, or another package.";

struct Reported {
    Finding finding;
    std::vector<std::string> ids;        // what it is known by, for telling doubles
    bool flaw = false;                   // not malice: below the least severity it is a remark
};

std::vector<std::string> ids_of(const Advisory& record) {
    std::vector<std::string> ids = {record.id};
    for (const std::string& alias : record.aliases) {
        if (std::find(ids.begin(), ids.end(), alias) == ids.end()) ids.push_back(alias);
    }
    return ids;
}

std::string listed(const std::vector<std::string>& ids) {
    constexpr std::size_t kShown = 4;
    std::string text = ids.front();
    for (std::size_t i = 1; i < std::min(ids.size(), kShown); ++i) text += (i == 1 ? " (" : ", ") + ids[i];
    return ids.size() > 1 ? text + ")" : text;
}

class Judge {
  public:
    Judge(const CheckInput& input, const Requirement& requirement)
        : input_(input), requirement_(requirement), kinds_(input.settings.get<std::vector<std::string>>("kinds")), key_(advisory_key(requirement_.reference)), ecosystem_(key_.substr(0, key_.find('/'))) {
        least_ = input.settings.get<Severity>("severity");
    }

    CheckRun run() {
        if (key_.empty()) return CheckRun::complete();
        if (input_.advisories != nullptr && !input_.advisories->problem.empty()) return CheckRun::error(input_.advisories->problem);
        const bool records_needed = has_kind("vulnerable") || has_kind("unmaintained");
        if (has_kind("malicious")) built_in();
        if (covered() && (records_needed || has_kind("malicious"))) records();
        if (records_needed && !covered()) without_records();
        if (has_kind("loader")) loader();
        age();
        return settle();
    }

  private:
    bool has_kind(std::string_view kind) const { return std::find(kinds_.begin(), kinds_.end(), kind) != kinds_.end(); }
    void add(Finding finding, std::vector<std::string> ids, bool flaw = false) { found_.push_back({std::move(finding), std::move(ids), flaw}); }
    std::string name() const { return requirement_.reference.base; }
    std::string what() const {
        const Reference& reference = requirement_.reference;
        if (!reference.version.empty()) return reference.base + "@" + reference.version;
        return requirement_.range.empty() ? reference.base : reference.base + " (" + requirement_.range + ")";
    }
    Finding finding(std::string id, Severity severity, std::string message, std::string fix = std::string(kFix)) const {
        return {std::move(id), severity, std::move(message), place_of(input_), std::string(kWhy), std::move(fix)};
    }

    // --- what is there to ask ---------------------------------------------------------------------------------------

    bool covered() const {
        return input_.advisories != nullptr &&
               std::any_of(input_.advisories->sources.begin(), input_.advisories->sources.end(),
                           [&](const AdvisorySource& source) { return source.ecosystems.contains(ecosystem_); });
    }

    // Nobody publishes records about what has no order of versions (hubs, images, conda): there is nothing to be without.
    void without_records() {
        static constexpr std::array<std::string_view, 12> kPublished = {"pypi", "npm",    "cargo", "golang", "maven", "nuget",
                                                                        "gem",  "composer", "github", "hex", "pub",   "swift"};
        const bool published = std::find(kPublished.begin(), kPublished.end(), ecosystem_) != kPublished.end();
        if (!published || input_.settings.get<std::string>("without-data") == "skip") return;
        problem_ = "no records about " + ecosystem_ + " packages were brought (--advisories with OSV's all.zip of the ecosystem)";
    }

    void age() {
        const auto* const most = input_.settings.find<std::int64_t>("max-data-age");
        if (most == nullptr) return;
        const auto too_old = [&](const std::optional<Instant>& as_of) { return !as_of || as_of->seconds < input_.now.seconds - *most; };
        const auto say = [&](const std::string& source, const std::optional<Instant>& as_of, const std::string& remedy) {
            problem_ = source + (as_of ? " is of " + format_instant(*as_of) : " does not say of when it is") + ", and max-data-age is " +
                       format_duration(*most) + "; " + remedy;
        };
        if (!covered()) {
            if (built_in_ && too_old(built_in_)) say("the built-in list of malicious " + ecosystem_ + " names", built_in_, "bring records (--advisories)");
            return;
        }
        for (const AdvisorySource& source : input_.advisories->sources) {
            if (!source.ecosystems.contains(ecosystem_) || !too_old(source.as_of())) continue;
            return say(source.name, source.as_of(), "fetch it again, or put the time when it was fetched into .timestamp beside it");
        }
    }

    // --- malicious --------------------------------------------------------------------------------------------------

    bool allowed() const {
        const auto& allow = input_.settings.get<std::vector<std::string>>("allow");
        return std::any_of(allow.begin(), allow.end(), [&](const std::string& text) {
            const auto pattern = ReferencePattern::compile(text);
            return pattern.ok() && !requirement_.reference.version.empty() && pattern->matches(requirement_.reference);
        });
    }

    void built_in() {
        const auto bytes = input_.data.file("advisories/malicious-" + ecosystem_ + ".idx");
        if (!bytes) return;
        const auto list = MaliciousNames::open(*bytes);
        if (!list) {
            problem_ = "advisories/malicious-" + ecosystem_ + ".idx is no list of this version";
            return;
        }
        built_in_ = list->as_of();
        const auto known = list->find(std::string_view(key_).substr(ecosystem_.size() + 1));
        if (!known || allowed()) return;
        const bool repository = requirement_.source == Requirement::Source::git;
        const std::string by = (known->id.empty() ? "" : known->id + ", ") + "the built-in list of " + format_instant(*built_in_).substr(0, 10);
        Finding one = repository            ? finding("advisory.undecided", Severity::medium, what() + " comes from a repository, and the package of that name in the registry is malicious: " + by)
                      : known->some_versions ? finding("advisory.malicious-release", Severity::high,
                                                       "releases of " + name() + " are malicious (" + by + "), and the list does not say which", "Do not install it. If this version is honest, list it under `allow` of the rule, with its version.")
                                             : finding("advisory.malicious", Severity::critical, what() + " is known to be malicious: " + by,
                                                       "Do not install it. Where it is installed, treat the machine as compromised. If the list is wrong, name the package and its version under `allow` of the rule.");
        if (!known->id.empty()) one.advisories = {known->id};
        std::vector<std::string> ids = one.advisories;
        add(std::move(one), std::move(ids));
    }

    void malicious(const Advisory& record, const Match& matched) {
        if (allowed()) return;
        const std::string of = ": " + listed(ids_of(record)) + (record.summary.empty() ? "" : ", " + record.summary.substr(0, 200));
        Finding one;
        if (matched.affected == Affected::yes) {
            one = finding("advisory.malicious", Severity::critical, what() + " is known to be malicious" + of,
                          "Do not install it. Where it is installed, treat the machine as compromised.");
        } else if (matched.affected == Affected::may_be) {
            one = finding("advisory.may-resolve", Severity::medium, what() + " may resolve to a release that is malicious" + of,
                          "Pin a version that no record names.");
        } else {
            one = finding("advisory.undecided", matched.by_commit ? Severity::medium : Severity::high,
                          "whether " + what() + " is one of the malicious releases cannot be told: " + matched.why + of, "Pin a release that can be compared.");
        }
        one.advisories = {record.id};
        // The alias under which it is malicious counts too, so that no other alias waives it.
        for (const std::string& alias : record.aliases) {
            if (alias.starts_with("MAL-")) one.advisories.push_back(alias);
        }
        add(std::move(one), ids_of(record));
    }

    // --- flaws ------------------------------------------------------------------------------------------------------

    void records() {
        const auto found = input_.advisories->by_package.find(key_);
        if (found == input_.advisories->by_package.end()) return;
        for (const auto& [number, place] : found->second) {
            const Advisory& record = input_.advisories->advisories.at(number);
            const AffectedPackage& package = record.affected.at(place);
            const Match matched = match(requirement_, package);
            if (matched.affected == Affected::no) continue;
            if (record.malicious) {
                if (has_kind("malicious")) malicious(record, matched);
            } else if (package.informational == "unmaintained") {
                if (has_kind("unmaintained")) unmaintained(record);
            } else if (package.informational != "notice" && has_kind("vulnerable")) {
                vulnerable(record, package, matched);
            }
        }
    }

    void unmaintained(const Advisory& record) {
        Finding one = finding("advisory.unmaintained", Severity::medium, name() + " is no longer maintained: " + listed(ids_of(record)), "Look for what took its place.");
        one.advisories = ids_of(record);
        add(std::move(one), ids_of(record), true);
    }

    void vulnerable(const Advisory& record, const AffectedPackage& package, const Match& matched) {
        // Without a severity it may be anything; "unsound" alone is what a caller must take care of.
        const Severity unknown = package.informational == "unsound" ? Severity::low : Severity::high;
        const Severity severity = package.severity ? *package.severity : record.severity.value_or(unknown);
        const std::string of = listed(ids_of(record)) + (record.score.empty() ? "" : ", " + record.score) + (record.summary.empty() ? "" : ": " + record.summary.substr(0, 200));
        flaw("advisory.vulnerable", what() + " has a known flaw, " + of, of, severity, ids_of(record), matched, fixed_in(package));
    }

    static std::string fixed_in(const AffectedPackage& package) {
        std::string versions;
        for (const auto& events : package.ranges) {
            for (const AdvisoryEvent& event : events) {
                if (event.kind == AdvisoryEvent::Kind::fixed) versions += (versions.empty() ? "" : ", ") + event.version.substr(0, 60);
            }
        }
        return versions.empty() ? std::string(kFix) : "Update to a version in which it is fixed: " + versions + ".";
    }

    void loader() {
        const auto file = input_.data.file("loaders/" + ecosystem_ + ".txt");
        if (!file) return;
        asked_loader_ = true;
        const auto rules = loader_rules(*file, std::string_view(key_).substr(ecosystem_.size() + 1));
        if (!rules.ok()) {
            problem_ = rules.error().message;
            return;
        }
        for (const LoaderRule& rule : *rules) {
            const Match matched = match_range(requirement_, ecosystem_, rule.affected);
            if (matched.affected == Affected::no || told(rule.ids, rule.severity)) continue;
            const std::string of = listed(rule.ids) + ": it cannot safely load " + rule.what;
            flaw("advisory.loader", what() + " cannot safely load " + rule.what + " (" + listed(rule.ids) + ")", of, rule.severity, rule.ids, matched,
                 "Update to " + rule.fixed + " or later.");
        }
    }

    // A record that is brought says it already, and as gravely.
    bool told(const std::vector<std::string>& ids, Severity severity) const {
        return std::any_of(found_.begin(), found_.end(), [&](const Reported& one) {
            return one.finding.id == "advisory.vulnerable" && one.finding.severity >= severity &&
                   std::find(one.ids.begin(), one.ids.end(), ids.front()) != one.ids.end();
        });
    }

    // `message` where it is there for certain, `of` behind what is uncertain.
    void flaw(std::string id, std::string message, const std::string& of, Severity severity, std::vector<std::string> ids, const Match& matched, std::string fix) {
        if (matched.affected == Affected::may_be) {
            id = "advisory.may-resolve";
            message = what() + " may resolve to a version with a known flaw, " + of;
            severity = std::min(severity, Severity::low);
            fix = "Pin a version without it. " + fix;
        } else if (matched.affected == Affected::undecided) {
            id = "advisory.undecided";
            message = "whether " + what() + " has a known flaw cannot be told, since " + matched.why + ": " + of;
            severity = std::min(severity, matched.by_commit ? Severity::medium : Severity::high);
        }
        const VexAnswer vex = vex_about(input_, requirement_, ids, input_.settings.find<SignerSet>("vex-signed-by"));
        if (vex.lowered) {
            Finding remark = finding("advisory.not-affected", Severity::info, message + "; it does not count: " + vex.says, "Nothing; look at the statement again when the version changes.");
            remark.advisories = std::move(ids);
            remarks_.push_back(std::move(remark));
            relied_on_.insert(relied_on_.end(), vex.digests.begin(), vex.digests.end());
            return;
        }
        if (!vex.ignored.empty()) message += "; " + vex.ignored;
        Finding one = finding(std::move(id), severity, std::move(message), std::move(fix));
        one.advisories = ids;
        add(std::move(one), std::move(ids), true);
    }

    // --- the end ----------------------------------------------------------------------------------------------------

    // Two databases about one flaw: the ids of one are all among the other's, and both are of the family within which aliases count. What
    // is left names the ids that both have, so that no waiver covers more than it did of each.
    void join_doubles() {
        const auto in_family = [](const Reported& one) {
            return std::all_of(one.finding.advisories.begin(), one.finding.advisories.end(), [](const std::string& id) { return in_alias_family(id); });
        };
        const auto holds = [](const Reported& a, const Reported& b) {
            return std::all_of(b.ids.begin(), b.ids.end(), [&](const std::string& id) { return std::find(a.ids.begin(), a.ids.end(), id) != a.ids.end(); });
        };
        std::vector<Reported> kept;
        for (Reported& one : found_) {
            const auto same = std::find_if(kept.begin(), kept.end(), [&](const Reported& other) {
                if (other.finding.id != one.finding.id) return false;
                if (other.finding.advisories == one.finding.advisories && !one.finding.advisories.empty()) return true;
                return !one.ids.empty() && in_family(one) && in_family(other) && (holds(one, other) || holds(other, one));
            });
            if (same == kept.end()) {
                kept.push_back(std::move(one));
                continue;
            }
            if (one.ids.size() < same->ids.size()) std::swap(*same, one);
            same->finding.severity = std::max(same->finding.severity, one.finding.severity);
        }
        found_ = std::move(kept);
    }

    CheckRun settle() {
        join_doubles();
        CheckRun run;
        for (Reported& one : found_) {
            (one.flaw && one.finding.severity < least_ ? remarks_ : run.findings).push_back(std::move(one.finding));
        }
        run.remarks = std::move(remarks_);
        run.relied_on = std::move(relied_on_);
        run.status = RunStatus::complete;
        if (!problem_.empty()) {
            run.status = RunStatus::error;
            run.reason = problem_;
        } else if (!covered() && !built_in_ && !asked_loader_ && !input_.subject.has_bytes) {
            run.status = RunStatus::skipped;
            run.reason = "nothing is known here about " + ecosystem_ + " packages";
        }
        return run;
    }

    const CheckInput& input_;
    const Requirement& requirement_;
    const std::vector<std::string>& kinds_;
    const std::string key_;
    const std::string ecosystem_;
    Severity least_ = Severity::medium;
    std::optional<Instant> built_in_;    // when the built-in list was taken, if there is one and it was asked
    bool asked_loader_ = false;
    std::vector<Reported> found_;
    std::vector<Finding> remarks_;
    std::vector<std::string> relied_on_;
    std::string problem_;
};

// Rule C2, for whatever the public records say.
bool is_internal(const CheckInput& input, const Requirement& requirement) {
    const InternalNames* const claim = internal_claim(input.policy, requirement.reference);
    if (claim == nullptr || claim->sources.empty()) return false;
    const auto sources = possible_sources(requirement, input.evidence);
    return !sources.empty() && std::all_of(sources.begin(), sources.end(), [&](const Source& source) {
        const auto place = place_of_source(input.policy, ecosystem_of(requirement.reference), source.url);
        return place && lies_below_any(*place, claim->sources);
    });
}

CheckRun run(const CheckInput& input) {
    if (!is_member(input.subject) && is_manifest(input.evidence)) return CheckRun::complete();
    const Requirement* asked = &requirement_of(input);
    if (asked->dynamic) {
        return CheckRun::complete({{"advisory.undecided", Severity::high, "'" + asked->written + "' is computed: whether anything is known against it cannot be told",
                                    place_of(input), std::string(kWhy), "Write the name out."}});
    }
    std::optional<Requirement> archive;
    if (asked->reference.scheme == "file") {
        auto named = package_in_name(input.subject, input.evidence);
        if (!named) return CheckRun::complete();
        archive = *asked;
        archive->reference = std::move(*named);
        archive->source = Requirement::Source::registry;
        asked = &*archive;
    }
    const Requirement& requirement = *asked;
    if (requirement.source == Requirement::Source::workspace || requirement.source == Requirement::Source::path) return CheckRun::complete();
    if (is_internal(input, requirement)) return CheckRun::complete();
    return Judge(input, requirement).run();
}

bool has_kind(const Settings& settings, std::initializer_list<std::string_view> wanted) {
    const auto* const kinds = settings.find<std::vector<std::string>>("kinds");
    return kinds != nullptr && std::any_of(wanted.begin(), wanted.end(), [&](std::string_view kind) {
        return std::find(kinds->begin(), kinds->end(), kind) != kinds->end();
    });
}

bool is_default(const Settings& settings, std::string_view key) {
    if (key == "severity") return settings.get<Severity>("severity") == Severity::medium;
    if (key == "without-data") return settings.get<std::string>("without-data") == "error";
    const auto* const list = key == "allow" ? settings.find<std::vector<std::string>>(key) : nullptr;
    return list != nullptr && list->empty();
}

// What a policy asks for and that could never do anything.
std::string problem(const Settings& settings, std::string_view key, const RuleData*) {
    const bool flaws = has_kind(settings, {"vulnerable", "unmaintained", "loader"});
    if (is_default(settings, key)) return "";   // `policy show` writes them out
    if (key == "kinds" && settings.get<std::vector<std::string>>("kinds").empty()) return "an empty list asks for nothing";
    if (key == "severity" && !flaws) return "'severity' is asked of flaws: kinds has none of vulnerable, unmaintained, loader";
    if (key == "without-data" && !has_kind(settings, {"vulnerable", "unmaintained"})) return "'without-data' is about vulnerable and unmaintained, which kinds does not name";
    if (key == "vex-signed-by" && !has_kind(settings, {"vulnerable", "loader"})) return "VEX takes away flaws: kinds has neither vulnerable nor loader";
    if (key != "allow") return "";
    if (!has_kind(settings, {"malicious"})) return "'allow' is about malicious, which kinds does not name; write a waiver for a flaw";
    for (const std::string& text : settings.get<std::vector<std::string>>("allow")) {
        const auto reference = parse_reference(text);
        if (!reference.ok() || reference->version.empty() || text.find('*') != std::string::npos) {
            return "'" + text + "' names no one version: pkg:pypi/name@1.2.3";
        }
    }
    return "";
}

}  // namespace

std::optional<Reference> package_in_name(const Subject& subject, const Evidence& evidence) {
    if (subject.reference.scheme != "file") return std::nullopt;
    std::string_view name = subject.reference.name;
    name = name.substr(name.rfind('/') + 1);
    const auto is = [&](std::string_view format) {
        return std::any_of(evidence.formats.begin(), evidence.formats.end(),
                           [&](const FormatFact& fact) { return fact.where.member.empty() && fact.format == format; });
    };
    std::string purl;
    if (is("wheel") && name.ends_with(".whl")) {
        const std::vector<std::string_view> parts = split(name, '-');
        if (parts.size() >= 5) purl = "pkg:pypi/" + std::string(parts[0]) + "@" + std::string(parts[1]);
    } else if (is("sdist") && name.ends_with(".tar.gz")) {
        name.remove_suffix(std::string_view(".tar.gz").size());
        const std::size_t dash = name.rfind('-');
        if (dash != std::string_view::npos) purl = "pkg:pypi/" + std::string(name.substr(0, dash)) + "@" + std::string(name.substr(dash + 1));
    }
    auto reference = parse_reference(purl);
    if (!reference.ok()) return std::nullopt;
    return std::move(reference).value();
}

const Checker& advisory_checker() {
    static constexpr Checker kChecker = {
        "advisory", "Is it, or a component, known to be malicious or flawed?", kWhy, kFix, kKinds, false, kSettings, run, nullptr, problem};
    return kChecker;
}

}  // namespace headgate::checkers
