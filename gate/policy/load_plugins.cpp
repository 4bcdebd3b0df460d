// load_plugins.cpp: the section `plugins`: which programs rules may ask, pinned by digest. They are named only: the pipeline
// reads them, compares their digests, and says the right one where it is missing or wrong.
#include <algorithm>

#include "base/text.hpp"
#include "policy/fields.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

constexpr std::int64_t kLongest = 3600;  // seconds
constexpr std::size_t kMostData = 16;

void read_path(Loading& loading, const Yaml& node, PluginSpec::File& file) {
    file.path = read_file_name(loading, node);
    file.place = loading.mistakes.place_of(node);
}

void read_sha256(Loading& loading, const Yaml& node, PluginSpec::File& file) {
    Yaml whole = node;
    if (node.is_scalar() && !node.text.starts_with("sha256:")) whole.text = "sha256:" + node.text;
    if (const auto digest = read_digest(loading, whole)) file.sha256 = digest->substr(7);
    file.sha256_place = loading.mistakes.place_of(node);
}

constexpr std::array<Field<PluginSpec::File>, 2> kData = {{
    {{"path", Need::required, Shape::text, "the file, relative to the policy"}, read_path},
    {{"sha256", Need::optional, Shape::digest, "SHA-256 that its bytes must have; the load error says it where it is missing"}, read_sha256},
}};

// Calls `read` for each named entry; `what` is what the names are of.
template <typename Read>
void each_named(Loading& loading, const Yaml& node, const std::string& what, const Read& read) {
    if (!node.is_mapping() || node.entries.empty()) return loading.mistakes.add(node, "expected " + what + " by name: { NAME: { ... } }");
    for (const Yaml::Entry& entry : node.entries) {
        if (is_name(entry.key)) {
            read(entry);
        } else {
            loading.mistakes.add(entry, "expected a name of letters, digits, '.', '_' and '-', not " + shown(entry.key));
        }
    }
}

void read_run(Loading& loading, const Yaml& node, PluginSpec& plugin) { read_path(loading, node, plugin.program); }
void read_pin(Loading& loading, const Yaml& node, PluginSpec& plugin) { read_sha256(loading, node, plugin.program); }

void read_plugin_network(Loading& loading, const Yaml& node, PluginSpec& plugin) {
    if (!node.boolean()) return loading.mistakes.add(node, "expected true or false");
    plugin.network = *node.boolean();
}

void read_timeout(Loading& loading, const Yaml& node, PluginSpec& plugin) {
    const auto seconds = read_duration(loading, node);
    if (seconds && *seconds > kLongest) return loading.mistakes.add(node, "expected an hour at most");
    if (seconds) plugin.timeout = *seconds;
}

// Names that the gate sets itself, or holds secrets of its own in.
bool is_ours(std::string_view variable) {
    constexpr std::array<std::string_view, 4> kSet = {"PATH", "HOME", "TMPDIR", "LANG"};
    return variable.starts_with("HEADGATE_") || std::find(kSet.begin(), kSet.end(), variable) != kSet.end();
}

void read_pass_env(Loading& loading, const Yaml& node, PluginSpec& plugin) {
    if (node.is_sequence() && node.items.empty()) return loading.mistakes.add(node, "an empty list passes nothing; leave it out");
    plugin.pass_env = read_list(loading, node);
    for (const Yaml* item : items_of(node)) {
        const std::string& name = item->text;
        const bool word = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
        if (!word || (name[0] >= '0' && name[0] <= '9')) {
            loading.mistakes.add(*item, "expected the name of an environment variable, not " + shown(name));
        } else if (is_ours(name)) {
            loading.mistakes.add(*item, shown(name) + " is not passed on: the gate sets it for the plugin, or keeps its own secrets in it");
        }
    }
}

void read_data(Loading& loading, const Yaml& node, PluginSpec& plugin) {
    each_named(loading, node, "files that the plugin is given", [&](const Yaml::Entry& entry) {
        PluginSpec::File file;
        file.name = entry.key;
        const Within here(loading, "-");
        if (read_fields(loading, entry.value, "a file of 'data'", kData, file)) plugin.data.push_back(std::move(file));
    });
    if (plugin.data.size() > kMostData) loading.mistakes.add(node, "expected " + std::to_string(kMostData) + " files at most");
}

constexpr std::array<Field<PluginSpec>, 6> kPlugin = {{
    {{"run", Need::required, Shape::text, "the executable, relative to the policy: a binary, or a script with its #! line"}, read_run},
    {{"sha256", Need::optional, Shape::digest, "SHA-256 of the executable; needed, and the load error says it where it is missing"}, read_pin},
    {{"network", Need::optional, Shape::flag, "whether it may use the network: all of it, or nothing", "false"}, read_plugin_network},
    {{"timeout", Need::optional, Shape::duration, "the longest that one call may take; then it could not decide", "5s"}, read_timeout},
    {{"pass-env", Need::optional, Shape::list, "variables of the gate's environment that it may see; without it none"}, read_pass_env},
    {{"data", Need::optional, Shape::named_sections, "files that it is given beside the subject, by name: rules, lists", {}, {}, "plugin-data"}, read_data},
}};

}  // namespace

void read_plugins(Loading& loading, const Yaml& node, Policy& policy) {
    each_named(loading, node, "plugins", [&](const Yaml::Entry& entry) {
        PluginSpec plugin;
        plugin.name = entry.key;
        Yaml at;
        at.line = entry.key_line;
        at.column = entry.key_column;
        plugin.line = loading.mistakes.line_of(at);
        if (const PluginSpec* const known = policy.find_plugin(entry.key)) {
            return loading.mistakes.add(entry, "plugin '" + entry.key + "' is defined already, at " + known->line + ", and stays as it is");
        }
        const Within here(loading, "plugins." + entry.key + ".");
        if (read_fields(loading, entry.value, "a plugin", kPlugin, plugin)) policy.plugins.push_back(std::move(plugin));
    });
}

std::vector<Section> sections_of_plugins() {
    return {section_of("plugin", "a program that rules may ask", kPlugin),
            section_of("plugin-data", "a file that a plugin is given", kData)};
}

}  // namespace headgate::policy
