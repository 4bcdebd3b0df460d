// Layers of images: read where a rule for containers asks for it, in a layout and in a registry; images that are models; and names that
// lead to something else than they promise.
#include <catch2/catch.hpp>

#include "model/layers.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/evaluate.hpp"
#include "pipeline/recorded.hpp"
#include "pipeline/registry_images.hpp"
#include "pipeline/registry_layers.hpp"
#include "recipes/model_artifact.hpp"
#include "recipes/tar_recipe.hpp"
#include "recipes/tensor_recipe.hpp"
#include "unit/pipeline/fake_registry.hpp"

using namespace headgate;
using fake::FakeRegistry;
using recipes::ModelArtifact;

namespace {

constexpr Instant kNow{1'800'000'000};
constexpr const char* kTar = "application/vnd.oci.image.layer.v1.tar";

pipeline::LoadedPolicy policy_of(const std::string& rules) {
    auto loaded = pipeline::load_policy_bytes(as_bytes("headgate: 1\npolicy: t\ntiers: [ { tier: any, match: [\"**\"] } ]\nrules:\n" + rules), "p.yaml", "");
    INFO((loaded.ok() ? "" : loaded.error().message));
    REQUIRE(loaded.ok());
    return std::move(loaded).value();
}
const std::string kWhole = "  - { id: c.whole, for: [container], check: integrity, with: { images: any }, network: allow, why: x }\n";
const std::string kLayers = "  - { id: c.layers, for: [container], check: serialization, layers: true, network: allow, why: x }\n";
const std::string kModel = "  - { id: m.format, for: [model], check: serialization, network: allow, why: x }\n";

bool has(const SubjectVerdict& verdict, std::string_view id, std::string_view member = {}) {
    return std::any_of(verdict.findings.begin(), verdict.findings.end(), [&](const ReportedFinding& one) {
        return one.finding.id == id && (member.empty() || one.finding.where.member == member);
    });
}
bool says_unchecked(const SubjectVerdict& verdict) {
    const auto& unchecked = verdict.coverage.unchecked;
    return std::find(unchecked.begin(), unchecked.end(), "layer-contents") != unchecked.end();
}
std::string ids(const SubjectVerdict& verdict) {
    std::string all = verdict.error;
    for (const ReportedFinding& one : verdict.findings) all += one.rule + " " + one.finding.id + " (" + one.finding.message + " at " + one.finding.where.member + ")\n";
    for (const SubjectVerdict& member : verdict.members) all += "member: " + ids(member);
    return all;
}

std::string tar_of(const std::string& name, const std::string& content) {
    recipes::TarRecipe tar;
    tar.add("etc/passwd", "root:x:0:0::/:/bin/sh\n");
    tar.add(name, content);
    return tar.build();
}
ModelArtifact image_of(const std::string& layer, const std::string& type = kTar) {
    ModelArtifact made;
    made.artifact_type.clear();
    made.config_type = "application/vnd.oci.image.config.v1+json";
    made.config = R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}})";
    made.layer(layer, type);
    return made;
}
const std::string kBadLayer = tar_of("opt/model/x.pkl", recipes::calling_pickle());
const std::string kGoodLayer = tar_of("opt/model/x.safetensors", recipes::good_safetensors());

SubjectVerdict of_layout(ModelArtifact image, const std::string& rules, std::optional<Kind> kind = {}) {
    const TemporaryFolder folder;
    image.write(folder);
    pipeline::Request request;
    request.now = kNow;
    request.arguments.push_back({"oci-layout:" + folder.path(), {}, kind});
    const Report report = pipeline::decide(policy_of(rules), request);
    REQUIRE(report.subjects.size() == 1);
    return report.subjects[0];
}

std::string stored(ModelArtifact image, FakeRegistry& registry) {
    const std::string manifest = image.manifest();
    image.put(manifest, image.manifest_type);
    for (const auto& [digest, blob] : image.blobs) registry.stored[digest] = {blob.first, blob.second};
    registry.tag("1", manifest);
    return FakeRegistry::digest_of(manifest);
}

SubjectVerdict of_registry(const ModelArtifact& image, FakeRegistry& registry, const std::string& rules, std::optional<Kind> kind = {}) {
    stored(image, registry);
    pipeline::Request request;
    request.now = kNow;
    request.arguments.push_back({"oci:registry.example/acme/app:1", {}, kind});
    request.registry = std::make_shared<pipeline::RegistryImages>(registry.source(), pipeline::RegistryImages::Limits{});
    const Report report = pipeline::decide(policy_of(rules), request);
    REQUIRE(report.subjects.size() == 1);
    return report.subjects[0];
}

// The one member of a pod in which the image is named at `member`, by digest.
SubjectVerdict named_at(const std::string& member, const ModelArtifact& image, FakeRegistry& registry, const std::string& rules, const std::string& container = "app") {
    const std::string reference = "oci:registry.example/acme/app@" + stored(image, registry);
    pipeline::RegistryImages images(registry.source(), {});
    const auto loaded = policy_of(rules);
    const pipeline::Evaluator evaluator(loaded, kNow);
    Subject subject;
    subject.ref = "file:pod.yaml";
    subject.reference = *parse_reference(subject.ref);
    subject.kind = Kind::container;
    subject.has_bytes = true;
    subject.is_manifest = true;
    Evidence evidence;
    evidence.formats = {{{"pod.yaml", {}, {}, {}}, "manifest:kubernetes", true, false}};
    evidence.files = {{"pod.yaml", 10, std::string(64, 'a'), true, false}};
    WorkloadContainer& runs = evidence.workloads.emplace_back().containers.emplace_back();
    runs.where = {"pod.yaml", "spec.containers[0]", {}, 1};
    runs.name = container;
    Requirement& requirement = evidence.requirements.emplace_back();
    requirement.reference = *parse_reference(reference);
    requirement.where = {"pod.yaml", member, {}, 1};
    requirement.pinned = true;
    const auto resolved = pipeline::resolve_members(loaded, evidence, &images, kNow, {}, nullptr);
    return evaluator.evaluate(subject, evidence, {}, nullptr, resolved).members.at(0);
}

}  // namespace

TEST_CASE("what lies in the layers of an image is judged by the rules that ask for it") {
    FakeRegistry registry;
    for (const bool in_registry : {false, true}) {
        const auto judged = [&](const std::string& layer, const std::string& rules) {
            return in_registry ? of_registry(image_of(layer), registry, rules) : of_layout(image_of(layer), rules);
        };
        const SubjectVerdict denied = judged(kBadLayer, kWhole + kLayers);
        INFO(ids(denied));
        CHECK(denied.decision == Decision::deny);
        CHECK(denied.subject.kind == Kind::container);
        CHECK(has(denied, "serialization.executes-code", "opt/model/x.pkl"));
        CHECK_FALSE(says_unchecked(denied));

        const SubjectVerdict allowed = judged(kGoodLayer, kWhole + kLayers);
        INFO(ids(allowed));
        CHECK(allowed.decision == Decision::allow);
        CHECK_FALSE(says_unchecked(allowed));

        // Where no rule asks, nothing is read, and that is said.
        const SubjectVerdict unread = judged(kBadLayer, kWhole);
        INFO(ids(unread));
        CHECK(unread.decision == Decision::allow);
        CHECK(says_unchecked(unread));
        const SubjectVerdict by_others = judged(kBadLayer, kWhole + "  - { id: c.format, for: [container], check: serialization, why: x }\n");
        CHECK(by_others.decision == Decision::allow);
        CHECK(says_unchecked(by_others));
    }
}

TEST_CASE("a rule that does not ask for layers is not shown them, and one for another tier does not have them judged") {
    const std::string content = "  - { id: c.content, for: [container], check: content, layers: true, network: allow, why: x }\n";
    const SubjectVerdict other = of_layout(image_of(kBadLayer), kWhole + content + "  - { id: c.format, for: [container], check: serialization, why: x }\n");
    INFO(ids(other));
    CHECK(other.decision == Decision::allow);
    // What was found, and no rule that was shown it takes up, is not lost.
    recipes::TarRecipe up;
    up.add("../x", "1");
    const SubjectVerdict broken = of_layout(image_of(up.build()), kWhole + content);
    CHECK(broken.decision == Decision::deny);
    CHECK(has(broken, "tar.bad-name"));
    CHECK(of_layout(image_of(up.build()), kWhole).decision == Decision::allow);
}

TEST_CASE("layers that a rule asks for and nobody read are refused") {
    FakeRegistry registry;
    const std::string apart = "  - { id: c.layers, for: [container], check: serialization, layers: true, why: x }\n";
    const SubjectVerdict verdict = of_registry(image_of(kGoodLayer), registry, kWhole + apart);
    INFO(ids(verdict));
    CHECK(verdict.decision == Decision::deny);
    CHECK(has(verdict, "oci.layers-not-read"));
    CHECK(says_unchecked(verdict));
    // Of evidence that was recorded under a policy that asked for none, too.
    const TemporaryFolder folder;
    image_of(kGoodLayer).write(folder);
    pipeline::Request request;
    request.now = kNow;
    request.arguments.push_back({"oci-layout:" + folder.path(), {}, {}});
    const auto without = pipeline::collect(policy_of(kWhole), request);
    REQUIRE(without.ok());
    const Report later = pipeline::decide_recorded(policy_of(kWhole + kLayers), *without, kNow, 1);
    CHECK(later.decision == Decision::deny);
    CHECK(has(later.subjects.at(0), "oci.layers-not-read"));
    const auto with = pipeline::collect(policy_of(kWhole + kLayers), request);
    REQUIRE(with.ok());
    CHECK(pipeline::decide_recorded(policy_of(kWhole + kLayers), *with, kNow, 1).decision == Decision::allow);
    const Report less = pipeline::decide_recorded(policy_of(kWhole), *with, kNow, 1);
    CHECK(less.decision == Decision::allow);
    CHECK(says_unchecked(less.subjects.at(0)));
}

TEST_CASE("a layer is what its media type says, and what its digest says") {
    const SubjectVerdict packed = of_layout(image_of(kGoodLayer, "application/vnd.oci.image.layer.v1.tar+gzip"), kWhole + kLayers);
    CHECK(packed.decision == Decision::deny);
    CHECK(has(packed, "oci.layer-packing"));
    const SubjectVerdict none = of_layout(image_of("layer"), kWhole + kLayers);
    CHECK(none.decision == Decision::deny);
    CHECK(has(none, "tar.cut-off"));

    FakeRegistry gone;
    gone.broken = {ModelArtifact::digest_of(kGoodLayer)};
    CHECK(of_registry(image_of(kGoodLayer), gone, kWhole + kLayers).decision == Decision::error);
    CHECK(of_registry(image_of(kGoodLayer), gone, kWhole).decision == Decision::allow);
}

TEST_CASE("a large layer of a registry is read forward, and counts if it has its digest") {
    const auto read = [&](FakeRegistry& registry, const pipeline::LayerLimits& limits, Evidence& evidence, const pipeline::Isolation* workers = nullptr) {
        stored(image_of(kBadLayer), registry);
        formats::OciDescriptor layer;
        layer.media_type = kTar;
        layer.digest = ModelArtifact::digest_of(kBadLayer);
        layer.size = kBadLayer.size();
        evidence.files = {{layer.path(), layer.size, layer.digest.substr(7), true, false}};
        return pipeline::read_image_layers(registry.source(), {"registry.example", "acme/app"}, std::span(&layer, 1), pipeline::LayersWanted::artifacts, "root",
                                           {workers, {}}, std::chrono::steady_clock::now() + std::chrono::seconds(20), limits, evidence);
    };
    pipeline::LayerLimits small;
    small.whole = 100;
    FakeRegistry honest;
    Evidence evidence;
    REQUIRE(read(honest, small, evidence).ok());
    CHECK(evidence.imports.size() == 1);
    CHECK(evidence.files[0].examined);
    CHECK(layers_are_read(evidence, false));
    CHECK_FALSE(layers_are_read(evidence, true));

    FakeRegistry lying;
    lying.lies_in_ranges = true;
    Evidence nothing;
    const auto lied = read(lying, small, nothing);
    REQUIRE_FALSE(lied.ok());
    CHECK(lied.error().code == ErrorCode::malformed);
    CHECK(nothing.imports.empty());

    auto workers = pipeline::Isolation::start(pipeline::Isolation::Mode::best_effort);
    REQUIRE(workers.ok());
    FakeRegistry apart;
    Evidence by_worker;
    REQUIRE(read(apart, small, by_worker, workers->get()).ok());
    CHECK(by_worker.imports == evidence.imports);
    CHECK(by_worker.formats == evidence.formats);
    small.copied = 100;
    Evidence too_large;
    REQUIRE(read(apart, small, too_large, workers->get()).ok());
    CHECK(too_large.imports.empty());
    REQUIRE(too_large.opaques.size() == 1);
    CHECK_FALSE(too_large.files[0].examined);
    pipeline::LayerLimits few;
    few.layers = 0;
    Evidence over;
    REQUIRE(read(honest, few, over).ok());
    CHECK(over.opaques.size() == 1);
}

TEST_CASE("a large layer of a layout is read forward, here and by a worker") {
    // Above what is read at once (io::FileSource::kWhole).
    recipes::TarRecipe tar;
    tar.add("opt/filling", std::string(40U << 20U, 'a'));
    tar.add("opt/x.pkl", recipes::calling_pickle());
    ModelArtifact image = image_of(tar.build());
    const TemporaryFolder folder;
    image.write(folder);
    pipeline::Request request;
    request.now = kNow;
    request.arguments.push_back({"oci-layout:" + folder.path(), {}, {}});
    const auto loaded = policy_of(kWhole + kLayers);
    const Report here = pipeline::decide(loaded, request);
    REQUIRE(here.subjects.size() == 1);
    INFO(ids(here.subjects[0]));
    CHECK(has(here.subjects[0], "serialization.executes-code", "opt/x.pkl"));
    auto workers = pipeline::Isolation::start(pipeline::Isolation::Mode::best_effort);
    REQUIRE(workers.ok());
    request.isolation = *workers;
    const Report apart = pipeline::decide(loaded, request);
    REQUIRE(apart.subjects.size() == 1);
    INFO(ids(apart.subjects[0]));
    CHECK(has(apart.subjects[0], "serialization.executes-code", "opt/x.pkl"));
    CHECK(apart.subjects[0].decision == Decision::deny);
}

TEST_CASE("an image in the place of a model is judged as what runs and as the model") {
    const ModelArtifact good = image_of(tar_of("models/model.safetensors", recipes::good_safetensors()));
    const ModelArtifact bad = image_of(tar_of("models/model.pkl", recipes::calling_pickle()));
    const ModelArtifact code = image_of(tar_of("models/modeling.py", "import os\nos.system('x')\n"));
    const std::string rules = kWhole + kModel;
    for (const char* member : {"spec.predictor.model.storageUri", "spec.volumes[0].image.reference", "spec.initContainers[0].args[0]", "metadata.annotations"}) {
        FakeRegistry registry;
        const SubjectVerdict allowed = named_at(member, good, registry, rules);
        INFO(member << ": " << ids(allowed));
        CHECK(allowed.decision == Decision::allow);
        CHECK(allowed.subject.kind == Kind::model);
        REQUIRE(allowed.members.size() == 1);
        CHECK(allowed.members[0].subject.kind == Kind::container);
        const SubjectVerdict denied = named_at(member, bad, registry, rules);
        CHECK(denied.decision == Decision::deny);
        CHECK(has(denied, "serialization.executes-code", "models/model.pkl"));
        CHECK(has(named_at(member, code, registry, rules), "serialization.code-file"));
        // Without a rule for models nothing was asked about the model.
        CHECK(has(named_at(member, good, registry, kWhole), "policy.unmatched"));
    }
    // What runs is an image and nothing else; but for the containers that KServe makes of a model's location.
    FakeRegistry registry;
    const SubjectVerdict runs = named_at("spec.containers[0].image", bad, registry, rules);
    CHECK(runs.decision == Decision::allow);
    CHECK(runs.subject.kind == Kind::container);
    CHECK(named_at("spec.containers[0].image", bad, registry, rules, "modelcar").decision == Decision::deny);
    CHECK(named_at("spec.containers[0].image", good, registry, rules, "modelcar").decision == Decision::allow);
}

TEST_CASE("an image in the place of a model, whose layers nobody read, is no model that passed") {
    FakeRegistry registry;
    const ModelArtifact good = image_of(tar_of("models/model.safetensors", recipes::good_safetensors()));
    const std::string unread = "  - { id: m.format, for: [model], check: serialization, why: x }\n";
    const SubjectVerdict verdict = named_at("spec.storageUri", good, registry, kWhole + unread);
    INFO(ids(verdict));
    CHECK(verdict.decision == Decision::deny);
    CHECK(has(verdict, "oci.layers-not-read"));
    // Artifacts alone are not the model.
    const SubjectVerdict half = named_at("spec.storageUri", good, registry, kWhole + kLayers + unread);
    CHECK(has(half, "oci.layers-not-read"));
    // A rule that asks for no bytes needs none, and it is said that nobody looked.
    const SubjectVerdict names = named_at("spec.storageUri", good, registry, kWhole + "  - { id: m.whole, for: [model], check: integrity, network: allow, why: x }\n");
    INFO(ids(names));
    CHECK(names.decision == Decision::allow);
    CHECK(says_unchecked(names));
}

TEST_CASE("whoever says that an image is a model has it judged as both") {
    const ModelArtifact good = image_of(tar_of("models/model.safetensors", recipes::good_safetensors()));
    const ModelArtifact bad = image_of(tar_of("models/model.pkl", recipes::calling_pickle()));
    const std::string rules = kWhole + kModel;
    const SubjectVerdict allowed = of_layout(good, rules, Kind::model);
    INFO(ids(allowed));
    CHECK(allowed.decision == Decision::allow);
    CHECK(allowed.subject.kind == Kind::model);
    CHECK(allowed.members.size() == 1);
    CHECK(has(of_layout(bad, rules, Kind::model), "serialization.executes-code"));
    FakeRegistry registry;
    CHECK(of_registry(good, registry, rules, Kind::model).decision == Decision::allow);
    CHECK(has(of_registry(bad, registry, rules, Kind::model), "serialization.executes-code"));
    CHECK(of_layout(bad, rules).decision == Decision::allow);    // as an image, whose layers no rule asks for
    const ModelArtifact nothing = image_of(tar_of("usr/share/model.safetensors", recipes::good_safetensors()));
    CHECK(has(of_layout(nothing, rules, Kind::model), "oci.no-model"));
    CHECK(of_layout(nothing, rules).decision == Decision::allow);
}

TEST_CASE("a registry that answers with another kind takes nothing from what is asked about the name") {
    ModelArtifact pack;
    pack.weights(recipes::good_safetensors(), "model.safetensors");
    const std::string elsewhere = "  - { id: c.from, for: [container], check: registry, with: { allow: [\"oci:registry.example/images/**\"] }, why: x }\n";
    const std::string here = "  - { id: c.from, for: [container], check: registry, with: { allow: [\"oci:registry.example/acme/**\"] }, why: x }\n";
    FakeRegistry registry;
    // An image volume names an image: what rules for containers ask about names, they ask.
    const SubjectVerdict refused = named_at("spec.volumes[0].image.reference", pack, registry, kModel + elsewhere);
    INFO(ids(refused));
    CHECK(refused.subject.kind == Kind::model);
    CHECK(refused.decision == Decision::deny);
    CHECK(has(refused, "registry.not-allowed"));
    const SubjectVerdict allowed = named_at("spec.volumes[0].image.reference", pack, registry, kModel + here);
    INFO(ids(allowed));
    CHECK(allowed.decision == Decision::allow);
    // A model's location names none.
    CHECK(named_at("spec.predictor.model.storageUri", pack, registry, kModel + elsewhere).decision == Decision::allow);
    // That the name is in order lets nothing in: there is no rule for models.
    const SubjectVerdict unmatched = named_at("spec.volumes[0].image.reference", pack, registry, here + kWhole);
    CHECK(unmatched.decision == Decision::deny);
    CHECK(has(unmatched, "policy.unmatched"));
}
