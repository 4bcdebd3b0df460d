// registry: does it come from an allowed registry, hub or URL?
#include <algorithm>
#include <array>
#include <deque>
#include <memory>

#include "base/text.hpp"
#include "checkers/base_image.hpp"
#include "checkers/names.hpp"
#include "checkers/sources.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 4> kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};
constexpr std::array<std::string_view, 2> kBareNames = {"deny", "judge"};
constexpr std::array<SettingSpec, 5> kSettings = {{
    {"allow", SettingType::text_list, Stricter::fewer, false, "public,internal",
     "where things may come from: `public` (the ecosystem's public registries and mirrors), `internal` (sources of "
     "names.internal), URLs or hosts (with everything below), reference patterns", {}},
    {"local-paths", SettingType::flag, Stricter::off, false, "false", "allow folders and files beside the manifest", {}},
    {"qualified", SettingType::flag, Stricter::on, false, "false", "images must be named with their registry: what a short name means, each machine's settings say", {}},
    {"base-images", SettingType::patterns, Stricter::fewer, false, "**",
     "what images may be built on, as their annotations org.opencontainers.image.base.* say: reference patterns like oci:registry.example/base/**", {}},
    {"bare-names", SettingType::text, Stricter::earlier, false, "deny",
     "deny: a name that somebody only asserted never satisfies this rule; judge: without bytes, what the name says counts",
     kBareNames},
}};

constexpr std::string_view kWhy = "What comes from a place that nobody chose can be replaced by whoever holds that place.";
constexpr std::string_view kFix = "Take it from an allowed registry, or add its place to `allow` of the rule.";

/// One item of `allow`, sorted by what it speaks about.
struct Allowed {
    bool public_registries = false;
    bool internal = false;
    std::vector<std::string> prefixes;          // URLs and hosts
    std::vector<ReferencePattern> patterns;
};

std::string no_place(const std::string& item) {
    constexpr std::array<std::string_view, 2> kWords = {"public", "internal"};
    const auto near = nearest(item, kWords);
    const std::size_t colon = item.find(':');
    const auto pattern = ReferencePattern::compile(item);
    return "'" + item + "' is no place: " +
           (near                                  ? "did you mean '" + std::string(*near) + "'?"
            : item.starts_with('.') || item.starts_with('/') ? "paths beside the manifest are allowed by `local-paths: true`"
            : colon != std::string::npos && !pattern.ok()    ? pattern.error().message
                                                             : "expected public, internal, a URL, a host or a reference pattern like pkg:pypi/acme-*");
}

Result<Allowed> read_allowed(const std::vector<std::string>& items) {
    Allowed allowed;
    for (const std::string& item : items) {
        const bool glob = item.find('*') != std::string::npos;
        const bool url = item.find("://") != std::string::npos;
        const bool scheme = item.find(':') != std::string::npos;
        if (item == "public") {
            allowed.public_registries = true;
        } else if (item == "internal") {
            allowed.internal = true;
        } else if (!(url && !glob) && (item == "**" || (scheme && ReferencePattern::compile(item).ok()))) {
            allowed.patterns.push_back(TRY(ReferencePattern::compile(item)));
        } else if (const auto place = parse_place(item); !glob && (url || (place && !place->local))) {
            allowed.prefixes.push_back(item);
        } else {
            return Error{ErrorCode::policy, no_place(item)};
        }
    }
    return allowed;
}

// The lists of a policy, each read once by a thread and not for every member of a manifest.
std::shared_ptr<const Result<Allowed>> allowed_of(const std::vector<std::string>& items) {
    constexpr std::size_t kMost = 16;
    thread_local std::deque<std::pair<std::vector<std::string>, std::shared_ptr<const Result<Allowed>>>> known;
    for (const auto& [list, allowed] : known) {
        if (list == items) return allowed;
    }
    if (known.size() == kMost) known.pop_front();
    return known.emplace_back(items, std::make_shared<const Result<Allowed>>(read_allowed(items))).second;
}

class Judge {
  public:
    Judge(const CheckInput& input, const Allowed& allowed) : input_(input), allowed_(allowed) {}

    std::vector<Finding> findings;

    void add(std::string id, Severity severity, std::string message, Location where, std::string_view fix = kFix) {
        findings.push_back({std::move(id), severity, std::move(message), std::move(where), std::string(kWhy), std::string(fix)});
    }

    bool allows(const Place& place, std::string_view ecosystem) const {
        if (lies_below_any(place, allowed_.prefixes)) return true;
        if (allowed_.public_registries && lies_below_any(place, public_registries(input_.policy, ecosystem))) return true;
        if (allowed_.internal) {
            for (const InternalNames& names : input_.policy.internal) {
                if (names.ecosystem == ecosystem && names.vouched && lies_below_any(place, names.sources)) return true;
            }
        }
        return false;
    }

    bool pattern_allows(const Reference& reference) const {
        return std::any_of(allowed_.patterns.begin(), allowed_.patterns.end(),
                           [&](const ReferencePattern& pattern) { return pattern.matches(reference); });
    }

    /// A URL, index or host; `what` begins the message.
    void place(std::string_view url, std::string_view ecosystem, const std::string& what, const Location& where) {
        const auto parsed = place_of_source(input_.policy, ecosystem, url);
        if (!parsed) {
            add("registry.not-allowed", Severity::high, what + " comes from '" + std::string(url) + "', which is no place that can be checked", where);
            return;
        }
        if (parsed->local) return local_path(url, what, where);
        if (parsed->insecure) {
            add("registry.insecure", Severity::high, what + " comes over an unprotected connection: " + std::string(url), where,
                "Use https.");
        }
        if (!allows(*parsed, ecosystem)) {
            add("registry.not-allowed", Severity::high, what + " comes from " + std::string(url) + ", which is not allowed", where);
        }
    }

    void local_path(std::string_view path, const std::string& what, const Location& where) {
        if (input_.settings.get<bool>("local-paths") && path.find("..") == std::string_view::npos && path.find(':') == std::string_view::npos &&
            !path.starts_with('/') && !path.starts_with('\\') && !path.starts_with('~')) return;
        add("registry.local-path", Severity::medium, what + " comes from " + (path.empty() ? "the disk" : "the path " + std::string(path)) + ", not from a registry", where,
            "Publish it to an allowed registry, or set `local-paths: true` for paths inside the project.");
    }

    /// Models and data that are named by a URL may lie at a hub too.
    std::string_view ecosystem_of_member(const Reference& reference) const {
        const bool of_model = input_.subject.kind == Kind::model || input_.subject.kind == Kind::dataset;
        return of_model && reference.scheme == "https" ? std::string_view("hf") : ecosystem_of(reference);
    }

    void requirement(const Requirement& requirement, const Location& where) {
        const std::string& name = requirement.reference.canonical;
        const std::string_view ecosystem = ecosystem_of_member(requirement.reference);
        if (requirement.dynamic) {
            add("registry.computed", Severity::high, "'" + requirement.written + "' is computed: where it comes from cannot be told", where,
                "Write the name out.");
            return;
        }
        if (requirement.source == Requirement::Source::workspace) return;
        if (ecosystem == "oci" && is_member(input_.subject) && input_.settings.get<bool>("qualified") && is_short(requirement.written)) {
            add("registry.unqualified", Severity::medium, "'" + requirement.written + "' names no registry", where, "Write " + requirement.reference.canonical.substr(4) + ".");
        }
        if (pattern_allows(requirement.reference)) return;
        if (requirement.source == Requirement::Source::path) return local_path(requirement.url, name, where);
        for (const std::string& file : requirement.files) place(file, ecosystem, "an archive of " + name, where);
        if (!requirement.url.empty()) return place(requirement.url, ecosystem, name, where);
        // From the configured index: options of the manifest are judged once, with the manifest.
        const bool configured = std::any_of(input_.evidence.index_options.begin(), input_.evidence.index_options.end(), [&](const IndexOption& option) {
            if (option.role == IndexOption::Role::scoped) return !option.names.empty() && option.ecosystem == ecosystem && glob_matches(option.names, full_name(requirement.reference));
            return option.ecosystem == ecosystem &&
                   (option.role == IndexOption::Role::primary || option.role == IndexOption::Role::no_index);
        });
        if (configured && ecosystem == "hf") return endpoints(name, where);
        if (configured) return;
        if (!allowed_.public_registries || public_registries(input_.policy, ecosystem).empty()) {
            const bool system = ecosystem == "deb" || ecosystem == "rpm" || ecosystem == "apk" || ecosystem == "alpm";
            add("registry.not-allowed", Severity::high, name + (system ? " comes from the archives of a distribution, and nothing says from which" : " comes from the default registry, which is not allowed"), where);
        }
    }

    /// Without a host in front, as Docker reads it.
    static bool is_short(std::string_view image) {
        const std::size_t slash = image.find('/');
        const std::string_view first = image.substr(0, slash);
        return slash == std::string_view::npos || (first.find_first_of(".:") == std::string_view::npos && first != "localhost");
    }

    /// Go's GONOSUMDB, GOINSECURE, ... are for modules that the public log of checksums must not know: internal ones.
    void unchecked_modules(const IndexOption& option) {
        std::string_view pattern = option.url;
        while (pattern.ends_with('/')) pattern.remove_suffix(1);
        for (const InternalNames& names : input_.policy.internal) {
            if (names.ecosystem != "golang") continue;
            for (std::string_view claimed : names.patterns) {
                if (claimed.ends_with("/**")) claimed.remove_suffix(3);
                if (pattern == claimed || (pattern.starts_with(claimed) && pattern[claimed.size()] == '/')) return;
            }
        }
        add("registry.checksums-off", Severity::high, option.written + " (" + option.url + "): modules that are not internal are not compared with the public log of checksums", option.where,
            "Set it for the paths of names.internal.golang alone.");
    }

    /// A name of a hub is asked for at the one that is configured, wherever that was said: there is no index that is judged besides.
    void endpoints(const std::string& name, const Location& where) {
        for (const IndexOption& option : input_.evidence.index_options) {
            if (option.ecosystem == "hf" && option.role == IndexOption::Role::primary) place(option.url, "hf", name, where);
        }
    }

    void options() {
        for (const IndexOption& option : input_.evidence.index_options) {
            if (option.ecosystem == "golang" && option.url == "direct") continue;   // from the place that the module's name says
            if (option.ecosystem == "conda" && (option.url == "defaults" || option.url == "main")) {
                add("registry.default-channels", Severity::low, "the channel '" + option.url + "' is whatever the settings of each machine say", option.where, "Name the channels that are meant.");
            }
            switch (option.role) {
                case IndexOption::Role::no_index: break;
                case IndexOption::Role::trusted_host:
                    if (option.ecosystem == "golang") {
                        unchecked_modules(option);
                        break;
                    }
                    add("registry.trusted-host", Severity::high, option.written + " " + option.url + " switches certificate checks off", option.where,
                        "Remove the option; give the host a certificate.");
                    break;
                case IndexOption::Role::find_links: {
                    const auto parsed = parse_place(option.url);
                    if (parsed && parsed->local) break;
                    place(option.url, option.ecosystem, option.written, option.where);
                    break;
                }
                case IndexOption::Role::primary:
                case IndexOption::Role::scoped:
                case IndexOption::Role::extra: place(option.url, option.ecosystem, option.written, option.where); break;
            }
        }
    }

  private:
    const CheckInput& input_;
    const Allowed& allowed_;
};

CheckRun run(const CheckInput& input) {
    const auto allowed = allowed_of(input.settings.get<std::vector<std::string>>("allow"));
    if (!allowed->ok()) return CheckRun::error(allowed->error().message);
    Judge judge(input, **allowed);
    if (!is_manifest(input.evidence)) {
        for (Finding& finding : judge_bases(input, input.settings.get<std::vector<std::string>>("base-images"))) judge.findings.push_back(std::move(finding));
    }
    if (is_member(input.subject)) {
        judge.requirement(requirement_of(input), place_of(input));
        return CheckRun::complete(std::move(judge.findings));
    }
    judge.options();
    if (is_manifest(input.evidence)) return CheckRun::complete(std::move(judge.findings));
    const bool bare = !input.subject.has_bytes && input.subject.reference.scheme != "file";
    const bool judged = input.subject.origin != Origin::asserted ||
                        (bare && input.settings.get<std::string>("bare-names") == "judge");
    if (judged || bare) judge.requirement(requirement_of(input), {});
    if (!judged) {
        judge.add("registry.asserted", Severity::medium,
                  "nothing shows that " + input.subject.ref + " comes from where its name says", {},
                  "Judge it by a lockfile, layout or manifest that records its digest.");
    }
    return CheckRun::complete(std::move(judge.findings));
}

std::string problem(const Settings& settings, std::string_view key, const RuleData*) {
    const auto* const list = key == "allow" ? settings.find<std::vector<std::string>>(key) : nullptr;
    if (list == nullptr) return "";
    if (const auto allowed = read_allowed(*list); !allowed.ok()) return allowed.error().message;
    for (const std::string& item : *list) {
        if (item.starts_with("http://")) return "'" + item + "' can never be allowed: what comes over http is refused; use https";
    }
    return "";
}

}  // namespace

const Checker& registry_checker() {
    static constexpr Checker kChecker = {
        "registry", "Does it come from an allowed registry, hub or URL?", kWhy, kFix, kKinds, false, kSettings, run, nullptr, problem};
    return kChecker;
}

}  // namespace headgate::checkers
