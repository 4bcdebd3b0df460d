// load_extends.cpp: the list `extends`: which policies this one tightens.
#include <algorithm>

#include "policy/fields.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

constexpr std::string_view kBuiltin = "builtin:";

void read_path(Loading& loading, const Yaml& node, Extension& extension) {
    extension.path = read_file_name(loading, node);
    if (extension.path.starts_with(kBuiltin)) loading.mistakes.add(node, "a file's name cannot begin with 'builtin:'; write ./" + extension.path);
    extension.place = loading.mistakes.place_of(node);
}
void read_sha256(Loading& loading, const Yaml& node, Extension& extension) {
    if (node.is_scalar() && !node.text.starts_with("sha256:")) {
        Yaml whole = node;
        whole.text = "sha256:" + node.text;
        return read_sha256(loading, whole, extension);
    }
    if (const auto digest = read_digest(loading, node)) extension.sha256 = digest->substr(7);
    extension.sha256_place = loading.mistakes.place_of(node);
}

constexpr std::array<Field<Extension>, 2> kExtension = {{
    {{"path", Need::required, Shape::text, "policy file, relative to this one"}, read_path},
    {{"sha256", Need::optional, Shape::digest, "SHA-256 that its bytes must have; needed when this policy is pinned or signed"},
     read_sha256},
}};

}  // namespace

void read_extends(Loading& loading, const Yaml& node, std::vector<Extension>& extensions) {
    if (!node.is_sequence() || node.items.empty()) {
        return loading.mistakes.add(node, "expected a list: builtin:NAME, or { path: FILE, sha256: ... }");
    }
    for (const Yaml& item : node.items) {
        Extension extension;
        extension.line = loading.mistakes.line_of(item);
        extension.place = loading.mistakes.place_of(item);
        if (item.is_scalar()) {
            const auto text = read_text(loading, item);
            if (text && (!text->starts_with(kBuiltin) || !is_name(text->substr(kBuiltin.size())))) {
                loading.mistakes.add(item, "expected builtin:NAME, or { path: FILE, sha256: ... } for a file");
            }
            if (text) extension.builtin = text->substr(std::min(text->size(), kBuiltin.size()));
        } else {
            const Within here(loading, "-");
            read_fields(loading, item, "an entry of extends", kExtension, extension);
        }
        const auto same = std::find_if(extensions.begin(), extensions.end(), [&](const Extension& other) {
            return other.builtin == extension.builtin && other.path == extension.path;
        });
        if (same != extensions.end()) loading.mistakes.add(item, "this policy is extended already, at " + same->line);
        extensions.push_back(std::move(extension));
    }
}

std::vector<Section> sections_of_extends() {
    return {section_of("extension", "a policy file that this one tightens", kExtension)};
}

}  // namespace headgate::policy
