#include "intake/named.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "model/store_scheme.hpp"

namespace headgate::intake {
namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool invalid(std::string_view written, const std::string& why, const Location& where, IntakeContext& context) {
    context.finding("manifest.invalid-name", Severity::high, "a name that cannot be normalised: " + escape_terminal(why, 200), where,
                    "No registry or hub serves anything of this name; a look-alike or invisible character may hide in it.",
                    "Write the name as the registry or hub spells it.");
    return not_understood_at(context, "a name that cannot be normalised: " + escape_terminal(redacted_url(written), 100), where);
}

Requirement requirement_at(const Location& where, Reference reference, std::string_view written) {
    Requirement requirement;
    requirement.where = where;
    requirement.reference = std::move(reference);
    requirement.written = written;
    return requirement;
}

std::string encoded(std::string_view part) {
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string text;
    for (const char c : part) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        const auto byte = static_cast<unsigned char>(c);
        if (plain) {
            text += c;
        } else {
            text += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
        }
    }
    return text;
}

/// What stands in front of "://", in lower case; "" without.
std::string scheme_of(std::string_view uri) {
    const std::size_t mark = uri.find("://");
    if (mark == std::string_view::npos || mark == 0) return {};
    const std::string_view scheme = uri.substr(0, mark);
    const bool plain = std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    });
    return plain ? ascii_lower(scheme) : std::string();
}

bool is_image_scheme(std::string_view scheme) {
    static constexpr std::array<std::string_view, 6> kSchemes = {"oci", "oci+modelcar", "oci+native", "oci+fetch", "docker", "docker-image"};
    return std::find(kSchemes.begin(), kSchemes.end(), scheme) != kSchemes.end();
}

constexpr std::string_view kUnsettledLogin = "a login with a password of which clients disagree where it ends, and the host begins";

/// A place in a bucket or volume.
bool record_stored(std::string_view uri, const Location& where, IntakeContext& context) {
    if (!context.room()) return false;
    while (uri.ends_with('/')) uri.remove_suffix(1);
    std::string spelling = redacted_query(uri);
    // KServe's way to name a revision.
    if (ascii_lower(uri).starts_with("modelscope://") && spelling.rfind(':') > 10) spelling[spelling.rfind(':')] = '@';
    auto reference = parse_reference(spelling);
    if (!reference) return invalid(uri, reference.error().message, where, context);
    Requirement requirement = requirement_at(where, std::move(*reference), spelling);
    requirement.source = Requirement::Source::url;
    requirement.url = requirement.reference.base;
    requirement.pinned = is_lower_hex(requirement.reference.version, 40);
    context.evidence.requirements.push_back(std::move(requirement));
    return true;
}

}  // namespace

bool not_understood_at(IntakeContext& context, const std::string& why, const Location& where) {
    if (context.room()) context.opaque(why, where);
    return false;
}

bool record_image(std::string_view written, const Location& where, std::string_view by, IntakeContext& context, bool of_dockerfile) {
    if (!context.room()) return false;
    auto reference = parse_reference("oci:" + std::string(written));
    if (!reference) {
        context.finding(of_dockerfile ? "dockerfile.invalid-image" : "manifest.invalid-image", Severity::high, reference.error().message, where,
                        "What " + std::string(by) + " pulls cannot be named, so it cannot be judged.",
                        "Write the image as host/repository:tag@sha256:digest.");
        return not_understood_at(context, "image name that cannot be normalised", where);
    }
    Requirement requirement = requirement_at(where, std::move(*reference), written);
    requirement.pinned = !requirement.reference.digest.empty();
    if (requirement.pinned) requirement.integrity.push_back(requirement.reference.digest);
    requirement.url = requirement.reference.space;
    context.evidence.requirements.push_back(std::move(requirement));
    return true;
}

bool record_hub(std::string_view scheme, std::string_view id, std::string_view revision, const Location& where, IntakeContext& context) {
    if (id.empty() || is_local_path(id)) return true;
    if (!context.room()) return false;
    const std::string base = std::string(scheme) + ":" + std::string(id);
    auto reference = revision.empty() ? parse_reference(base) : parse_reference(base + "@" + std::string(revision));
    if (!reference && !revision.empty()) reference = parse_reference(base);    // no revision of a hub: it is not pinned
    if (!reference && (!is_ascii(id) || has_control_characters(id))) return invalid(id, reference.error().message, where, context);
    // Hubs refuse such a name before they ask anybody: it can only be a path.
    if (!reference || id.find('@') != std::string_view::npos) return true;
    Requirement requirement = requirement_at(where, std::move(*reference), id);
    requirement.pinned = is_lower_hex(requirement.reference.version, 40);
    context.evidence.requirements.push_back(std::move(requirement));
    return true;
}

bool record_hub_uri(std::string_view uri, const Location& where, IntakeContext& context) {
    std::string_view rest = uri.substr(std::min<std::size_t>(uri.size(), 5));
    std::string_view scheme = "hf";
    const std::string_view kind = rest.substr(0, rest.find('/'));
    const bool model = kind == "models";
    const bool dataset = kind == "datasets";
    if (kind == "spaces" || kind == "kernels" || kind == "buckets") {
        return not_understood_at(context, "a Space, kernel or bucket of a hub: " + escape_terminal(redacted_url(uri), 100), where);
    }
    if (dataset) scheme = "hf-dataset";
    if (model || dataset) rest.remove_prefix(std::min(rest.size(), kind.size() + 1));
    if (is_template(rest)) return record_unknown(scheme, uri, where, context);
    // org/name, then what is in the repository; the revision stands behind the name, and only a ref may have slashes.
    const std::size_t slash = rest.find('/');
    const std::size_t end = slash == std::string_view::npos ? rest.size() : std::min(rest.find_first_of("/@:", slash + 1), rest.size());
    std::string_view id = rest.substr(0, std::min(end, rest.find_first_of("@:")));
    std::string_view behind = rest.substr(id.size());
    std::string revision;
    if (behind.starts_with('@') || (behind.starts_with(':') && !behind.starts_with(":/"))) {
        behind.remove_prefix(1);
        std::size_t length = std::min(behind.find('/'), behind.size());
        if (behind.starts_with("refs/")) {
            const std::size_t second = behind.find('/', 5);
            length = second == std::string_view::npos ? behind.size() : std::min(behind.find('/', second + 1), behind.size());
        }
        for (std::string_view left = behind.substr(0, length); !left.empty();) {
            const bool slashed = left.starts_with("%2F") || left.starts_with("%2f");
            revision += slashed ? '/' : left.front();
            left.remove_prefix(slashed ? 3 : 1);
        }
    }
    while (id.ends_with('/')) id.remove_suffix(1);
    const std::size_t known = context.evidence.requirements.size();
    if (id.empty()) return not_understood_at(context, "a URI of a hub that names nothing", where);
    if (!record_hub(scheme, id, revision, where, context)) return false;
    if (context.evidence.requirements.size() == known) return invalid(uri, redacted_url(uri) + " names no repository of a hub", where, context);
    return true;
}

bool record_url(std::string_view url, const Location& where, IntakeContext& context) {
    if (!context.room()) return false;
    const std::string place = without_login(url.substr(0, url.find_first_of("?#")));
    if (place.find(kNobodysHost) != std::string::npos) return invalid(url, std::string(kUnsettledLogin), where, context);
    auto reference = parse_reference(place);
    if (!reference) return invalid(url, reference.error().message, where, context);
    const bool git = reference->scheme != "https" && reference->scheme != "http";
    Requirement requirement = requirement_at(where, std::move(*reference), place);
    requirement.source = git ? Requirement::Source::git : Requirement::Source::url;
    requirement.url = requirement.reference.base;
    context.evidence.requirements.push_back(std::move(requirement));
    return true;
}

bool record_git(std::string_view url, const Location& where, IntakeContext& context) {
    if (!context.room()) return false;
    const std::size_t hash = url.find('#');
    std::string place = without_login(url.substr(0, hash));
    if (place.find(kNobodysHost) != std::string::npos) return invalid(url, std::string(kUnsettledLogin), where, context);
    std::string revision;
    if (hash != std::string_view::npos) {
        const std::string_view fragment = url.substr(hash + 1);
        revision = fragment.substr(0, fragment.find(':'));
    }
    if (place.find("://") == std::string::npos) {      // git@host:path
        const std::size_t at = place.find('@');
        std::string path = place.substr(at == std::string::npos ? 0 : at + 1);
        if (const std::size_t colon = path.find(':'); colon != std::string::npos) path[colon] = '/';
        place = "git+ssh://" + path;
    }
    if (!place.starts_with("git")) place = "git+" + place;
    if (!revision.empty() && place.find('@') == std::string::npos) place += "@" + revision;
    auto reference = parse_reference(place);
    if (!reference) return invalid(url, reference.error().message, where, context);
    Requirement requirement = requirement_at(where, std::move(*reference), without_login(url));
    requirement.source = Requirement::Source::git;
    requirement.url = requirement.reference.base;
    const std::string commit = ascii_lower(requirement.reference.version);
    requirement.pinned = is_lower_hex(commit, 40) || is_lower_hex(commit, 64);
    context.evidence.requirements.push_back(std::move(requirement));
    return true;
}

bool record_runner_model(std::string_view written, const Location& where, IntakeContext& context) {
    constexpr std::string_view kHub = "hf.co/";
    if (!written.starts_with(kHub)) return record_image(written, where, "`model`", context);
    const std::string_view id = written.substr(kHub.size());
    const std::size_t known = context.evidence.requirements.size();
    if (!record_hub("hf", id.substr(0, id.find(':')), {}, where, context)) return false;
    if (context.evidence.requirements.size() == known) return invalid(written, std::string(written) + " names no model of a hub", where, context);
    return true;
}

bool record_uri(std::string_view uri, const Location& where, std::string_view by, IntakeContext& context) {
    const std::string scheme = scheme_of(uri);
    if (scheme == "hf") return record_hub_uri(uri, where, context);
    const bool image = is_image_scheme(scheme);
    if (is_template(uri)) return record_unknown(image ? "oci" : "hf", uri, where, context);
    if (image) return record_image(uri.substr(scheme.size() + 3), where, by, context);
    if (is_store_scheme(scheme)) return record_stored(uri, where, context);
    // "<scheme>://x", " s3://x": what is made of it only the program knows that reads it.
    const bool odd = scheme.empty() && uri.find("://") != std::string_view::npos;
    if ((scheme.empty() && !odd) || scheme == "file") return true;
    if (scheme == "https" || scheme == "http" || scheme.starts_with("git")) return record_url(uri, where, context);
    return not_understood_at(context, "a URI whose scheme is not known: " + escape_terminal(redacted_url(uri), 100), where);
}

bool record_repository(std::string_view repository, std::string_view path, std::string_view revision, const Location& where,
                       IntakeContext& context, std::string_view forge) {
    if (!context.room()) return false;
    std::string purl = "pkg:" + std::string(forge);
    for (const std::string_view part : split(repository, '/')) purl += "/" + encoded(part);
    if (!revision.empty()) purl += "@" + encoded(revision);
    char mark = '#';
    for (const std::string_view part : split(path, '/')) {
        if (part.empty()) continue;
        purl += mark + encoded(part);
        mark = '/';
    }
    auto reference = parse_reference(purl);
    if (!reference || reference->space.empty()) {
        return invalid(repository, reference ? std::string(repository) + " names no repository" : reference.error().message, where, context);
    }
    std::string written(repository);
    if (!path.empty()) written += "/" + std::string(path);
    if (!revision.empty()) written += "@" + std::string(revision);
    Requirement requirement = requirement_at(where, std::move(*reference), written);
    requirement.source = Requirement::Source::git;
    const std::string commit = ascii_lower(revision);
    requirement.pinned = is_lower_hex(commit, 40) || is_lower_hex(commit, 64);
    context.evidence.requirements.push_back(std::move(requirement));
    return true;
}

bool record_unknown(std::string_view scheme, std::string_view written, const Location& where, IntakeContext& context) {
    if (!context.room()) return false;
    const std::size_t colon = scheme.find(':');
    const std::string_view type = colon == std::string_view::npos ? std::string_view{} : scheme.substr(colon + 1);
    scheme = scheme.substr(0, colon);
    const std::string spelling = std::string(scheme) + ":" + std::string(type) + (type.empty() ? "?" : "/?");
    Requirement requirement = requirement_at(where, computed(scheme, type, spelling), {});
    requirement.written = (scheme == "oci" ? redacted_image(written) : redacted_url(written)).substr(0, 200);
    if (!is_utf8(requirement.written) || has_control_characters(requirement.written)) requirement.written = escape_terminal(requirement.written, 200);
    requirement.dynamic = true;
    requirement.source = Requirement::Source::unknown;
    context.evidence.requirements.push_back(std::move(requirement));
    return true;
}

bool is_local_path(std::string_view text) {
    if (text == "." || text == ".." || text.starts_with('/') || text.starts_with("./") || text.starts_with("../") || text.starts_with('~')) return true;
    if (text.find('\\') != std::string_view::npos || ascii_lower(text.substr(0, 5)) == "file:") return true;
    const bool letter = !text.empty() && ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
    return letter && text.size() > 2 && text[1] == ':' && text[2] == '/';
}

bool is_template(std::string_view text) {
    return text.find("{{") != std::string_view::npos || text.find("${") != std::string_view::npos || text.find("$(") != std::string_view::npos;
}

}  // namespace headgate::intake
