#include "intake/pod_images.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "intake/csi_volume.hpp"
#include "intake/image_shape.hpp"
#include "intake/served.hpp"

namespace headgate::intake::kubernetes {
namespace {

constexpr std::size_t kMostPath = 200;           // bytes of a path that is shown
constexpr std::size_t kMostExpanded = 1U << 20U; // bytes of a container's variables, or arguments, others put into them
constexpr std::string_view kInitializer = "storage-initializer";
/// Where an initializer looks for what it fetches; others say so with a scheme of models alone.
constexpr std::string_view kStorage = "STORAGE_URI";
constexpr std::array<std::string_view, 7> kOfModels = {"MODEL_URI", "MODEL_STORAGE_URI", "MLSERVER_MODEL_URI", "AIP_STORAGE_URI", "DATASET_URI", "MODEL_SOURCE", "MODEL_SOURCE_URI"};

/// The reader of servers' commands takes these for itself.
bool is_for_servers(std::string_view text) { return text.starts_with("hf://"); }

}  // namespace

std::string below(const std::string& path, std::string_view key) {
    if (path.size() > kMostPath) return path;
    return path.empty() ? std::string(key) : path + "." + std::string(key.substr(0, 80));
}
std::string item(const std::string& path, std::size_t index) { return path.size() > kMostPath ? path : path + "[" + std::to_string(index) + "]"; }

Location PodImages::where(const Tree& node, const std::string& path) const {
    Location place = at(node);
    place.member += (place.member.empty() || path.empty() ? "" : " ") + path;
    return place;
}

void PodImages::refuse(const std::string& why, const Tree& node, const std::string& path) { note(not_understood_at(context_, why, where(node, path))); }

void PodImages::annotations(const Tree& of, const std::string& path) {
    const Tree* metadata = child(of, "metadata");
    const Tree* list = metadata == nullptr ? nullptr : child(*metadata, "annotations");
    if (list == nullptr) return;
    for (const Tree::Entry& entry : list->entries) {
        if (!is_source_annotation(entry.key) || !entry.value.is_text()) continue;
        note(record_uri(trim(entry.value.text), where(entry.value, below(path, "metadata.annotations")), "an annotation", context_));
    }
}

void PodImages::pod(const Tree& spec, const std::string& path) {
    if (owner_.object != nullptr && !patching_) note(read_workload(spec, path, owner_, context_));
    for (const std::string_view key : {"initContainers", "containers", "ephemeralContainers"}) containers(&spec, path, key);
    std::size_t index = 0;
    each_child(child(spec, "volumes"), [&](std::string_view, const Tree& one) { volume(one, item(below(path, "volumes"), index++)); });
}

void PodImages::volume(const Tree& one, const std::string& path) {
    if (const Tree* image = child(one, "image")) {
        if (const Tree* reference = child(*image, "reference")) image_node(*reference, below(below(path, "image"), "reference"));
    }
    if (const Tree* csi = child(one, "csi"); csi != nullptr && csi->is_table()) {
        mark(*csi);
        note(record_csi(*csi, CsiSource::inline_volume, where(*csi, below(path, "csi")), context_));
    }
    if (const Tree* flex = child(one, "flexVolume"); flex != nullptr && flex->is_table()) {
        mark(*flex);
        note(record_flex(*flex, where(*flex, below(path, "flexVolume")), context_));
    }
    // The node clones it.
    const Tree* git = child(one, "gitRepo");
    const Tree* repository = git == nullptr ? nullptr : child(*git, "repository");
    if (repository == nullptr || !repository->is_text()) return;
    mark(*git);
    const Tree* revision = child(*git, "revision");
    std::string url(trim(repository->text));
    if (revision != nullptr && revision->is_text() && !revision->text.empty()) url += "#" + revision->text;
    const Location place = where(*repository, below(below(path, "gitRepo"), "repository"));
    note(is_template(url) ? record_unknown("pkg:github", url, place, context_) : record_git(url, place, context_));
}

void PodImages::containers(const Tree* spec, const std::string& path, std::string_view key) {
    const Tree* list = spec == nullptr ? nullptr : child(*spec, key);
    if (list == nullptr) return;
    if (!list->is_array()) return refuse("`" + std::string(key) + "` is no list", *list, below(path, key));
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        if (!context_.room()) return;
        const std::string here = item(below(path, key), i);
        if (!list->items[i].is_table()) {
            refuse("a container that is no mapping", list->items[i], here);
        } else {
            container(list->items[i], here);
        }
    }
}

void PodImages::container(const Tree& one, const std::string& path, bool may_be_blank) {
    mark(one);
    const Tree* image = one.find("image");
    const bool blank = image == nullptr || (may_be_blank && (image->type == Tree::Type::null || (image->is_text() && trim(image->text).empty())));
    if (!blank) image_node(*image, below(path, "image"));
    runs(one, path, image != nullptr && image->is_text() ? image->text : std::string());
}

GivenEnvironment PodImages::environment(const Tree& one, const std::string& path) {
    GivenEnvironment given;
    std::size_t bytes = 0;
    bool too_much = false;
    each_child(child(one, "env"), [&](std::string_view, const Tree& variable) {
        const Tree* name = child(variable, "name");
        if (name == nullptr || !name->is_text()) return;
        if (child(variable, "valueFrom") != nullptr) {
            // The last of a name is the one that counts.
            given.known.erase(name->text);
            given.elsewhere.insert(name->text);
            return;
        }
        const Tree* value = child(variable, "value");
        if (value != nullptr) mark(*value);
        std::string text = value == nullptr ? std::string() : value->text;
        // The kubelet puts those in that stand before it.
        const std::optional<std::string> expanded = bytes > kMostExpanded ? std::nullopt : expand_parentheses(text, given.known);
        bytes += expanded ? expanded->size() : kMostExpanded + 1;
        if (!expanded && !std::exchange(too_much, true)) refuse("variables that grow beyond all measure", one, path);
        if (expanded) text = *expanded;
        given.elsewhere.erase(name->text);
        given.known.insert_or_assign(name->text, std::move(text));
    });
    const Tree* maps = child(one, "envFrom");
    given.whole_maps = maps != nullptr && !maps->items.empty();
    return given;
}

void PodImages::runs(const Tree& one, const std::string& path, const std::string& image) {
    ServerCommand command;
    command.image = image;
    for (const std::string_view key : {"command", "args"}) {
        const Tree* words = child(one, key);
        if (words == nullptr) continue;
        for (const Tree& word : words->items) {
            mark(word);
            command.words.push_back(word.text);
        }
    }
    GivenEnvironment given = environment(one, path);
    command.environment = given.known;
    command.by_kubelet = true;
    const Tree* arguments = child(one, "args");
    const Location place = where(arguments != nullptr ? *arguments : one, arguments != nullptr ? below(path, "args") : path);
    note(record_served(command, place, context_));
    const Tree* variables = child(one, "env") != nullptr ? child(one, "env") : child(one, "envFrom");
    if (variables != nullptr) record_elsewhere(given, image, command.words, where(*variables, below(path, child(one, "env") != nullptr ? "env" : "envFrom")), context_);
    fetched_by_variables(given, one, path);
    for (const std::string_view probe : {"livenessProbe", "readinessProbe", "startupProbe"}) beside(child(one, probe), below(path, probe), given, image, true);
    const Tree* lifecycle = child(one, "lifecycle");
    for (const std::string_view hook : {"postStart", "preStop"}) {
        if (lifecycle != nullptr) beside(child(*lifecycle, hook), below(below(path, "lifecycle"), hook), given, image, false);
    }
    const Tree* name = child(one, "name");
    const bool initializer = (name != nullptr && name->text.starts_with(kInitializer)) || image.find(kInitializer) != std::string::npos;
    if (initializer) initialized(command.words, given, one, path);
}

/// What the kubelet runs in the container beside its command. In probes it puts in the variables, in hooks it does not.
void PodImages::beside(const Tree* handler, const std::string& path, const GivenEnvironment& given, const std::string& image, bool expands) {
    const Tree* exec = handler == nullptr ? nullptr : child(*handler, "exec");
    const Tree* words = exec == nullptr ? nullptr : child(*exec, "command");
    if (words == nullptr) return;
    ServerCommand command;
    command.image = image;
    command.environment = given.known;
    command.by_kubelet = expands;
    command.beside = true;
    if (words->is_text()) command.words.push_back(words->text);
    for (const Tree& word : words->items) {
        mark(word);
        command.words.push_back(word.text);
    }
    if (!command.words.empty()) note(record_served(command, where(*words, below(below(path, "exec"), "command")), context_));
}

/// Places from which a program in the container fetches a model or its data, by the names of its variables.
void PodImages::fetched_by_variables(const GivenEnvironment& given, const Tree& one, const std::string& path) {
    for (const auto& [name, text] : given.known) {
        const std::string_view value = trim(text);
        if (is_for_servers(text) || value.empty() || !context_.has_room()) continue;
        const bool storage = name == kStorage && (value.find("://") != std::string_view::npos || is_template(value));
        const bool named = std::find(kOfModels.begin(), kOfModels.end(), name) != kOfModels.end() && names_an_artifact(value);
        if (!storage && !named && !names_a_model(value)) continue;
        const Tree* env = child(one, "env");
        note(record_uri(value, where(env == nullptr ? one : *env, below(path, "env")), name, context_));
    }
}

/// KServe's initializer is given places and where to put what is there, one after the other.
void PodImages::initialized(const std::vector<std::string>& words, const GivenEnvironment& given, const Tree& one, const std::string& path) {
    const Tree* command = child(one, "command");
    const Tree* args = child(one, "args");
    const std::size_t first = command == nullptr ? 0 : command->items.size();    // of the arguments, among the words
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool argument = i >= first && args != nullptr && i - first < args->items.size();
        const Location place = argument ? where(args->items[i - first], item(below(path, "args"), i - first)) : where(one, item(below(path, "command"), i));
        const std::optional<std::string> expanded = expand_parentheses(words[i], given.known);
        bytes += expanded ? expanded->size() : 0;
        if (!expanded || bytes > kMostExpanded) return refuse("a command that grows beyond all measure", one, path);
        std::string_view rest = *expanded;
        while (!rest.empty() && context_.has_room()) {
            const std::size_t end = std::min(rest.find_first_of(" \t\r\n'\""), rest.size());
            std::string_view text = rest.substr(0, end);
            const bool alone = end == expanded->size();
            rest.remove_prefix(std::min(end + 1, rest.size()));
            const bool option = text.starts_with('-');
            if (option) text = text.substr(std::min(text.find('='), text.size() - 1) + 1);
            if (is_for_servers(text) || (option && !names_an_artifact(text))) continue;
            if (text.find("://") != std::string_view::npos) {
                note(record_uri(text, place, "an argument", context_));
            } else if (alone && text.starts_with('$')) {
                note(record_unknown("hf", text, place, context_));
            }
        }
    }
}

void PodImages::image_node(const Tree& node, const std::string& path) {
    mark(node);
    if (!node.is_text() || trim(node.text).empty()) return refuse("an image that is blank, or no text", node, path);
    image_text(node.text, node, path);
}

void PodImages::image_text(const std::string& text, const Tree& node, const std::string& path) {
    note(is_template(text) ? record_unknown("oci", text, where(node, path), context_) : record_image(text, where(node, path), "a container", context_));
}

}  // namespace headgate::intake::kubernetes
