// Formats that no name tells: by words at first, which is quick, and then by what their parser finds.
#include <algorithm>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/python_source.hpp"

namespace headgate::intake {
namespace {

const ManifestFormat* row(std::string_view name) {
    const auto formats = manifest_formats();
    const auto found = std::find_if(formats.begin(), formats.end(), [&](const ManifestFormat& format) { return format.name == name; });
    return found == formats.end() ? nullptr : &*found;
}

/// `key` begins a line, whatever stands in front of it in a list.
bool has_key(std::string_view text, std::string_view key) {
    for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
        if (at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r' || (at == 3 && text.starts_with("\xEF\xBB\xBF"))) return true;
    }
    return false;
}

bool has_word(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

/// An object of Kubernetes that could name an image or a model.
bool may_be_kubernetes(std::string_view text, bool json) {
    const bool object = json ? has_word(text, "\"apiVersion\"") && has_word(text, "\"kind\"")
                             : (has_key(text, "apiVersion:") && has_key(text, "kind:")) || (has_word(text, "\"apiVersion\"") && has_word(text, "\"kind\"") && trim(text.substr(0, 200)).starts_with('{'));
    return object && (has_word(text, "image") || has_word(text, "://") || has_word(text, "containers"));
}

}  // namespace

const ManifestFormat* script_format(std::string_view path, ByteView bytes) {
    return path.ends_with(".py") && has_script_block(bytes) ? row("script block") : nullptr;
}

bool has_telling_name(std::string_view path) {
    const std::string name = ascii_lower(path.substr(path.rfind('/') + 1));
    return name.ends_with(".py") || name.ends_with(".ipynb") || name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

const ManifestFormat* content_format(std::string_view path, ByteView bytes) {
    const std::string name = ascii_lower(path.substr(path.rfind('/') + 1));
    const std::string_view text = as_text(bytes);
    if (name.ends_with(".py")) return python::may_name_models(text) ? row("Python source") : script_format(path, bytes);
    if (name.ends_with(".ipynb")) {
        const bool installs = has_word(text, "pip install") || has_word(text, "download");
        return has_word(text, "\"cells\"") && (installs || python::may_name_models(text)) ? row("notebook") : nullptr;
    }
    const bool json = name.ends_with(".json");
    if (!json && !name.ends_with(".yaml") && !name.ends_with(".yml")) return nullptr;
    if (may_be_kubernetes(text, json)) return row("Kubernetes");
    return may_be_hub_settings(text) ? row("hub settings") : nullptr;
}

const ManifestFormat* settled_format(const ManifestFormat& candidate, std::string_view path, ByteView bytes, const Evidence& facts) {
    const bool requirements = !facts.requirements.empty() || !facts.includes.empty() || !facts.index_options.empty();
    // What nobody can read may name anything; settings of an unknown program that are no YAML are none of ours.
    const bool unread = candidate.name != "hub settings" && !facts.opaques.empty();
    const bool found = std::any_of(facts.findings.begin(), facts.findings.end(), [](const Finding& finding) { return finding.id.starts_with("source."); });
    if (candidate.name != "Python source") return requirements || unread || found ? &candidate : nullptr;
    const bool models = std::any_of(facts.requirements.begin(), facts.requirements.end(), [](const Requirement& one) { return one.reference.type != "pypi"; });
    const bool endpoint = std::any_of(facts.index_options.begin(), facts.index_options.end(), [](const IndexOption& one) { return one.ecosystem == "hf"; });
    const ManifestFormat* block = script_format(path, bytes);
    if (models || endpoint || found || (unread && block == nullptr)) return &candidate;
    return block;
}

const ManifestFormat& included_format(const ManifestFormat& including, std::string_view path) {
    if (including.name == ".gitlab-ci.yml") return including;
    if (including.name != "compose.yaml") return manifest_formats().front();   // pip reads it as requirements, whatever its name
    return path.ends_with(".yaml") || path.ends_with(".yml") ? including : *row("Dockerfile");
}

}  // namespace headgate::intake
