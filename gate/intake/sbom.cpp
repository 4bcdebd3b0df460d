#include "intake/sbom.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "intake/npm_entry.hpp"
#include "intake/purl_text.hpp"

namespace headgate::intake::sbom {
namespace {

constexpr std::size_t kShown = 200;       // bytes of a name in a message
constexpr std::size_t kMost = 64;         // purls, hashes, places of one component: each is compared with the others

std::string full_name(const Component& component) { return component.group.empty() ? component.name : component.group + "/" + component.name; }
std::string shown(const Component& component) { return "'" + escape_terminal(full_name(component), kShown) + "'"; }

/// "SHA-256", "SHA256", "sha256" -> "sha256"; "" for an algorithm that is known and that no installer compares.
std::optional<std::string_view> algorithm_of(std::string_view written) {
    std::string plain;
    for (const char c : ascii_lower(written)) {
        if (c != '-' && c != '_') plain += c;
    }
    for (const std::string_view known : {"md5", "sha1", "sha256", "sha384", "sha512"}) {
        if (plain == known) return known;
    }
    static constexpr std::array<std::string_view, 22> kOthers = {
        "sha224", "sha3224", "sha3256", "sha3384", "sha3512", "blake2b256", "blake2b384", "blake2b512", "blake3", "streebog256", "streebog512",
        "md2", "md4", "md6", "adler32", "crystalsdilithium", "crystalskyber", "falcon", "other", "sha256tree", "sha512256", "gitoid"};
    if (std::find(kOthers.begin(), kOthers.end(), plain) != kOthers.end()) return std::string_view{};
    return std::nullopt;
}

void add_hashes_of(const Component& component, Entry& entry, IntakeContext& context) {
    for (const auto& [written, value] : component.hashes) {
        const auto algorithm = algorithm_of(written);
        if (algorithm && algorithm->empty()) continue;
        add_hashes(entry, std::string(algorithm ? *algorithm : std::string_view(written)) + ":" + value, context);
    }
}

bool is_git(std::string_view place) {
    return place.starts_with("git+") || place.starts_with("git:") || place.starts_with("ssh:") || place.substr(0, place.find('#')).ends_with(".git");
}

/// "git+https://host/path@revision#folder" -> repository and revision; "" for none.
std::pair<std::string, std::string> split_revision(std::string_view place) {
    const std::string plain = without_login(place.substr(0, place.find('#')));
    const std::size_t path = plain.find('/', plain.find("://") == std::string::npos ? 0 : plain.find("://") + 3);
    const std::size_t at = plain.rfind('@');
    if (path == std::string::npos || at == std::string::npos || at < path) return {plain, {}};
    return {plain.substr(0, at), plain.substr(at + 1)};
}

/// A pom.xml says where its project's releases are deployed to, and on which page people find them; tools write both down as its
/// `distribution`. Only an archive is one that somebody fetched.
bool is_archive(std::string_view url) {
    const std::string path = ascii_lower(url.substr(0, url.find_first_of("?#")));
    for (const std::string_view ending : {".jar", ".war", ".ear", ".aar", ".pom", ".zip", ".tar.gz", ".tgz"}) {
        if (path.ends_with(ending)) return true;
    }
    return false;
}

/// Where a package with a purl comes from. A repository of source code without a revision is where it is written, and not what this
/// version was fetched from.
void set_place(Entry& entry, const Reference& reference, std::string_view place, IntakeContext& context) {
    if (place.empty()) return;
    if (is_git(place)) {
        const auto [repository, revision] = split_revision(place);
        if (!revision.empty() && entry.url.empty()) from_git(entry, repository, revision);
        return;
    }
    const bool remote = place.find("://") != std::string_view::npos && !ascii_lower(place.substr(0, 7)).starts_with("file://");
    if (reference.type == "maven" && !is_archive(place)) return;
    if (!entry.url.empty()) {
        if (remote) add_file(entry, place);
    } else if (!remote) {
        entry.source = Requirement::Source::path;
        entry.url = place;
    } else {
        if (reference.type != "npm" || !npm::set_resolved(entry, place)) entry.url = without_login(place);
        if (reference.type == "npm") npm::check_archive(entry, place, context);
    }
}

void set_places(Entry& entry, const Reference& reference, std::string_view purl, const Component& component, IntakeContext& context) {
    if (reference.scheme == "oci") {
        entry.url = reference.space;       // an image says itself which registry it is of
        entry.pinned = !reference.digest.empty();
        return;
    }
    if (reference.scheme == "hf" || reference.scheme == "hf-dataset") {
        for (const std::string& place : component.places) {
            if (!is_git(place)) add_file(entry, place);
        }
        return;
    }
    entry.url = without_login(reference.source);
    for (const std::string_view key : {"download_url", "vcs_url"}) set_place(entry, reference, purl_qualifier(purl, key), context);
    for (const std::string& place : component.places) set_place(entry, reference, place, context);
}

/// Names as registries compare them.
std::string folded(const Reference& reference, std::string_view name) {
    return reference.type == "pypi" ? normalise_pypi(name) : ascii_lower(name);
}

/// The name beside the purl. Tools leave the namespace out, or write it into the name; what is not left out must fit.
bool same_name(const Reference& reference, const Component& component) {
    const std::string written = folded(reference, full_name(component));
    const std::string name = folded(reference, reference.name);
    const std::string whole = reference.space.empty() ? name : folded(reference, reference.space) + "/" + name;
    if (reference.scheme == "oci") {       // "name", "host/name:tag", "host/name@sha256:..."
        const std::string_view plain = std::string_view(written).substr(0, written.find('@'));
        const std::string_view last = plain.substr(plain.rfind('/') + 1);
        return last.substr(0, last.find(':')) == name.substr(name.rfind('/') + 1);
    }
    if (written == whole) return true;
    if (reference.type == "npm") return !reference.space.empty() && written == whole.substr(1);  // a scope without its '@'
    if (reference.type == "composer") return false;
    if (reference.type == "github" && component.group.empty() && written == name) return true;   // "checkout" of actions/checkout
    if (reference.type == "golang" || reference.type == "github") return written.starts_with(whole + "/");  // a package of the module
    // Dots of a group, and the parts of a path, are written either way.
    const auto dotted = [](std::string text) {
        std::replace(text.begin(), text.end(), '/', '.');
        std::replace(text.begin(), text.end(), ':', '.');
        return text;
    };
    return dotted(written) == dotted(whole) || (component.group.empty() && written == name) || (reference.space.empty() && folded(reference, component.name) == name) ||
           written.starts_with(whole + "/");
}

/// The version beside the purl: an epoch stands in either, and a leading 'v' in either; Go's own library has that of Go, "go1.22.0".
bool same_version(const Reference& reference, std::string_view written) {
    if (reference.version.empty() || written.empty() || reference.scheme != "pkg") return true;
    const bool of_go = reference.type == "golang" && reference.space.empty() && (reference.name == "stdlib" || reference.name == "toolchain" || reference.name == "std");
    const auto plain = [&](std::string_view version) {
        const std::size_t epoch = version.find(':');
        if (epoch != std::string_view::npos && version.substr(0, epoch).find_first_not_of("0123456789") == std::string_view::npos) version.remove_prefix(epoch + 1);
        if (of_go && version.starts_with("go")) version.remove_prefix(2);
        if (version.starts_with('v') || version.starts_with('V')) version.remove_prefix(1);
        return ascii_lower(version);
    };
    return plain(reference.version) == plain(written);
}

void compare(const Reference& reference, const Component& component, IntakeContext& context) {
    const Location where = context.at_line(std::max(component.line, 1U));
    if (component.named_by_purl && !component.name.empty() && !same_name(reference, component)) {
        context.finding("sbom.name-differs", Severity::high, "the component " + shown(component) + " is " + escape_terminal(reference.canonical, kShown) + " by its purl", where,
                        "A reviewer reads the name; what is judged, and fetched, is what the purl says.", "Have the bill of materials made again by its tool, and compare what it lists.");
    }
    if (!same_version(reference, component.version)) {
        context.finding("sbom.version-differs", Severity::high, shown(component) + " has the version " + escape_terminal(component.version, kShown) + ", and " + escape_terminal(reference.version, kShown) + " by its purl", where,
                        "A reviewer reads the version; what is judged, and fetched, is what the purl says.", "Have the bill of materials made again by its tool, and compare what it lists.");
    }
}

Entry entry_of(const Component& component) {
    Entry entry{{}, full_name(component)};
    entry.line = component.line;
    entry.markers = component.markers;
    set_range(entry, component.range);
    set_released(entry, component.released);
    return entry;
}

bool add_by_purl(const Component& component, const std::string& purl, IntakeContext& context) {
    Entry entry = entry_of(component);
    entry.spelled = purl_spelling(purl, component.version, component.kind == Component::Kind::dataset);
    if (entry.name.empty()) entry.name = purl;
    const auto reference = parse_reference(entry.spelled);
    if (reference) {
        const std::string checksums = purl_qualifier(purl, "checksum");
        for (const std::string_view checksum : split(checksums, ',')) add_hashes(entry, checksum, context);
        compare(*reference, component, context);
        if (reference->scheme == "pkg") {
            entry.version = reference->version;
            entry.name = reference->space.empty() ? reference->name : reference->space + "/" + reference->name;
        }
        set_places(entry, *reference, purl, component, context);
        entry.written = full_name(component);
        if (reference->version.empty() && entry.range.empty()) set_range(entry, component.version);
        if (!reference->digest.empty() && reference->scheme == "oci") entry.integrity.push_back(reference->digest);
    }
    add_hashes_of(component, entry, context);
    return record(std::move(entry), context);
}

/// A model that is called <organisation>/<name>, and a page whose path is that: a hub's. Which hub, the URL says, and is judged by it.
std::optional<Entry> of_hub(const Component& component) {
    const std::string name = full_name(component);
    const bool dataset = component.kind == Component::Kind::dataset;
    if (component.kind == Component::Kind::software) return std::nullopt;
    const std::string path = (dataset ? "/datasets/" : "/") + name;
    for (const auto* list : {&component.places, &component.pages}) {
        for (const std::string& page : *list) {
            const std::string plain = without_login(page.substr(0, page.find_first_of("?#")));
            const std::size_t host = plain.find("://");
            const std::size_t begin = host == std::string::npos ? host : plain.find('/', host + 3);
            if (begin == std::string::npos || plain.substr(begin, plain.find_last_not_of('/') + 1 - begin) != path) continue;
            Entry entry = entry_of(component);
            entry.spelled = (dataset ? "hf-dataset:" : "hf:") + name;
            if (is_lower_hex(component.version, 40)) entry.spelled += "@" + component.version;
            entry.url = plain;
            if (parse_reference(entry.spelled)) return entry;
        }
    }
    return std::nullopt;
}

/// No purl, but a URL: that is its name.
bool add_by_place(const Component& component, IntakeContext& context) {
    if (auto entry = of_hub(component)) {
        add_hashes_of(component, *entry, context);
        return record(std::move(*entry), context);
    }
    for (const std::string& place : component.places) {
        Entry entry = entry_of(component);
        const auto [plain, revision] = split_revision(place);
        const std::size_t colon = plain.find("://");
        if (colon == std::string::npos || ascii_lower(plain.substr(0, colon)) == "file") continue;
        entry.spelled = revision.empty() ? plain : plain + "@" + revision;
        if (!parse_reference(entry.spelled)) continue;
        add_hashes_of(component, entry, context);
        if (is_git(place)) {
            from_git(entry, plain, revision);
        } else {
            entry.source = Requirement::Source::url;
            entry.url = plain;
            entry.pinned = !component.version.empty() || !entry.integrity.empty();
        }
        entry.written = full_name(component);
        return record(std::move(entry), context);
    }
    return not_understood(context, "the component " + shown(component) + " has no purl, and nothing else says what it is", component.line);
}

}  // namespace

bool is_bare(const Component& component) {
    return component.purls.empty() && component.version.empty() && component.range.empty() && component.hashes.empty() && component.places.empty();
}

bool add(const Component& component, Role role, IntakeContext& context) {
    if (!context.room()) return false;
    if (component.purls.size() > kMost || component.hashes.size() > kMost || component.places.size() > kMost || component.pages.size() > kMost) {
        return not_understood(context, "the component " + shown(component) + " has more than " + std::to_string(kMost) + " purls, hashes or URLs", component.line);
    }
    if (component.purls.empty()) return role != Role::package || add_by_place(component, context);
    bool understood = true;
    std::vector<std::string> seen;        // several purls may be one package, spelled in several ways
    for (const std::string& purl : component.purls) {
        const auto reference = parse_reference(purl);
        std::string canonical = reference ? reference->canonical : purl;
        if (std::find(seen.begin(), seen.end(), canonical) != seen.end()) continue;
        if (!add_by_purl(component, purl, context)) understood = false;
        seen.push_back(std::move(canonical));
    }
    return understood;
}

}  // namespace headgate::intake::sbom
