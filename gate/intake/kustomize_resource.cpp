#include "intake/kustomize_resource.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::intake {
namespace {

/// The value of `ref`, or of `version`, which is its old name.
std::string revision_of(std::string_view query) {
    std::string revision;
    for (const std::string_view pair : split(query, '&')) {
        if (pair.starts_with("ref=")) return std::string(pair.substr(4));
        if (pair.starts_with("version=")) revision = pair.substr(8);
    }
    return revision;
}

bool is_forge(std::string_view host) { return host == "github.com" || host == "www.github.com" || host == "gitlab.com" || host == "bitbucket.org"; }

/// Where "name@host:path" and "host:path" end their host: a colon before any slash; npos where there is none.
std::size_t host_colon(std::string_view place) {
    const std::size_t colon = place.find(':');
    return colon != std::string_view::npos && colon < place.find('/') ? colon : std::string_view::npos;
}

/// `path` of a URL, behind the host: the repository in it, without the folder below it.
std::string_view repository_in(std::string_view path, bool forge) {
    if (const std::size_t mark = path.find("//"); mark != std::string_view::npos) return path.substr(0, mark);
    if (const std::size_t mark = path.find(".git/"); mark != std::string_view::npos) return path.substr(0, mark + 4);
    if (!forge) return path;
    const std::size_t owner = path.find('/');
    return owner == std::string_view::npos ? path : path.substr(0, path.find('/', owner + 1));
}

}  // namespace

bool is_kustomization_name(std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

bool record_kustomize_resource(std::string_view text, const Location& where, IntakeContext& context) {
    if (is_template(text)) return record_unknown("pkg:github", text, where, context);
    const bool forced = text.starts_with("git::");
    std::string_view place = forced ? text.substr(5) : text;
    if (ascii_lower(place.substr(0, 7)) == "file://") return true;
    const std::size_t question = place.find('?');
    const std::string revision = question == std::string_view::npos ? std::string() : revision_of(place.substr(question + 1));
    place = place.substr(0, question);

    const std::size_t mark = place.find("://");
    std::string scheme = mark == std::string_view::npos ? std::string() : ascii_lower(place.substr(0, mark));
    std::string_view rest = mark == std::string_view::npos ? place : place.substr(mark + 3);
    const std::size_t colon = scheme.empty() ? host_colon(rest) : std::string_view::npos;
    const std::size_t end = std::min(colon != std::string_view::npos ? colon : rest.find('/'), rest.size());
    std::string_view host = rest.substr(0, end);
    const bool login = host.find('@') != std::string_view::npos;
    if (login) host = host.substr(host.rfind('@') + 1);
    const bool forge = is_forge(ascii_lower(host));
    std::string_view path = rest.substr(std::min(end + 1, rest.size()));
    if (scheme.empty()) {
        const bool git = forced || login || forge || colon != std::string_view::npos || !revision.empty() || rest.ends_with(".git") || rest.find(".git/") != std::string_view::npos;
        if (!git || is_local_path(place)) return true;
        scheme = login && colon != std::string_view::npos ? "ssh" : "https";
    }
    const bool http = scheme == "https" || scheme == "http";
    const bool file = path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
    const bool git = forced || !http || !revision.empty() || path.find("//") != std::string_view::npos || path.ends_with(".git") || path.find(".git/") != std::string_view::npos ||
                     (forge && !file);
    if (!git) return record_url(text, where, context);
    std::string url = scheme + "://" + std::string(host) + "/" + std::string(repository_in(path, forge));
    while (url.ends_with('/')) url.pop_back();
    if (!revision.empty()) url += "#" + revision;
    return record_git(url, where, context);
}

}  // namespace headgate::intake
