#include "intake/kinds_of_others.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "intake/csi_volume.hpp"
#include "intake/image_shape.hpp"
#include "intake/ray_environment.hpp"
#include "intake/served.hpp"

namespace headgate::intake::kubernetes {
namespace {

using codec::Tree;

/// By which KServe, Seldon, Kubeflow and others name where a model or its data lies; several of each in a list.
constexpr std::array<std::string_view, 12> kStorageKeys = {"storageUri", "storageURI", "storage_uri", "storageUris", "sourceModelUri", "sourceModelURI", "modelUri", "modelURI",
                                                          "model_uri", "modelUris", "datasetUri", "datasetURI"};
/// Of KServe's `storage`: any of them alone is a place that a secret completes.
constexpr std::array<std::string_view, 6> kStorageParts = {"path", "key", "parameters", "schemaPath", "s3", "persistentVolumeClaim"};

/// A scalar with a tag such as !!binary, which yaml.hpp gives as a mapping from the tag.
bool is_tagged(const Tree& node) {
    if (node.entries.size() != 1 || node.entries[0].value.is_table() || node.entries[0].value.is_array()) return false;
    return node.entries[0].key.starts_with('!') || node.entries[0].key.starts_with("tag:");
}

/// "initContainers", "sidecarContainers", "engineContainer": what stands there is a container, or a list or mapping of them.
bool is_of_containers(std::string_view key) {
    const std::string lower = ascii_lower(key.substr(key.size() - std::min<std::size_t>(key.size(), 10)));
    return lower.ends_with("containers") || lower.ends_with("container");
}

/// "driverImage", "imageName", ...
bool is_called_an_image(std::string_view key) {
    static constexpr std::array<std::string_view, 6> kEndings = {"image", "imagename", "imageref", "imagereference", "imageuri", "imageurl"};
    if (key.size() > 80) return false;
    const std::string lower = ascii_lower(key);
    return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return lower.ends_with(ending); });
}

/// What only a container has beside its image.
bool is_like_a_container(const Tree& node) {
    for (const std::string_view key : {"command", "args", "env", "envFrom", "volumeMounts", "imagePullPolicy"}) {
        if (node.find(key) != nullptr) return true;
    }
    return false;
}

bool can_be_an_image(const std::string& text) { return is_template(text) || parse_reference("oci:" + text).ok(); }

}  // namespace

void KindsOfOthers::custom(const Tree& one, const std::string& path, bool kserve) {
    annotations(one, path);
    std::vector<Place> walk;
    for (const Tree::Entry& entry : one.entries) {
        if (entry.key == "apiVersion" || entry.key == "kind" || entry.key == "metadata" || entry.key == "status") continue;
        if (field(one, entry, path, kserve, false)) continue;
        walk.push_back({&entry.value, below(path, entry.key), child(one, "metadata"), is_of_containers(entry.key)});
    }
    shapes(std::move(walk), kserve);
}

void KindsOfOthers::shapes(std::vector<Place> walk, bool kserve) {
    while (!walk.empty() && context_.room()) {
        const Place next = std::move(walk.back());
        walk.pop_back();
        const Tree& node = *next.node;
        for (std::size_t i = 0; i < node.items.size(); ++i) walk.push_back({&node.items[i], item(next.path, i), nullptr, next.container});
        if (node.is_text()) text(next);
        if (node.is_table()) table(next, kserve, walk);
    }
}

void KindsOfOthers::text(const Place& place) {
    const Tree& node = *place.node;
    if (is_read(node)) return;
    const std::string_view value = trim(node.text);
    if (names_a_model(value)) note(record_uri(value, where(node, place.path), "a field", context_));
    else if (place.container && looks_like_image(value)) image_text(std::string(value), node, place.path);
}

void KindsOfOthers::table(const Place& place, bool kserve, std::vector<Place>& walk) {
    const Tree& node = *place.node;
    if (is_tagged(node)) return refuse("a value with a tag: what " + escape_terminal(node.entries[0].key, 100) + " makes of it is not known", node, place.path);
    const Tree* list = child(node, "containers");
    const bool is_pod = list != nullptr && list->is_array() && !list->items.empty() && list->items[0].is_table();
    owner_.metadata = place.metadata;
    // One that is read already (in the lists of a pod) may still hold more than a pod's does.
    const bool container_here = place.container && !is_read(node) && child(node, "image") != nullptr && child(node, "image")->is_text();
    if (is_pod) {
        pod(node, place.path);
    } else if (container_here) {
        container(node, place.path, true);
    } else if (!is_read(node)) {
        runs_a_model(node, place.path);
    }
    const bool in_container = place.container || is_like_a_container(node);
    for (const Tree::Entry& entry : node.entries) {
        if (is_read(entry.value) || field(node, entry, place.path, kserve, in_container)) continue;
        // A mapping of containers has them below names of their own.
        const bool container = is_of_containers(entry.key) || (place.container && entry.value.is_table() && child(node, "image") == nullptr && child(node, "name") == nullptr);
        walk.push_back({&entry.value, below(place.path, entry.key), child(node, "metadata"), container});
    }
}

/// Something with an image and a command, or a server that KServe chooses by the format of the model.
void KindsOfOthers::runs_a_model(const Tree& node, const std::string& path) {
    const Tree* image = child(node, "image");
    const Tree* format = child(node, "modelFormat");
    const Tree* name = format == nullptr ? nullptr : child(*format, "name");
    const bool hub = name != nullptr && (name->text == "huggingface" || name->text == "vllm");
    const bool command = child(node, "args") != nullptr || child(node, "command") != nullptr || child(node, "env") != nullptr || child(node, "envFrom") != nullptr;
    if (!command || (image == nullptr && !hub)) return;
    runs(node, path, image != nullptr && image->is_text() ? image->text : std::string("huggingfaceserver"));
}

/// True when the field is done with.
bool KindsOfOthers::field(const Tree& of, const Tree::Entry& entry, const std::string& path, bool kserve, bool in_container) {
    const Tree& value = entry.value;
    const std::string_view key = entry.key;
    const std::string here = below(path, key);
    if (key == "image") {
        if (value.is_text()) return image(of, value, path, here, in_container);
        if (value.is_table()) return image_table(value, path, here);
    }
    if (key == "images" || (key == "image" && value.is_array())) return images(value, here);
    if (is_called_an_image(key) && value.is_text()) return by_shape(value, here);
    if (key == "csi" && value.is_table() && child(value, "driver") != nullptr) {
        mark(value);
        const CsiSource source = child(value, "volumeHandle") != nullptr ? CsiSource::persistent : CsiSource::inline_volume;
        note(record_csi(value, source, where(value, here), context_));
        return true;
    }
    if (is_runtime_environment(key)) {
        note(record_ray(key, value, where(value, here), context_));
        return true;
    }
    if (key == "entrypoint" && value.is_text()) {
        note(record_served({{}, {value.text}, {}}, where(value, here), context_));
        return true;
    }
    return location(key, value, here, kserve);
}

bool KindsOfOthers::image(const Tree& of, const Tree& value, const std::string& path, const std::string& here, bool in_container) {
    mark(value);
    const std::string text(trim(value.text));
    const bool ceph = (path == "rbd" || path.ends_with(".rbd")) && (of.find("monitors") != nullptr || of.find("pool") != nullptr);
    if (ceph || text.empty()) return true;
    if (text.find("://") != std::string::npos) {
        const bool page = text.starts_with("https://") || text.starts_with("http://");
        if (names_an_artifact(text) || in_container) {
            note(record_uri(text, where(value, here), "`image`", context_));
        } else if (!page && !is_picture(text) && text.find(' ') == std::string::npos) {
            refuse("an image whose scheme is not known", value, here);
        }
        return true;
    }
    if (is_picture(text) && !in_container) return true;
    // What no registry can have is called an image for another reason, unless it runs, or is plainly meant to be one.
    if (can_be_an_image(value.text) || in_container || looks_like_image(text)) image_text(value.text, value, here);
    return true;
}

/// A volume's, or what values of charts have.
bool KindsOfOthers::image_table(const Tree& value, const std::string& path, const std::string& here) {
    if (const Tree* reference = child(value, "reference"); reference != nullptr && reference->is_text()) {
        if (is_read(*reference)) return false;
        const bool volume = path.find("olumes[") != std::string::npos;
        mark(*reference);
        if (volume || can_be_an_image(reference->text) || looks_like_image(trim(reference->text))) image_text(reference->text, *reference, below(here, "reference"));
        return false;
    }
    for (const std::string_view name : {"repository", "repo", "name"}) {
        const Tree* node = child(value, name);
        if (node == nullptr || !node->is_text()) continue;
        const std::string text = joined(value, name);
        const bool image = name == "repository" ? can_be_an_image(text) || looks_like_image(text) : looks_like_image(text);
        if (image) image_text(text, value, here);
        if (image || name == "repository") return true;
    }
    return false;
}

/// A list or mapping of images: texts, or what is replaced. The rest of it is walked.
bool KindsOfOthers::images(const Tree& value, const std::string& here) {
    const auto replaces = [&](const Tree& one) {
        const bool named = child(one, "newName") != nullptr || child(one, "name") != nullptr;
        return named && (child(one, "newName") != nullptr || child(one, "newTag") != nullptr || child(one, "digest") != nullptr);
    };
    if (value.is_array() && std::any_of(value.items.begin(), value.items.end(), replaces)) {
        replaced_images(&value, here);
        return true;
    }
    const auto one = [&](const Tree& node, const std::string& place) {
        if (node.is_text() && !by_shape(node, place)) {
            // "old=new:tag", as Argo CD hands it to kustomize.
            const std::string_view text = trim(node.text);
            const std::size_t equals = text.find('=');
            if (equals != std::string_view::npos && looks_like_image(text.substr(equals + 1))) image_text(std::string(text.substr(equals + 1)), node, place);
        }
        const Tree* name = node.is_table() ? child(node, "name") : nullptr;
        if (name != nullptr && name->is_text() && child(node, "image") == nullptr) by_shape(*name, below(place, "name"));
    };
    if (value.is_text()) return by_shape(value, here);
    for (std::size_t i = 0; i < value.items.size() && context_.has_room(); ++i) one(value.items[i], item(here, i));
    for (const Tree::Entry& entry : value.entries) one(entry.value, below(here, entry.key));
    return false;
}

/// A text that is an image only if it looks like one. True when it was.
bool KindsOfOthers::by_shape(const Tree& value, const std::string& here) {
    const std::string_view text = trim(value.text);
    if (is_read(value)) return true;
    if (names_an_artifact(text)) {
        mark(value);
        note(record_uri(text, where(value, here), "a field", context_));
        return true;
    }
    if (!looks_like_image(text)) return false;
    mark(value);
    image_text(std::string(text), value, here);
    return true;
}

bool KindsOfOthers::location(std::string_view key, const Tree& value, const std::string& here, bool kserve) {
    if (std::find(kStorageKeys.begin(), kStorageKeys.end(), key) != kStorageKeys.end()) {
        if (value.is_text()) {
            note(record_uri(trim(value.text), where(value, here), "`" + std::string(key) + "`", context_));
            return true;
        }
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            if (!value.items[i].is_text() || !context_.has_room()) continue;
            mark(value.items[i]);
            note(record_uri(trim(value.items[i].text), where(value.items[i], item(here, i)), "`" + std::string(key) + "`", context_));
        }
        return false;
    }
    if (is_source_annotation(key) && value.is_text()) {
        note(record_uri(trim(value.text), where(value, here), "an annotation", context_));
        return true;
    }
    if (key == "uri" && value.is_text()) {
        // KServe's are all of models: model.uri, lora.adapters[].uri, storageUris[].uri.
        const bool model = names_an_artifact(trim(value.text)) || (kserve && (value.text.find("://") != std::string::npos || is_template(value.text)));
        if (model) note(record_uri(trim(value.text), where(value, here), "`uri`", context_));
        return true;
    }
    // Of a disk that is imported from an image.
    if (key == "url" && value.is_text() && trim(value.text).starts_with("docker://")) return by_shape(value, here);
    // A path in a bucket that a secret names.
    if (!kserve || key != "storage" || !value.is_table()) return false;
    if (std::none_of(kStorageParts.begin(), kStorageParts.end(), [&](std::string_view part) { return child(value, part) != nullptr; })) return false;
    const Tree* path = child(value, "path");
    note(record_unknown("hf", "storage path " + (path == nullptr ? std::string("of a secret") : path->text), where(value, here), context_));
    return false;
}

/// registry, repository, tag and digest, as values of charts have them.
std::string KindsOfOthers::joined(const Tree& value, std::string_view name) const {
    const auto part = [&](std::string_view key) {
        const Tree* node = child(value, key);
        return node != nullptr && node->is_text() ? std::string(trim(node->text)) : std::string();
    };
    std::string text = part("registry");
    while (text.ends_with('/')) text.pop_back();
    if (!text.empty()) text += "/";
    text += part(name);
    if (!part("tag").empty()) text += ":" + part("tag");
    if (!part("digest").empty()) text += "@" + part("digest");
    return text;
}

void KindsOfOthers::replaced_images(const Tree* list, const std::string& path) {
    std::size_t index = 0;
    each_child(list, [&](std::string_view, const Tree& image) {
        const std::string here = item(path, index++);
        const Tree* name = child(image, "newName") != nullptr ? child(image, "newName") : child(image, "name");
        const Tree* tag = child(image, "newTag");
        const Tree* digest = child(image, "digest");
        if (name == nullptr || !name->is_text()) return refuse("an image without a name", image, here);
        std::string text = name->text;
        if (tag != nullptr) text += ":" + tag->text;
        if (digest != nullptr) text += "@" + digest->text;
        image_text(text, image, here);
    });
}

}  // namespace headgate::intake::kubernetes
