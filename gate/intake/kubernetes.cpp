#include "intake/kubernetes.hpp"

#include <array>
#include <list>
#include <utility>

#include "base/text.hpp"
#include "intake/deployment_reader.hpp"
#include "intake/kustomize_resource.hpp"
#include "intake/served.hpp"
#include "intake/workload.hpp"

namespace headgate::intake::kubernetes {
namespace {

constexpr std::size_t kMostPath = 200;           // bytes of a path that is shown
constexpr std::size_t kMostInline = 100;         // documents of a patch that is written out
constexpr std::string_view kInitializer = "storage-initializer";
constexpr std::string_view kSourceAnnotation = "internal.serving.kserve.io/storage-initializer-sourceuri";

/// Where the pod of each kind of the API's own is.
struct PodPlace {
    std::string_view kind;
    std::string_view path;
};
constexpr std::array<PodPlace, 9> kPods = {{
    {"Pod", "spec"},
    {"PodTemplate", "template/spec"},
    {"Deployment", "spec/template/spec"},
    {"ReplicaSet", "spec/template/spec"},
    {"StatefulSet", "spec/template/spec"},
    {"DaemonSet", "spec/template/spec"},
    {"Job", "spec/template/spec"},
    {"ReplicationController", "spec/template/spec"},
    {"CronJob", "spec/jobTemplate/spec/template/spec"},
}};

/// Groups whose kinds are those of kPods or have no pod. A closed list: anybody may serve a kind of their own under a name that ends in
/// ".k8s.io" (sparkoperator.k8s.io does), and what is not known is read by its shape.
bool is_own_group(std::string_view group) {
    static constexpr std::array<std::string_view, 25> kGroups = {
        "", "apps", "batch", "extensions", "policy", "autoscaling", "networking.k8s.io", "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io",
        "apiextensions.k8s.io", "apiregistration.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io", "node.k8s.io",
        "scheduling.k8s.io", "certificates.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "resource.k8s.io", "internal.apiserver.k8s.io", "storagemigration.k8s.io",
        "imagepolicy.k8s.io"};
    return std::find(kGroups.begin(), kGroups.end(), group) != kGroups.end();
}

/// A scalar with a tag such as !!binary, which yaml.hpp gives as a mapping from the tag.
bool is_tagged(const codec::Tree& node) {
    if (node.entries.size() != 1 || node.entries[0].value.is_table() || node.entries[0].value.is_array()) return false;
    return node.entries[0].key.starts_with('!') || node.entries[0].key.starts_with("tag:");
}

bool is_picture(std::string_view text) {
    constexpr std::array<std::string_view, 6> kEndings = {".png", ".svg", ".jpg", ".jpeg", ".gif", ".ico"};
    return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return text.ends_with(ending); });
}

/// Schemes by which nothing but a model, its data or an image is named.
bool names_an_artifact(std::string_view text) {
    constexpr std::array<std::string_view, 9> kSchemes = {"hf://", "oci://", "oci+modelcar://", "oci+native://", "oci+fetch://", "modelscope://", "pvc://", "s3://", "gs://"};
    return std::any_of(kSchemes.begin(), kSchemes.end(), [&](std::string_view scheme) { return text.starts_with(scheme); });
}

std::string below(const std::string& path, std::string_view key) {
    if (path.size() > kMostPath) return path;
    return path.empty() ? std::string(key) : path + "." + std::string(key.substr(0, 80));
}
std::string item(const std::string& path, std::size_t index) { return path.size() > kMostPath ? path : path + "[" + std::to_string(index) + "]"; }

class Reader : public DeploymentReader {
  public:
    using DeploymentReader::DeploymentReader;

    bool read(const Tree& root) {
        todo_.push_back({&root, "", nullptr});
        owner_.lines = lines_of(root);
        while (!todo_.empty() && context_.room()) {
            const Place next = std::move(todo_.back());
            todo_.pop_back();
            object(*next.node, next.path);
        }
        return done();
    }

  private:
    struct Place {
        const Tree* node;
        std::string path;
        const Tree* metadata = nullptr;  // beside it: of the pod, where it is the specification of one
    };

    Location where(const Tree& node, const std::string& path) const {
        Location place = at(node);
        place.member += (place.member.empty() || path.empty() ? "" : " ") + path;
        return place;
    }
    void refuse(const std::string& why, const Tree& node, const std::string& path) { note(not_understood_at(context_, why, where(node, path))); }

    void object(const Tree& one, const std::string& path) {
        const Tree* version = child(one, "apiVersion");
        const Tree* kind = child(one, "kind");
        const bool told = version != nullptr && kind != nullptr && version->is_text() && kind->is_text();
        // kustomize fills in what such a file leaves out.
        const bool by_name = path.empty() && context_.member.empty() && one.is_table() && is_kustomization_name(context_.path);
        if (by_name && (!told || kind->text == "Kustomization" || kind->text == "Component")) return kustomization(one, path);
        if (version == nullptr || kind == nullptr) return refuse(std::string(kNoObject), one, path);
        if (!told) return refuse("an object whose apiVersion or kind is no plain text", one, path);
        const Tree* items = child(one, "items");
        if (kind->text.ends_with("List") && items != nullptr && items->is_array()) {
            for (std::size_t i = items->items.size(); i-- > 0;) todo_.push_back({&items->items[i], item(below(path, "items"), i), nullptr});
            return;
        }
        const std::size_t slash = version->text.find('/');
        const std::string_view group = slash == std::string::npos ? std::string_view{} : std::string_view(version->text).substr(0, slash);
        if (group == "admission.k8s.io") return review(one, path);
        if (group == "kustomize.config.k8s.io" || (group.empty() && kind->text == "Kustomization")) return kustomization(one, path);
        owner_.object = &one;
        owner_.path = path;
        owner_.metadata = child(one, "metadata");
        if (group == "networking.k8s.io" && kind->text == "NetworkPolicy" && !patching_) note(read_network_policy(one, path, context_));
        if (!is_own_group(group)) return custom(one, path, group == "serving.kserve.io");
        if (kind->text == "ImageReview") return containers(child(one, "spec"), below(path, "spec"), "containers");
        for (const PodPlace& known : kPods) {
            if (known.kind == kind->text) return pod_below(one, path, known.path);
        }
    }

    /// What is to be admitted.
    void review(const Tree& one, const std::string& path) {
        const Tree* request = child(one, "request");
        const Tree* inner = request == nullptr ? nullptr : child(*request, "object");
        if (inner != nullptr) todo_.push_back({inner, below(below(path, "request"), "object"), nullptr});
    }

    /// Images by which a kustomization replaces those of its resources, what it fetches, and patches that stand in it.
    /// What patches is a part of something and no workload: it would lack what the rest says.
    void kustomization(const Tree& one, const std::string& path) {
        replaced_images(child(one, "images"), below(path, "images"));
        for (const std::string_view key : {"resources", "components", "bases", "crds", "configurations", "generators", "transformers", "validators"}) {
            each_at(one, key, path, [&](const Tree& resource, const std::string& here) { fetched_or_inline(resource, here); });
        }
        patching_ = true;
        each_at(one, "patchesStrategicMerge", path, [&](const Tree& patch, const std::string& here) { fetched_or_inline(patch, here); });
        for (const std::string_view key : {"patches", "patchesJson6902"}) {
            each_at(one, key, path, [&](const Tree& patch, const std::string& here) {
                if (const Tree* file = child(patch, "path")) fetched_or_inline(*file, below(here, "path"));
                if (const Tree* text = child(patch, "patch")) inline_text(*text, below(here, "patch"));
            });
        }
        patching_ = false;
        each_at(one, "helmCharts", path, [&](const Tree& chart, const std::string& here) { helm_chart(chart, here); });
        each_at(one, "helmChartInflationGenerator", path, [&](const Tree& chart, const std::string& here) { helm_chart(chart, here); });
    }

    template <typename Use>
    void each_at(const Tree& one, std::string_view key, const std::string& path, const Use& use) {
        std::size_t index = 0;
        each_child(child(one, key), [&](std::string_view, const Tree& node) {
            const std::string here = item(below(path, key), index++);
            if (context_.room()) use(node, here);
        });
    }

    /// name, newName, newTag, digest: of kustomize, and of what runs it in a cluster (Flux).
    void replaced_images(const Tree* list, const std::string& path) {
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

    /// A path on disk, whose file is read by itself, a URL, a repository, or an object that is written out there.
    void fetched_or_inline(const Tree& node, const std::string& path) {
        if (!node.is_text()) return refuse("a resource that is no text", node, path);
        if (node.text.find('\n') != std::string::npos) return inline_text(node, path);
        note(record_kustomize_resource(trim(node.text), where(node, path), context_));
    }

    /// The chart of a repository, and values that stand beside it.
    void helm_chart(const Tree& chart, const std::string& path) {
        constexpr std::string_view kImage = "oci://";
        const Tree* repository = child(chart, "repo") != nullptr ? child(chart, "repo") : child(chart, "chartRepo");
        const Tree* name = child(chart, "name") != nullptr ? child(chart, "name") : child(chart, "chartName");
        const Tree* version = child(chart, "version") != nullptr ? child(chart, "version") : child(chart, "chartVersion");
        if (repository != nullptr && repository->is_text() && !trim(repository->text).empty()) {
            const std::string_view place = trim(repository->text);
            if (place.starts_with(kImage)) {
                std::string text(place.substr(kImage.size()));
                if (name != nullptr) text += "/" + name->text;
                if (version != nullptr && !version->text.empty()) text += ":" + version->text;
                image_text(text, *repository, below(path, "repo"));
            } else {
                note(record_uri(place, where(*repository, below(path, "repo")), "`repo`", context_));
            }
        }
        if (const Tree* values = child(chart, "valuesInline")) shapes({{values, below(path, "valuesInline"), nullptr}}, false);
    }

    /// An object, or a part of one, as text: what it puts in the place of something else is deployed. A list is one of operations.
    void inline_text(const Tree& node, const std::string& path) {
        if (!node.is_text()) return refuse("a patch that is no text", node, path);
        auto parsed = codec::parse_yaml_trees(as_bytes(node.text), kMostInline, deployment_limits());
        if (!parsed) return refuse("a patch that is no YAML: " + parsed.error().message, node, path);
        written_out_.push_back(std::move(*parsed));      // what is still to be read points into it
        const std::uint32_t before = std::exchange(context_.lines_before, context_.lines_before + std::max(node.line, 1U));
        const WorkloadOwner outer = owner_;
        for (const Tree& document : written_out_.back()) {
            owner_ = {nullptr, nullptr, path, lines_of(document)};
            const bool whole = child(document, "apiVersion") != nullptr && child(document, "kind") != nullptr;
            if (whole) {
                object(document, path);
            } else if (document.is_table()) {
                shapes({{&document, path, nullptr}}, false);
            }
            std::size_t index = 0;
            for (const Tree& operation : document.items) patch_operation(operation, item(path, index++));
        }
        owner_ = outer;
        context_.lines_before = before;
    }

    /// {op, path, value} of RFC 6902: the last part of the path is the key of the value.
    void patch_operation(const Tree& operation, const std::string& path) {
        const Tree* target = child(operation, "path");
        const Tree* value = child(operation, "value");
        if (target == nullptr || value == nullptr) return;
        if (value->is_text()) {
            if (target->text.ends_with("/image") || target->text.ends_with("/image/reference")) image_node(*value, below(path, "value"));
            return;
        }
        shapes({{value, below(path, "value"), nullptr}}, false);
    }

    void pod_below(const Tree& one, std::string path, std::string_view steps) {
        const Tree* node = &one;
        annotations(one, path);
        for (const std::string_view step : split(steps, '/')) {
            if (step == "template") {
                const Tree* made = child(*node, step);
                if (made != nullptr) annotations(*made, below(path, step));
                owner_.metadata = made == nullptr ? nullptr : child(*made, "metadata");
            }
            node = child(*node, step);
            if (node == nullptr) return;
            path = below(path, step);
        }
        pod(*node, path);
    }

    /// KServe says there where the model of a pod comes from.
    void annotations(const Tree& one, const std::string& path) {
        const Tree* metadata = child(one, "metadata");
        const Tree* list = metadata == nullptr ? nullptr : child(*metadata, "annotations");
        const Tree* source = list == nullptr ? nullptr : child(*list, kSourceAnnotation);
        if (source != nullptr && source->is_text()) note(record_uri(source->text, where(*source, below(path, "metadata.annotations")), "an annotation", context_));
    }

    void pod(const Tree& spec, const std::string& path) {
        if (owner_.object != nullptr && !patching_) note(read_workload(spec, path, owner_, context_));
        for (const std::string_view key : {"initContainers", "containers", "ephemeralContainers"}) containers(&spec, path, key);
        std::size_t index = 0;
        each_child(child(spec, "volumes"), [&](std::string_view, const Tree& volume) {
            const std::string here = item(below(path, "volumes"), index++);
            const Tree* image = child(volume, "image");
            const Tree* reference = image == nullptr ? nullptr : child(*image, "reference");
            if (reference != nullptr) image_node(*reference, below(below(here, "image"), "reference"));
        });
    }

    void containers(const Tree* spec, const std::string& path, std::string_view key) {
        const Tree* list = spec == nullptr ? nullptr : child(*spec, key);
        if (list == nullptr) return;
        if (!list->is_array()) return refuse("`" + std::string(key) + "` is no list", *list, below(path, key));
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            const std::string here = item(below(path, key), i);
            if (!list->items[i].is_table()) {
                refuse("a container that is no mapping", list->items[i], here);
            } else {
                container(list->items[i], here);
            }
        }
    }

    /// A patch may leave the image to what it patches; one that is there must name something.
    void container(const Tree& one, const std::string& path) {
        const Tree* image = one.find("image");
        if (image != nullptr) image_node(*image, below(path, "image"));
        runs(one, path, image != nullptr && image->is_text() ? image->text : std::string());
        const Tree* name = child(one, "name");
        const Tree* args = child(one, "args");
        if (name == nullptr || args == nullptr || !name->text.starts_with(kInitializer)) return;
        for (std::size_t i = 0; i < args->items.size(); ++i) {
            const Tree& argument = args->items[i];
            if (argument.text.find("://") != std::string::npos) note(record_uri(argument.text, where(argument, item(below(path, "args"), i)), "an argument", context_));
        }
    }

    /// Its command, arguments and environment, where it is a server of models.
    void runs(const Tree& one, const std::string& path, const std::string& image) {
        ServerCommand command;
        command.image = image;
        for (const std::string_view key : {"command", "args"}) {
            const Tree* words = child(one, key);
            if (words == nullptr) continue;
            for (const Tree& word : words->items) command.words.push_back(word.text);
        }
        each_child(child(one, "env"), [&](std::string_view, const Tree& variable) {
            const Tree* name = child(variable, "name");
            const Tree* value = child(variable, "value");
            if (name != nullptr && value != nullptr) command.environment.insert_or_assign(name->text, value->text);
        });
        const bool arguments = child(one, "args") != nullptr;
        note(record_served(command, where(arguments ? *child(one, "args") : one, arguments ? below(path, "args") : path), context_));
    }

    void image_node(const Tree& node, const std::string& path) {
        if (!node.is_text() || trim(node.text).empty()) return refuse("an image that is blank, or no text", node, path);
        image_text(node.text, node, path);
    }
    void image_text(const std::string& text, const Tree& node, const std::string& path) {
        note(is_template(text) ? record_unknown("oci", text, where(node, path), context_) : record_image(text, where(node, path), "a container", context_));
    }

    /// A kind that nobody told us about: by shapes and names.
    void custom(const Tree& one, const std::string& path, bool kserve) {
        annotations(one, path);
        std::vector<Place> walk;
        for (const Tree::Entry& entry : one.entries) {
            if (entry.key == "apiVersion" || entry.key == "kind" || entry.key == "metadata" || entry.key == "status") continue;
            if (!field(entry, path, kserve)) walk.push_back({&entry.value, below(path, entry.key), child(one, "metadata")});
        }
        shapes(std::move(walk), kserve);
    }

    void shapes(std::vector<Place> walk, bool kserve) {
        while (!walk.empty() && context_.room()) {
            const Place next = std::move(walk.back());
            walk.pop_back();
            const Tree& node = *next.node;
            for (std::size_t i = 0; i < node.items.size(); ++i) walk.push_back({&node.items[i], item(next.path, i), nullptr});
            if (!node.is_table()) {
                if (node.is_text() && node.text.starts_with("hf://")) note(record_hub_uri(node.text, where(node, next.path), context_));
                continue;
            }
            if (is_tagged(node)) {
                refuse("a value with a tag: what " + escape_terminal(node.entries[0].key, 100) + " makes of it is not known", node, next.path);
                continue;
            }
            const Tree* list = child(node, "containers");
            const bool is_pod = list != nullptr && list->is_array() && !list->items.empty() && list->items[0].is_table();
            owner_.metadata = next.metadata;
            if (is_pod) pod(node, next.path);
            if (!is_pod) runs_a_model(node, next.path);
            for (const Tree::Entry& entry : node.entries) {
                const bool read = is_pod && (entry.key.ends_with("ontainers") || entry.key == "volumes");
                if (!read && !field(entry, next.path, kserve)) walk.push_back({&entry.value, below(next.path, entry.key), child(node, "metadata")});
            }
        }
    }

    /// Something with an image and a command, or a server that KServe chooses by the format of the model.
    void runs_a_model(const Tree& node, const std::string& path) {
        const Tree* image = child(node, "image");
        const Tree* format = child(node, "modelFormat");
        const Tree* name = format == nullptr ? nullptr : child(*format, "name");
        const bool hub = name != nullptr && (name->text == "huggingface" || name->text == "vllm");
        const bool command = child(node, "args") != nullptr || child(node, "command") != nullptr || child(node, "env") != nullptr;
        if (!command || (image == nullptr && !hub)) return;
        runs(node, path, image != nullptr && image->is_text() ? image->text : std::string("huggingfaceserver"));
    }

    /// True when the field is done with.
    bool field(const Tree::Entry& entry, const std::string& path, bool kserve) {
        const Tree& value = entry.value;
        const std::string here = below(path, entry.key);
        if (entry.key == "image" && value.is_text()) {
            const bool other = path.ends_with("rbd") || value.text.find("://") != std::string::npos || is_picture(value.text) || trim(value.text).empty();
            // What no registry can have is called an image for another reason.
            if (!other && (is_template(value.text) || parse_reference("oci:" + value.text).ok())) image_text(value.text, value, here);
            return true;
        }
        if (entry.key == "image" && value.is_table() && child(value, "repository") != nullptr) {
            const std::string text = chart_image(value);
            if (is_template(text) || parse_reference("oci:" + text).ok()) image_text(text, value, here);
            return true;
        }
        if (entry.key == "images" && value.is_array() && std::any_of(value.items.begin(), value.items.end(), [&](const Tree& one) { return child(one, "newName") != nullptr; })) {
            replaced_images(&value, here);
            return true;
        }
        if ((entry.key == "storageUri" || entry.key == "sourceModelUri" || entry.key == "modelUri") && value.is_text()) {
            note(record_uri(value.text, where(value, here), "`" + entry.key + "`", context_));
            return true;
        }
        if (entry.key == "uri" && value.is_text()) {
            // KServe's are all of models: model.uri, lora.adapters[].uri, storageUris[].uri.
            const bool model = names_an_artifact(value.text) || (kserve && value.text.find("://") != std::string::npos);
            if (model) note(record_uri(value.text, where(value, here), "`uri`", context_));
            return true;
        }
        // A path in a bucket that a secret names.
        if (kserve && entry.key == "storage" && value.is_table() && child(value, "path") != nullptr) {
            note(record_unknown("hf", "storage path " + child(value, "path")->text, where(value, here), context_));
            return true;
        }
        return false;
    }

    /// registry, repository, tag and digest, as values of charts have them.
    std::string chart_image(const Tree& value) const {
        const auto part = [&](std::string_view key) {
            const Tree* node = child(value, key);
            return node != nullptr && node->is_text() ? std::string(trim(node->text)) : std::string();
        };
        std::string text = part("registry");
        while (text.ends_with('/')) text.pop_back();
        if (!text.empty()) text += "/";
        text += part("repository");
        if (!part("tag").empty()) text += ":" + part("tag");
        if (!part("digest").empty()) text += "@" + part("digest");
        return text;
    }

    std::vector<Place> todo_;
    std::list<std::vector<Tree>> written_out_;
    WorkloadOwner owner_;                // of the pods that are read now
    bool patching_ = false;
};

}  // namespace

bool read_object(const codec::Tree& object, IntakeContext& context) { return Reader(context).read(object); }

}  // namespace headgate::intake::kubernetes
