#include "checkers/look_alikes.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "checkers/confusables.hpp"
#include "checkers/name_forms.hpp"
#include "checkers/publishers.hpp"
#include "checkers/second_signal.hpp"
#include "checkers/typosquat_words.hpp"

namespace headgate::checkers {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Says which model it is ("bert-base-uncased", "phi3"), unlike "tiny" and "model".
bool is_distinct(std::string_view base) { return base.size() >= kShortestTarget && base.find_first_of("0123456789-_.") != std::string_view::npos; }

/// Whose registries take other letters than ASCII ones.
bool takes_other_letters(std::string_view ecosystem) { return ecosystem == "nuget" || ecosystem == "maven" || ecosystem == "composer"; }

/// What stands before the first slash of a pattern ("hf:acme/**", "pkg:npm/@acme/*"), where it is spelled out; "" otherwise.
std::string space_of_pattern(std::string_view pattern, std::string_view ecosystem) {
    const std::string purl = "pkg:" + std::string(ecosystem) + "/";
    if (ecosystem == "hf" && pattern.starts_with("hf:")) {
        pattern.remove_prefix(3);
    } else if (ecosystem == "hf" && pattern.starts_with("hf-dataset:")) {
        pattern.remove_prefix(11);
    } else if (pattern.starts_with(purl)) {
        pattern.remove_prefix(purl.size());
    } else {
        return {};
    }
    const std::size_t slash = pattern.find('/');
    if (slash == std::string_view::npos || pattern.substr(0, slash).find('*') != std::string_view::npos) return {};
    return ascii_lower(pattern.substr(0, slash));
}

}  // namespace

LookAlikes::LookAlikes(const CheckInput& input, const ProtectedList& names, const Requirement& requirement)
    : input_(input), names_(names), requirement_(requirement), reference_(requirement.reference), ecosystem_(ecosystem_of(requirement.reference)) {}

void LookAlikes::add(const NearName& near, const std::string& what, const std::string& written) {
    Severity severity = near.severity;
    std::string message = what + " '" + written + "' looks like '" + near.target + "': " + std::string(describe(near.kind));
    if (severity == Severity::medium) {
        const std::string signal = second_signal(requirement_, input_.now);
        if (!signal.empty()) {
            severity = Severity::high;
            message += "; and " + signal;
        }
    }
    findings.push_back({"typosquat." + std::string(id_of(near.kind)), severity, message, place_of(input_), std::string(kTyposquatWhy), std::string(kTyposquatFix)});
}

/// True if the name was written with letters of other scripts, and so was judged here.
Result<bool> LookAlikes::foreign_letters(const std::string& what, const std::string& written) {
    if (is_ascii(written)) return false;
    const auto bytes = input_.data.file("names/confusables.bin");
    const auto table = bytes ? Confusables::open(*bytes) : std::nullopt;
    if (!table) return Error{ErrorCode::internal, "names/confusables.bin is no table of this version"};
    const auto read = table->reading(std::string_view(written));
    const std::string folded = read ? fold_name(ecosystem_, *read) : std::string();
    NearName near{folded, EditKind::confusable, Severity::high};
    const bool known = read && names_.holds(folded);
    if (!known) {
        const auto miss = read ? names_.near(folded) : std::nullopt;
        if (miss) near.target = miss->target;
        // An honest name in another script has letters that look like no Latin one.
        const bool mixed = read && std::any_of(written.begin(), written.end(), is_letter);
        if (!miss && !mixed && takes_other_letters(ecosystem_)) return true;
        if (!read) {
            findings.push_back({"typosquat.confusable", Severity::high, what + " '" + written + "' has letters that no name of " + std::string(ecosystem_) + " has",
                                place_of(input_), std::string(kTyposquatWhy), std::string(kTyposquatFix)});
            return true;
        }
    }
    add(near, what, written);
    return true;
}

Result<void> LookAlikes::name(const std::string& written) {
    if (TRY(foreign_letters("the name", written))) return {};
    if (const auto found = names_.near(fold_name(ecosystem_, written))) add(*found, "the name", written);
    return {};
}

/// Internal scopes and organisations, and those that the rule allows.
std::vector<std::string> LookAlikes::spaces() const {
    std::vector<std::string> known;
    for (const InternalNames& names : input_.policy.internal) {
        if (names.ecosystem != ecosystem_) continue;
        for (const std::string& pattern : names.patterns) {
            const std::size_t slash = pattern.find('/');
            if (slash != std::string::npos && pattern.find('*') > slash) known.push_back(ascii_lower(pattern.substr(0, slash)));
        }
    }
    for (const std::string& pattern : input_.settings.get<std::vector<std::string>>("allow")) {
        std::string space = space_of_pattern(pattern, ecosystem_);
        if (!space.empty()) known.push_back(std::move(space));
    }
    return known;
}

/// "@acmee/x" for "@acme/x".
void LookAlikes::known_spaces(const std::string& what, const std::string& written) {
    const std::string folded = ascii_lower(written);
    const auto known = spaces();
    if (std::find(known.begin(), known.end(), folded) != known.end()) return;
    for (const std::string& space : known) {
        if (const auto found = compare_names(ecosystem_, space, folded)) {
            add(*found, what, written);
            return;
        }
    }
}

/// Somebody who publishes popular names, by all that he publishes.
Result<void> LookAlikes::publisher(const std::string& list, const std::string& what, const std::string& written) {
    const auto index = TRY(open_list(input_.data, list));
    if (!index || index->find(written)) return {};
    const auto found = nearest_protected(*index, ecosystem_, written);
    if (found) add(*found, what, written);
    return {};
}

/// An npm alias installs one package under the name of another.
void LookAlikes::alias() {
    const std::string real = fold_name("npm", full_name(reference_));
    const std::string shown = fold_name("npm", requirement_.written);
    if (shown == real || requirement_.written.empty() || !names_.holds(shown) || names_.holds(real)) return;
    findings.push_back({"typosquat.alias", severity_of({EditKind::alias, shown.size(), shown.size(), false, false}, ecosystem_),
                        "'" + real + "' is installed under the name of the popular package '" + shown + "'",
                        place_of(input_), std::string(kTyposquatWhy), std::string(kTyposquatFix)});
}

Result<void> LookAlikes::package() {
    const std::string whole = full_name(reference_);
    TRY_VOID(name(ecosystem_ == "maven" ? reference_.space : whole));
    if (ecosystem_ == "npm") alias();
    if (!findings.empty()) return {};
    if (ecosystem_ == "maven") return name(whole);
    if (ecosystem_ == "golang") return go_module(fold_name("golang", whole));
    if (ecosystem_ != "npm" || reference_.space.empty()) return {};
    known_spaces("the namespace", reference_.space);
    return findings.empty() && !names_.holds(fold_name("npm", whole)) ? publisher("npm-scopes", "the scope", ascii_lower(reference_.space)) : Result<void>();
}

Result<void> LookAlikes::go_module(const std::string& name) {
    static constexpr std::array<std::string_view, 5> kHosts = {"github.com/", "gitlab.com/", "bitbucket.org/", "codeberg.org/", "gitee.com/"};
    if (names_.holds(name)) return {};
    const auto host = std::find_if(kHosts.begin(), kHosts.end(), [&](std::string_view known) { return name.starts_with(known); });
    for (const std::string_view other_host : kHosts) {
        if (host == kHosts.end()) break;
        const std::string other = std::string(other_host) + name.substr(host->size());
        if (!names_.holds(other)) continue;
        add({other, EditKind::host_swap, severity_of({EditKind::host_swap, other.size(), other.size(), false, false}, ecosystem_)}, "the module", name);
        return {};
    }
    const std::string owner(publisher_of("golang", name));
    const auto owners = TRY(open_list(input_.data, "golang-owners"));
    if (owner.empty() || !owners || owners->find(owner)) return {};
    auto found = nearest_protected(*owners, ecosystem_, owner);
    if (!found) return {};
    // Nobody else's repository has that name and nearly that owner by chance.
    const std::string same_path = found->target + name.substr(owner.size());
    if (names_.holds(same_path)) found->severity = std::max(found->severity, Severity::medium);
    add(*found, "the owner", owner);
    return {};
}

Result<void> LookAlikes::repository() {
    if (reference_.space.empty()) return {};
    TRY_VOID(name(reference_.space));
    if (findings.empty()) known_spaces("the organisation", reference_.space);
    return findings.empty() ? re_upload(reference_.scheme == "hf" ? "hf-models" : "hf-datasets") : Result<void>();
}

Result<void> LookAlikes::re_upload(const std::string& list) {
    const std::string organisation = ascii_lower(reference_.space);
    const auto known = spaces();
    if (names_.holds(organisation) || std::find(known.begin(), known.end(), organisation) != known.end()) return {};
    const auto index = TRY(open_list(input_.data, list));
    const std::string base = ascii_lower(reference_.name);
    if (!index || !is_distinct(base) || index->find(organisation + "/" + base)) return {};
    std::optional<std::uint32_t> most_popular;
    index->candidates(hash_form(Form::basename, base), [&](std::uint32_t number) {
        const std::string_view target = index->name(number);
        if (target.substr(target.rfind('/') + 1) == base) most_popular = std::min(most_popular.value_or(number), number);
    });
    if (!most_popular) return {};
    const std::string target(index->name(*most_popular));
    findings.push_back({"typosquat.re-upload", severity_of({EditKind::re_upload, base.size(), base.size(), false, false}, ecosystem_),
                        "'" + reference_.space + "/" + reference_.name + "' is a re-upload of '" + target + "', or has its name: " +
                            std::string(describe(EditKind::re_upload)),
                        place_of(input_), "Whoever uploads a popular model again can change it.", "Take it from '" + target + "', or list the organisation in `allow` of the rule."});
    return {};
}

Result<void> LookAlikes::image() {
    std::vector<std::string> hosts;
    for (const std::string& url : public_registries(input_.policy, "oci")) {
        if (const auto place = parse_place(url)) hosts.push_back(place->host);
    }
    for (const InternalNames& names : input_.policy.internal) {
        if (names.ecosystem != "oci") continue;
        for (const std::string& url : names.sources) {
            if (const auto place = parse_place(url)) hosts.push_back(place->host);
        }
    }
    if (std::find(hosts.begin(), hosts.end(), reference_.space) == hosts.end()) {
        if (TRY(foreign_letters("the registry", reference_.space))) return {};
        for (const std::string& host : hosts) {
            if (const auto found = compare_names("oci", host, reference_.space)) {
                add(*found, "the registry", reference_.space);
                break;
            }
        }
    }
    if (reference_.space != "docker.io") return {};
    const std::size_t slash = reference_.name.find('/');
    if (reference_.name.find('/', slash + 1) != std::string::npos) return {};
    const std::string organisation = reference_.name.substr(0, slash);
    if (organisation != "library") {
        if (const auto found = compare_names("oci", "library", organisation)) add(*found, "the organisation", organisation);
    }
    const std::string last = reference_.name.substr(slash + 1);
    if (organisation != "library" && names_.holds(last)) return {};
    auto found = names_.near(last);
    if (found && organisation != "library" && found->severity > Severity::medium) found->severity = Severity::medium;
    if (found) add(*found, "the image", last);
    return {};
}

}  // namespace headgate::checkers
