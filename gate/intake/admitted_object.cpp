#include "intake/admitted_object.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "intake/kubernetes.hpp"
#include "intake/manifest.hpp"

namespace headgate::intake {
namespace {

using codec::Tree;
using Question = AdmittedObject::Question;

constexpr std::string_view kFormat = "Kubernetes";

/// Of a sub-resource: does a request about it carry a specification?
enum class Carries { specification, nothing };
struct SubResource {
    std::string_view resource;           // "" any
    std::string_view name;
    Carries carries;
};
/// `status` is not among what a request about the status can change, and neither is the specification of what is bound or evicted.
constexpr std::array<SubResource, 8> kSubResources = {{
    {"pods", "ephemeralcontainers", Carries::specification},
    {"pods", "resize", Carries::specification},
    {"", "status", Carries::nothing},
    {"", "scale", Carries::nothing},
    {"pods", "binding", Carries::nothing},
    {"pods", "eviction", Carries::nothing},
    {"serviceaccounts", "token", Carries::nothing},
    {"namespaces", "finalize", Carries::nothing},
}};

/// Kinds of the API's own that run something, whose pods must have containers, and where the pod is.
struct Workload {
    std::string_view group, kind, steps;
    bool scales = false;                 // by spec.replicas

    /// As locations write it.
    std::string path() const {
        std::string text(steps);
        std::replace(text.begin(), text.end(), '/', '.');
        return text;
    }
};
constexpr std::array<Workload, 14> kWorkloads = {{
    {"", "Pod", "spec"},
    {"", "PodTemplate", "template/spec"},
    {"", "ReplicationController", "spec/template/spec", true},
    {"apps", "Deployment", "spec/template/spec", true},
    {"apps", "ReplicaSet", "spec/template/spec", true},
    {"apps", "StatefulSet", "spec/template/spec", true},
    {"apps", "DaemonSet", "spec/template/spec"},
    {"extensions", "Deployment", "spec/template/spec", true},
    {"extensions", "ReplicaSet", "spec/template/spec", true},
    {"extensions", "DaemonSet", "spec/template/spec"},
    {"batch", "Job", "spec/template/spec"},
    {"batch", "CronJob", "spec/jobTemplate/spec/template/spec"},
    {"batch", "JobTemplate", "template/spec/template/spec"},
    {"imagepolicy.k8s.io", "ImageReview", "spec"},
}};

const Workload* workload_of(const AdmissionType& kind) {
    for (const Workload& one : kWorkloads) {
        if (one.group == kind.group && one.kind == kind.name) return &one;
    }
    return nullptr;
}

bool is_nothing(const Tree* node) { return node == nullptr || node->type == Tree::Type::null; }

/// Equal in all but the members that `leave_out` names by their path. As deep as what is read is, and no deeper.
using Ignore = std::set<std::string, std::less<>>;
bool same(const Tree& a, const Tree& b, const Ignore& ignore, const std::string& path = "") {
    if (a.type != b.type || a.boolean != b.boolean || a.integer != b.integer || a.text != b.text) return false;
    if (a.type == Tree::Type::real) return false;            // a tree does not keep its spelling: never taken for the same
    if (a.items.size() != b.items.size()) return false;
    for (std::size_t i = 0; i < a.items.size(); ++i) {
        if (!same(a.items[i], b.items[i], ignore, path + "[]")) return false;
    }
    const auto covers = [&](const Tree& some, const Tree& others) {
        return std::all_of(some.entries.begin(), some.entries.end(), [&](const Tree::Entry& entry) {
            const std::string here = path.empty() ? entry.key : path + "." + entry.key;
            if (ignore.contains(here)) return true;
            const Tree* other = others.find(entry.key);
            return other != nullptr && (&some != &a || same(entry.value, *other, ignore, here));
        });
    };
    return covers(a, b) && covers(b, a);
}

/// What the API server itself writes with every change.
const Ignore kBookkeeping = {"metadata.managedFields", "metadata.resourceVersion", "metadata.generation", "status"};

bool is_being_deleted(const Tree& object) {
    const Tree* stamp = value_at(object, "metadata.deletionTimestamp");
    return stamp != nullptr && stamp->is_text() && !stamp->text.empty();
}

/// Both states say that it is being deleted, and nothing changes but who still holds it.
bool only_lets_go(const Tree& before, const Tree& after) {
    if (!is_being_deleted(before) || !is_being_deleted(after)) return false;
    Ignore ignore = kBookkeeping;
    ignore.insert("metadata.finalizers");
    return same(before, after, ignore);
}

bool only_scales_down(const Workload& kind, const Tree& before, const Tree& after) {
    if (!kind.scales) return false;
    const Tree* from = value_at(before, "spec.replicas");
    const Tree* to = value_at(after, "spec.replicas");
    if (from == nullptr || to == nullptr || from->type != Tree::Type::integer || to->type != Tree::Type::integer) return false;
    if (to->integer < 0 || to->integer >= from->integer) return false;
    Ignore ignore = kBookkeeping;
    ignore.insert("spec.replicas");
    return same(before, after, ignore);
}

bool has_controller(const Tree& object) {
    const Tree* owners = value_at(object, "metadata.ownerReferences");
    return owners != nullptr && std::any_of(owners->items.begin(), owners->items.end(), [](const Tree& owner) {
        const Tree* controller = owner.find("controller");
        return controller != nullptr && controller->boolean;
    });
}

/// Fields of the pod that decide what runs, written otherwise than the API writes them: some readers take them, and others do not.
std::optional<std::string> misspelt(const Tree& pod) {
    const auto among = [](const Tree& table, std::initializer_list<std::string_view> known) -> std::optional<std::string> {
        for (const Tree::Entry& entry : table.entries) {
            for (const std::string_view name : known) {
                if (entry.key != name && ascii_lower(entry.key) == ascii_lower(name)) return entry.key;
            }
        }
        return std::nullopt;
    };
    if (auto found = among(pod, {"containers", "initContainers", "ephemeralContainers", "volumes"})) return found;
    for (const std::string_view list : {"containers", "initContainers", "ephemeralContainers", "volumes"}) {
        const Tree* items = pod.find(list);
        if (items == nullptr) continue;
        for (const Tree& item : items->items) {
            if (auto found = among(item, {"image"})) return found;
            const Tree* image = item.find("image");
            if (image != nullptr && image->is_table()) {
                if (auto found = among(*image, {"reference"})) return found;
            }
        }
    }
    return std::nullopt;
}

/// Why the pod of a workload cannot be judged; "" when it can.
std::string wrong_with(const Workload& kind, const Tree& object) {
    const std::string at = kind.path();
    const Tree* pod = value_at(object, at);
    if (pod == nullptr || !pod->is_table()) return "`" + at + "` is not there, so that it has no container";
    if (const auto field = misspelt(*pod)) return "a field `" + *field + "` in `" + at + "`, which the API writes otherwise";
    const Tree* containers = pod->find("containers");
    if (is_nothing(containers) || !containers->is_array() || containers->items.empty()) return "`" + at + ".containers` is empty: it has no container to judge";
    for (const std::string_view list : {"containers", "initContainers", "ephemeralContainers"}) {
        const Tree* items = pod->find(list);
        if (is_nothing(items)) continue;
        if (!items->is_array()) return "`" + at + "." + std::string(list) + "` is no list";
        for (std::size_t i = 0; i < items->items.size(); ++i) {
            const Tree* image = items->items[i].find("image");
            const std::string here = at + "." + std::string(list) + "[" + std::to_string(i) + "]";
            if (image == nullptr || !image->is_text() || trim(image->text).empty()) return "`" + here + "` names no image";
        }
    }
    const Tree* volumes = pod->find("volumes");
    if (is_nothing(volumes)) return {};
    for (std::size_t i = 0; i < volumes->items.size(); ++i) {
        const Tree* image = volumes->items[i].find("image");
        if (is_nothing(image)) continue;
        const Tree* reference = image->find("reference");
        const bool named = reference != nullptr && reference->is_text() && !trim(reference->text).empty();
        if (!named) return "`" + at + ".volumes[" + std::to_string(i) + "].image` names no image";
    }
    return {};
}

/// As a refusal shows it: what is no name of a version or kind may hold anything.
std::string shown(const Tree& said) {
    constexpr std::size_t kMost = 320;       // "group/version": a name of DNS, and a label
    if (!said.is_text()) return "no text";
    const bool plain = said.text.size() <= kMost && std::all_of(said.text.begin(), said.text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '/';
    });
    return plain ? "'" + said.text + "'" : "no name";
}

/// An object says what it is; where the API server left that out, the review does.
std::string settle_kind(const AdmissionReview& review, Tree& object) {
    const std::string version = review.kind.group.empty() ? review.kind.version : review.kind.group + "/" + review.kind.version;
    for (const auto& [key, value] : {std::pair<std::string, std::string>{"apiVersion", version}, {"kind", review.kind.name}}) {
        const Tree* there = object.find(key);
        if (there != nullptr && (!there->is_text() || there->text != value)) {
            return "the object's " + key + " is " + shown(*there) + ", and the review says '" + value + "'";
        }
        if (there != nullptr) continue;
        Tree::Entry entry;
        entry.key = key;
        entry.line = 1;
        entry.value.type = Tree::Type::text;
        entry.value.text = value;
        entry.value.line = 1;
        object.entries.push_back(std::move(entry));
        object.index();
    }
    return {};
}

AdmittedObject answer(Question question, std::string reason) {
    AdmittedObject object;
    object.question = question;
    object.reason = escape_terminal(reason, 400);
    return object;
}

const SubResource* sub_resource_of(const AdmissionReview& review) {
    for (const SubResource& known : kSubResources) {
        if (known.name == review.sub_resource && (known.resource.empty() || known.resource == review.resource.name)) return &known;
    }
    return nullptr;
}

bool extract(const Tree& tree, const Limits& limits, const IsOver& is_over, Evidence& evidence) {
    IntakeContext context{limits, evidence, std::string(kObjectPath)};
    if (is_over) context.is_over = &is_over;
    context.format(kFormat);
    const bool understood = kubernetes::read_object(tree, context);
    // Who has left something out for want of room, and has not said so, does now.
    return context.room() && understood && evidence.opaques.empty();
}

}  // namespace

const Tree* value_at(const Tree& object, std::string_view path) {
    const Tree* node = &object;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find_first_of(".["), path.size());
        if (end > 0) node = node->find(path.substr(0, end));
        if (node == nullptr) return nullptr;
        path.remove_prefix(end);
        while (path.starts_with('[')) {
            std::size_t index = 0;
            const std::size_t close = path.find(']');
            if (close == std::string_view::npos) return nullptr;
            const auto [stop, error] = std::from_chars(path.data() + 1, path.data() + close, index);
            if (error != std::errc() || stop != path.data() + close || index >= node->items.size()) return nullptr;
            node = &node->items[index];
            path.remove_prefix(close + 1);
        }
        if (path.starts_with('.')) {
            path.remove_prefix(1);
            if (path.empty()) return nullptr;
        } else if (!path.empty()) {
            return nullptr;
        }
    }
    return node;
}

std::string pointer_to(std::string_view path) {
    std::string pointer;
    for (const std::string_view step : split(path, '.')) {
        const std::size_t bracket = std::min(step.find('['), step.size());
        const std::string_view key = step.substr(0, bracket);
        // A key with a character that has a meaning in either spelling is none of those that are patched.
        if (key.empty() || key.find_first_of("~/ ") != std::string_view::npos) return {};
        pointer += "/" + std::string(key);
        for (std::string_view rest = step.substr(bracket); !rest.empty();) {
            const std::size_t close = rest.find(']');
            const std::string_view index = close == std::string_view::npos ? std::string_view{} : rest.substr(1, close - 1);
            const bool digits = !index.empty() && rest[0] == '[' && index.find_first_not_of("0123456789") == std::string_view::npos;
            if (!digits) return {};
            pointer += "/" + std::string(index);
            rest.remove_prefix(close + 1);
        }
    }
    return pointer;
}

AdmittedObject admitted_object(const AdmissionReview& review, const Limits& limits, const IsOver& is_over) {
    if (review.operation == AdmissionOperation::remove) return answer(Question::not_asked, "nothing enters by a deletion");
    if (review.operation == AdmissionOperation::connect) return answer(Question::not_asked, "a connection to what runs already names nothing");
    const SubResource* const sub = sub_resource_of(review);
    if (sub != nullptr && sub->carries == Carries::nothing) {
        return answer(Question::not_asked, "the sub-resource '" + review.sub_resource + "' changes nothing that names an image or a model");
    }
    if (review.object.empty()) return answer(Question::refuse, "the request has no object");
    auto parsed = read_admission_object(review.object);
    if (!parsed) return answer(Question::refuse, "the object cannot be read: " + parsed.error().message);
    const std::string differs = settle_kind(review, *parsed);
    if (!differs.empty()) return answer(Question::refuse, differs);

    const Workload* const workload = workload_of(review.kind);
    const bool may_be_excused = is_being_deleted(*parsed) || (workload != nullptr && workload->scales);
    if (review.operation == AdmissionOperation::update && !review.old_object.empty() && may_be_excused) {
        auto before = read_admission_object(review.old_object);
        const bool comparable = before.ok() && settle_kind(review, *before).empty();
        if (comparable && only_lets_go(*before, *parsed)) {
            return answer(Question::not_asked, "it is being deleted, and only its finalizers change");
        }
        if (comparable && workload != nullptr && only_scales_down(*workload, *before, *parsed)) {
            return answer(Question::not_asked, "it is scaled down, and nothing else changes");
        }
    }
    if (workload != nullptr) {
        const std::string wrong = wrong_with(*workload, *parsed);
        if (!wrong.empty()) return answer(Question::refuse, wrong);
    }

    AdmittedObject object;
    object.understood = extract(*parsed, limits, is_over, object.evidence);
    object.controlled = has_controller(*parsed);
    object.tree = std::move(*parsed);
    const bool empty = object.evidence.requirements.empty() && object.evidence.findings.empty();
    if (object.understood && empty) {
        if (workload != nullptr) return answer(Question::refuse, "it must name an image, and none was found");
        object.question = Question::names_nothing;
        object.reason = "it names no image, model or dataset";
        return object;
    }
    object.question = Question::judge;
    return object;
}

bool names_only_what_it_did(const AdmissionReview& review, const AdmittedObject& object, const Limits& limits, const IsOver& is_over) {
    if (review.operation != AdmissionOperation::update || review.old_object.empty()) return false;
    if (object.question != Question::judge || !object.understood || !object.evidence.findings.empty()) return false;
    if (object.evidence.requirements.empty() || !object.evidence.includes.empty()) return false;
    auto before = read_admission_object(review.old_object);
    if (!before || !settle_kind(review, *before).empty()) return false;
    Evidence old;
    if (!extract(*before, limits, is_over, old)) return false;
    std::set<std::string> known;
    for (const Requirement& one : old.requirements) known.insert(one.reference.canonical);
    return std::all_of(object.evidence.requirements.begin(), object.evidence.requirements.end(), [&](const Requirement& one) {
        const bool pinned = !one.dynamic && one.reference.scheme == "oci" && !one.reference.digest.empty();
        return pinned && known.contains(one.reference.canonical);
    });
}

}  // namespace headgate::intake
