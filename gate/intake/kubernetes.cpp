#include "intake/kubernetes.hpp"

#include <array>
#include <list>
#include <utility>

#include "base/text.hpp"
#include "intake/csi_volume.hpp"
#include "intake/kinds_of_others.hpp"
#include "intake/kustomize_resource.hpp"

namespace headgate::intake::kubernetes {
namespace {

constexpr std::size_t kMostInline = 100;         // documents of a patch that is written out
constexpr std::string_view kList = "List";
constexpr std::string_view kServe = "serving.kserve.io";

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

class Reader : public KindsOfOthers {
  public:
    using KindsOfOthers::KindsOfOthers;

    bool read(const Tree& root) {
        todo_.push_back({&root, "", nullptr});
        owner_.lines = lines_of(root);
        while (!todo_.empty() && context_.room()) {
            const Object next = std::move(todo_.back());
            todo_.pop_back();
            object(*next.node, next.path, next.list);
        }
        return done();
    }

  private:
    /// Something that says what it is; an item of a list of one kind may leave that to the list.
    struct Object {
        const Tree* node;
        std::string path;
        const Tree* list = nullptr;
    };

    void object(const Tree& one, const std::string& path, const Tree* list = nullptr) {
        const Tree* version = child(one, "apiVersion");
        const Tree* kind_said = child(one, "kind");
        const bool told = version != nullptr && kind_said != nullptr && version->is_text() && kind_said->is_text();
        // kustomize fills in what such a file leaves out.
        const bool by_name = path.empty() && context_.member.empty() && one.is_table() && is_kustomization_name(context_.path);
        if (by_name && (!told || kind_said->text == "Kustomization" || kind_said->text == "Component")) return kustomization(one, path);
        const bool by_list = list != nullptr && version == nullptr && kind_said == nullptr && one.is_table();
        if (!by_list && (version == nullptr || kind_said == nullptr)) return refuse(std::string(kNoObject), one, path);
        if (!by_list && !told) return refuse("an object whose apiVersion or kind is no plain text", one, path);
        const std::string& api = by_list ? child(*list, "apiVersion")->text : version->text;
        std::string kind = by_list ? child(*list, "kind")->text : kind_said->text;
        if (by_list && kind.ends_with(kList)) kind.resize(kind.size() - kList.size());
        const std::size_t slash = api.find('/');
        const std::string_view group = slash == std::string::npos ? std::string_view{} : std::string_view(api).substr(0, slash);
        // What applies files takes whatever has items for a list. Kinds of others may call something so that is none.
        const Tree* items = is_own_group(group) && !by_list ? child(one, "items") : nullptr;
        if (items != nullptr) items_of(*items, one, below(path, "items"), kind);
        if (items != nullptr && kind.ends_with(kList)) return;
        if (group == "admission.k8s.io") return review(one, path);
        if (group == "kustomize.config.k8s.io" || (group.empty() && kind == "Kustomization")) return kustomization(one, path);
        owner_.object = &one;
        owner_.path = path;
        owner_.metadata = child(one, "metadata");
        if (group == "networking.k8s.io" && kind == "NetworkPolicy" && !patching_) note(read_network_policy(one, path, context_));
        if (!is_own_group(group)) return custom(one, path, group == kServe);
        if (kind == "ImageReview") return containers(child(one, "spec"), below(path, "spec"), "containers");
        if (kind == "PersistentVolume") return persistent_volume(one, path);
        // What a controller keeps of its object: of a pod's template, or of any shape.
        const Tree* kept = kind == "ControllerRevision" ? child(one, "data") : nullptr;
        if (kept != nullptr) return shapes({{kept, below(path, "data"), nullptr}}, false);
        for (const PodPlace& known : kPods) {
            if (known.kind == kind) return pod_below(one, path, known.path);
        }
    }

    /// The items of a list are objects, each of its own kind or of the list's.
    void items_of(const Tree& items, const Tree& list, const std::string& path, const std::string& kind) {
        if (!items.is_array()) return refuse("items that are no list", items, path);
        for (std::size_t i = items.items.size(); i-- > 0;) todo_.push_back({&items.items[i], item(path, i), kind == kList ? nullptr : &list});
    }

    /// One that a driver fills with an image.
    void persistent_volume(const Tree& one, const std::string& path) {
        const Tree* spec = child(one, "spec");
        const Tree* csi = spec == nullptr ? nullptr : child(*spec, "csi");
        if (csi != nullptr && csi->is_table()) note(record_csi(*csi, CsiSource::persistent, where(*csi, below(below(path, "spec"), "csi")), context_));
    }

    /// What is to be admitted.
    void review(const Tree& one, const std::string& path) {
        const Tree* request = child(one, "request");
        const Tree* inner = request == nullptr ? nullptr : child(*request, "object");
        if (inner != nullptr) todo_.push_back({inner, below(below(path, "request"), "object")});
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
        auto parsed = codec::parse_yaml_trees(as_bytes(node.text), kMostInline, inner_limits(node.text.size()));
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

    std::vector<Object> todo_;
    std::list<std::vector<Tree>> written_out_;
};

}  // namespace

bool read_object(const codec::Tree& object, IntakeContext& context) { return Reader(context).read(object); }

}  // namespace headgate::intake::kubernetes
