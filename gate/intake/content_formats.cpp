// Formats that no name tells: by words at first, which is quick, and then by what their parser finds.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/kubernetes.hpp"
#include "intake/kustomize_resource.hpp"
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

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// The letter that stands escaped behind a backslash, and how long that is; nullopt for what is no letter of ASCII.
std::optional<std::pair<char, std::size_t>> escaped(std::string_view behind) {
    const std::size_t digits = behind.starts_with('x') ? 2 : behind.starts_with('u') ? 4 : behind.starts_with('U') ? 8 : 0;
    if (digits == 0 || behind.size() <= digits) return std::nullopt;
    int value = 0;
    for (const char c : behind.substr(1, digits)) {
        const int digit = hex_digit(c);
        if (digit < 0 || value > 7) return std::nullopt;
        value = value * 16 + digit;
    }
    if (value >= 128) return std::nullopt;
    return std::pair(static_cast<char>(value), digits + 1);
}

/// Behind a tag "!!binary" a text stands in base64, which may be a key: each as one, for a search for words.
std::string behind_binary(std::string_view text) {
    constexpr std::string_view kTag = "binary";
    constexpr std::size_t kMost = 64;
    std::string result;
    for (std::size_t at = text.find(kTag); at != std::string_view::npos; at = text.find(kTag, at + 1)) {
        const std::size_t begin = std::min(text.find_first_not_of("> \t\r\n\"'", at + kTag.size()), text.size());
        const std::string_view rest = text.substr(begin, kMost);
        const std::size_t letters = std::min(rest.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="), rest.size());
        if (const auto plain = from_base64(rest.substr(0, letters))) result += "\n" + std::string(as_text(*plain)) + ":";
    }
    return result;
}

/// The text as a reader of JSON or YAML takes it, for a search for words: escapes of letters and of line ends in quotes are undone,
/// and of UTF-16 the letters are left.
std::string spelled_out(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\0') continue;
        if (text[at] != '\\') {
            result += text[at];
            continue;
        }
        const std::string_view behind = text.substr(at + 1);
        if (const auto letter = escaped(behind)) {
            result += letter->first;
            at += letter->second;
        } else if (behind.starts_with('\n') || behind.starts_with("\r\n")) {
            at = std::min(text.find_first_not_of(" \t", at + (behind.front() == '\r' ? 3 : 2)), text.size()) - 1;
        } else {
            result += text[at];
        }
    }
    return result + behind_binary(result);
}

/// Tags under other names, which nothing here follows.
bool renames_tags(std::string_view text) { return text.starts_with("%TAG") || has_word(text, "\n%TAG"); }

/// `key` is a key somewhere: quoted or not, indented, in flow style, or where an alias puts it.
bool has_loose_key(std::string_view text, std::string_view key) {
    for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
        const std::size_t end = text.find_first_not_of("\"' \t\r\n", at + key.size());
        if (end != std::string_view::npos && text[end] == ':') return true;
        const std::string_view before = text.substr(at - std::min<std::size_t>(at, 64), std::min<std::size_t>(at, 64));
        const std::size_t anchor = before.rfind('&');
        if (anchor != std::string_view::npos && before.find_first_of(",:", anchor) == std::string_view::npos) return true;
    }
    return false;
}

/// Something that an object could name an image, a model or a repository with.
bool may_name(std::string_view text) {
    static constexpr std::array<std::string_view, 12> kWords = {"mage",          "://",          "ontainer",   "modelFormat", "kustomize", "Kustomization", "runtimeEnv", "runtime_env",
                                                               "serveConfigV2", "volumeHandle", "entrypoint", "serving.kserve.io"};
    return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return has_word(text, word); });
}

/// An object of Kubernetes as everybody writes one.
bool is_kubernetes(std::string_view text, bool json) {
    const bool object = json ? has_word(text, "\"apiVersion\"") && has_word(text, "\"kind\"")
                             : (has_key(text, "apiVersion:") && has_key(text, "kind:")) || (has_word(text, "\"apiVersion\"") && has_word(text, "\"kind\"") && trim(text.substr(0, 200)).starts_with('{'));
    return object && may_name(text);
}

/// However it is written: what the parser finds decides then (settled_format).
bool may_be_kubernetes(std::string_view text) {
    if (renames_tags(text)) return true;
    const bool plain = text.find('\\') == std::string_view::npos && text.find('\0') == std::string_view::npos && !has_word(text, "binary");
    const std::string spelled = plain ? std::string() : spelled_out(text);
    const std::string_view words = plain ? text : std::string_view(spelled);
    return has_word(words, "apiVersion") && has_word(words, "kind") && may_name(words);
}

/// What the parser could not read is an object all the same, by its keys.
bool has_keys_of_an_object(std::string_view text) {
    const std::string spelled = spelled_out(text);
    return renames_tags(text) || (has_loose_key(spelled, "apiVersion") && has_loose_key(spelled, "kind"));
}

bool is_json_name(std::string_view path) { return ascii_lower(path.substr(path.rfind('/') + 1)).ends_with(".json"); }

/// It is YAML or JSON, and nothing in it is an object.
bool has_no_object(const Evidence& facts) {
    return std::all_of(facts.opaques.begin(), facts.opaques.end(), [](const Opaque& one) { return one.why == kubernetes::kNoObject; });
}

}  // namespace

const ManifestFormat* script_format(std::string_view path, ByteView bytes) {
    return path.ends_with(".py") && has_script_block(bytes) ? row("script block") : nullptr;
}

bool has_telling_name(std::string_view path) {
    if (is_kustomization_name(path)) return true;
    const std::string name = ascii_lower(path.substr(path.rfind('/') + 1));
    return name.ends_with(".py") || name.ends_with(".ipynb") || name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

const ManifestFormat* content_format(std::string_view path, ByteView bytes) {
    const std::string name = ascii_lower(path.substr(path.rfind('/') + 1));
    const std::string_view text = as_text(bytes);
    if (name.ends_with(".py")) return python::may_name_models(text) ? row("Python source") : script_format(path, bytes);
    if (name.ends_with(".ipynb")) {
        // Any notebook: what it installs can be written in more ways than words tell. The key may be spelled with escapes.
        const bool cells = has_word(text, "\"cells\"") || has_word(text, "\\u00");
        return cells ? row("notebook") : nullptr;
    }
    if (is_kustomization_name(path)) return row("Kubernetes");
    const bool json = name.ends_with(".json");
    if (!json && !name.ends_with(".yaml") && !name.ends_with(".yml")) return nullptr;
    if (may_be_kubernetes(text)) return row("Kubernetes");
    return may_be_hub_settings(text) ? row("hub settings") : nullptr;
}

const ManifestFormat* settled_format(const ManifestFormat& candidate, std::string_view path, ByteView bytes, const Evidence& facts) {
    const bool requirements = !facts.requirements.empty() || !facts.includes.empty() || !facts.index_options.empty();
    // What nobody can read may name anything; settings of an unknown program that are no YAML are none of ours.
    const bool unread = candidate.name != "hub settings" && !facts.opaques.empty();
    const bool found = std::any_of(facts.findings.begin(), facts.findings.end(), [](const Finding& finding) { return finding.id.starts_with("source."); });
    if (candidate.name == "Kubernetes" && !requirements && !is_kustomization_name(path) && !is_kubernetes(as_text(bytes), is_json_name(path))) {
        // Taken for it by words alone.
        const bool hidden = has_word(behind_binary(as_text(bytes)), "\napiVersion:");     // the tree has the key as it is written
        if (has_no_object(facts) && !hidden) return may_be_hub_settings(as_text(bytes)) ? row("hub settings") : nullptr;
        if (!has_keys_of_an_object(as_text(bytes))) return nullptr;
    }
    if (candidate.name != "Python source") return requirements || unread || found ? &candidate : nullptr;
    const bool models = std::any_of(facts.requirements.begin(), facts.requirements.end(), [](const Requirement& one) { return one.reference.type != "pypi"; });
    const bool endpoint = std::any_of(facts.index_options.begin(), facts.index_options.end(), [](const IndexOption& one) { return one.ecosystem == "hf"; });
    const ManifestFormat* block = script_format(path, bytes);
    if (models || endpoint || found || (unread && block == nullptr)) return &candidate;
    return block;
}

const ManifestFormat* included_format(const ManifestFormat* including, std::string_view path) {
    if (including->name == ".gitlab-ci.yml") return including;
    if (including->name != "compose.yaml") return &manifest_formats().front();   // pip reads it as requirements, whatever its name
    return path.ends_with(".yaml") || path.ends_with(".yml") ? including : row("Dockerfile");
}

}  // namespace headgate::intake
