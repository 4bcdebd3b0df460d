// Model artifacts, in a layout and in a registry: judged as the folders that they unpack to, or by what somebody says of them.
#include <catch2/catch.hpp>

#include "pipeline/decide.hpp"
#include "pipeline/evaluate.hpp"
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

pipeline::LoadedPolicy policy_of(const std::string& rules) {
    auto loaded = pipeline::load_policy_bytes(as_bytes("headgate: 1\npolicy: t\ntiers: [ { tier: any, match: [\"**\"] } ]\nrules:\n" + rules), "p.yaml", "");
    INFO((loaded.ok() ? "" : loaded.error().message));
    REQUIRE(loaded.ok());
    return std::move(loaded).value();
}
const std::string kBytes = "  - { id: m.format, for: [model, dataset], check: serialization, network: allow, why: x }\n"
                           "  - { id: c.whole, for: [container], check: integrity, network: allow, why: x }\n";
const std::string kNoBytes = "  - { id: m.whole, for: [model], check: integrity, network: allow, why: x }\n";

bool has(const SubjectVerdict& verdict, std::string_view id, std::string_view path = {}) {
    return std::any_of(verdict.findings.begin(), verdict.findings.end(), [&](const ReportedFinding& one) {
        return one.finding.id == id && (path.empty() || one.finding.where.path.ends_with(path));
    });
}
std::string ids(const SubjectVerdict& verdict) {
    std::string all = verdict.error;
    for (const ReportedFinding& one : verdict.findings) all += one.finding.id + " (" + one.finding.message + " at " + one.finding.where.path + ")\n";
    return all;
}

SubjectVerdict of_layout(ModelArtifact& artifact, std::optional<Kind> kind = {}) {
    const TemporaryFolder folder;
    artifact.write(folder);
    pipeline::Request request;
    request.now = kNow;
    request.arguments.push_back({"oci-layout:" + folder.path(), {}, kind});
    const Report report = pipeline::decide(policy_of(kBytes), request);
    for (const Error& error : report.errors) INFO(error.message);
    REQUIRE(report.subjects.size() == 1);
    return report.subjects[0];
}

std::string stored(ModelArtifact& artifact, FakeRegistry& registry) {
    const std::string manifest = artifact.manifest();
    artifact.put(manifest, artifact.manifest_type);
    for (const auto& [digest, blob] : artifact.blobs) registry.stored[digest] = {blob.first, blob.second};
    registry.tag("1", manifest);
    return FakeRegistry::digest_of(manifest);
}

SubjectVerdict of_registry(ModelArtifact& artifact, FakeRegistry& registry, const std::string& rules, std::optional<Kind> kind = {}) {
    stored(artifact, registry);
    pipeline::Request request;
    request.now = kNow;
    request.arguments.push_back({"oci:registry.example/acme/model:1", {}, kind});
    request.registry = std::make_shared<pipeline::RegistryImages>(registry.source(), pipeline::RegistryImages::Limits{});
    const Report report = pipeline::decide(policy_of(rules), request);
    REQUIRE(report.subjects.size() == 1);
    return report.subjects[0];
}

ModelArtifact model_pack(const std::string& weights, const std::string& name) {
    ModelArtifact made;
    made.weights(weights, name);
    made.layer("# A card\n", "application/vnd.cncf.model.doc.v1.raw", "README.md");
    return made;
}
std::string tar_of(const std::string& name, const std::string& content) {
    recipes::TarRecipe tar;
    tar.add(name, content);
    return tar.build();
}
ModelArtifact kit(const std::string& name, const std::string& content) {
    ModelArtifact made = ModelArtifact::kitops();
    made.layer(tar_of(name, content), "application/vnd.kitops.modelkit.model.v1.tar");
    return made;
}

}  // namespace

TEST_CASE("a layout of a model is judged as the model") {
    ModelArtifact good = model_pack(recipes::good_safetensors(), "model.safetensors");
    const SubjectVerdict allowed = of_layout(good);
    INFO(ids(allowed));
    CHECK(allowed.subject.kind == Kind::model);
    CHECK("sha256:" + allowed.subject.digest.sha256 == ModelArtifact::digest_of(good.manifest()));
    CHECK(allowed.decision == Decision::allow);
    CHECK(allowed.coverage.bytes == allowed.coverage.examined);

    ModelArtifact bad = model_pack(recipes::calling_pickle(), "model.pkl");
    const SubjectVerdict denied = of_layout(bad);
    CHECK(denied.decision == Decision::deny);
    CHECK(has(denied, "serialization.executes-code", "/model.pkl"));

    ModelArtifact good_kit = kit("model.safetensors", recipes::good_safetensors());
    const SubjectVerdict packed = of_layout(good_kit);
    INFO(ids(packed));
    CHECK(packed.decision == Decision::allow);
    ModelArtifact bad_kit = kit("model.pkl", recipes::calling_pickle());
    CHECK(has(of_layout(bad_kit), "serialization.executes-code"));

    ModelArtifact ollama = ModelArtifact::ollama();
    ollama.layer("{{ .Prompt }}\n", "application/vnd.ollama.image.template");
    ollama.layer(R"({"stop":["x"]})", "application/vnd.ollama.image.params");
    ollama.layer(recipes::good_safetensors(), "application/vnd.ollama.image.model");
    const SubjectVerdict served = of_layout(ollama);
    INFO(ids(served));
    CHECK(served.decision == Decision::allow);
    CHECK(served.subject.kind == Kind::model);
    ollama.layer(recipes::calling_pickle(), "application/vnd.ollama.image.adapter");
    CHECK(has(of_layout(ollama), "serialization.executes-code"));
}

TEST_CASE("a stated kind is compared with the manifest") {
    ModelArtifact pack = model_pack(recipes::good_safetensors(), "model.safetensors");
    CHECK(of_layout(pack, Kind::model).decision == Decision::allow);
    const SubjectVerdict as_image = of_layout(pack, Kind::container);
    CHECK(as_image.decision == Decision::deny);
    CHECK(has(as_image, "subject.kind-mismatch"));
    FakeRegistry registry;
    CHECK(of_registry(pack, registry, kBytes, Kind::model).decision == Decision::allow);
    const SubjectVerdict as_named = of_registry(pack, registry, kBytes, Kind::container);
    CHECK(as_named.decision == Decision::deny);
    CHECK(has(as_named, "subject.kind-mismatch"));
}

TEST_CASE("an archive that is none is no content of a layer") {
    ModelArtifact raw = ModelArtifact::kitops();
    raw.layer(recipes::good_safetensors(), "application/vnd.kitops.modelkit.model.v1.tar");
    const SubjectVerdict verdict = of_layout(raw);
    CHECK(verdict.decision == Decision::deny);
    CHECK(has(verdict, "oci.layer-packing"));
    ModelArtifact plain = ModelArtifact::kitops();
    plain.layer(tar_of("m.safetensors", recipes::good_safetensors()), "application/vnd.kitops.modelkit.model.v1.tar+gzip");
    CHECK(has(of_layout(plain), "oci.layer-packing"));
}

TEST_CASE("a model in a registry is read where a rule asks for its bytes") {
    FakeRegistry registry;
    ModelArtifact good = model_pack(recipes::good_safetensors(), "model.safetensors");
    const SubjectVerdict allowed = of_registry(good, registry, kBytes);
    INFO(ids(allowed));
    CHECK(allowed.decision == Decision::allow);
    CHECK(allowed.subject.kind == Kind::model);
    CHECK(allowed.subject.origin == Origin::verified);
    CHECK(registry.asked().contains(ModelArtifact::digest_of(recipes::good_safetensors())));
    ModelArtifact bad = model_pack(recipes::calling_pickle(), "model.pkl");
    const SubjectVerdict denied = of_registry(bad, registry, kBytes);
    CHECK(denied.decision == Decision::deny);
    CHECK(has(denied, "serialization.executes-code", "model.pkl"));
    ModelArtifact gone = model_pack(recipes::good_safetensors(), "model.safetensors");
    FakeRegistry broken;
    broken.broken = {ModelArtifact::digest_of(recipes::good_safetensors())};
    CHECK(of_registry(gone, broken, kBytes).decision == Decision::error);
}

TEST_CASE("where no rule looks at bytes, no layer is fetched") {
    FakeRegistry registry;
    ModelArtifact pack = model_pack(recipes::calling_pickle(), "model.pkl");
    const SubjectVerdict verdict = of_registry(pack, registry, kNoBytes);
    INFO(ids(verdict));
    CHECK(verdict.decision == Decision::allow);
    CHECK(registry.asked() == std::set<std::string>{ModelArtifact::digest_of(pack.config)});
    const auto& unchecked = verdict.coverage.unchecked;
    CHECK(std::find(unchecked.begin(), unchecked.end(), "layer-contents") != unchecked.end());

    // One that looks at bytes, and may not have them fetched.
    const SubjectVerdict unread = of_registry(pack, registry, kNoBytes + "  - { id: m.format, for: [model], check: serialization, why: x }\n");
    CHECK(unread.decision == Decision::deny);
    CHECK(has(unread, "serialization.unscannable"));
    CHECK(registry.asked().size() == 1);
    CHECK(registry.ranges == 0);
}

TEST_CASE("a large layer is read in ranges, which are compared with the whole") {
    const std::string header = R"({"w":{"dtype":"F32","shape":[60000],"data_offsets":[0,240000]}})";
    const std::string weights = recipes::safetensors(header, std::string(240'000, '\0'));
    const auto read = [&](FakeRegistry& registry, const pipeline::LayerLimits& limits, Evidence& evidence, const pipeline::Isolation* workers = nullptr) {
        ModelArtifact pack;
        pack.weights(weights, "model.safetensors");
        stored(pack, registry);
        formats::OciContent content;
        content.layer.digest = ModelArtifact::digest_of(weights);
        content.layer.size = weights.size();
        content.name = "model.safetensors";
        return pipeline::read_layers(registry.source(), {"registry.example", "acme/model"}, std::span(&content, 1), {workers, {}}, true,
                                     std::chrono::steady_clock::now() + std::chrono::seconds(20), limits, evidence);
    };
    pipeline::LayerLimits small;
    small.whole = 1000;
    FakeRegistry honest;
    Evidence evidence;
    REQUIRE(read(honest, small, evidence).ok());
    CHECK(honest.ranges >= 1);
    CHECK(honest.ranges < 8);                        // its beginning and end, not its values
    REQUIRE(evidence.files.size() == 1);
    CHECK(evidence.files[0].path == "model.safetensors");
    CHECK(evidence.files[0].examined);
    CHECK(evidence.opaques.empty());
    REQUIRE(evidence.tensors.size() == 1);
    CHECK(evidence.tensors[0].statistics.has_value());

    FakeRegistry lying;
    lying.lies_in_ranges = true;
    Evidence nothing;
    const auto lied = read(lying, small, nothing);
    REQUIRE_FALSE(lied.ok());
    CHECK(lied.error().code == ErrorCode::malformed);
    CHECK(nothing.tensors.empty());

    // The same by workers, which are shown what they asked for.
    auto workers = pipeline::Isolation::start(pipeline::Isolation::Mode::best_effort);
    REQUIRE(workers.ok());
    FakeRegistry asked;
    Evidence apart;
    REQUIRE(read(asked, small, apart, workers->get()).ok());
    CHECK(asked.ranges >= 1);
    CHECK(apart.files.at(0).examined);
    CHECK(apart.tensors == evidence.tensors);
    CHECK(apart.formats == evidence.formats);
    Evidence lied_apart;
    CHECK_FALSE(read(lying, small, lied_apart, workers->get()).ok());
    CHECK(lied_apart.tensors.empty());

    small.held = 10;                                 // its parser wants more than may be held
    Evidence little;
    REQUIRE(read(honest, small, little).ok());
    CHECK_FALSE(little.files.at(0).examined);
    CHECK_FALSE(little.findings.empty());
    Evidence little_apart;
    REQUIRE(read(honest, small, little_apart, workers->get()).ok());
    CHECK(little_apart.opaques.size() == 1);
    pipeline::LayerLimits none;
    none.bytes = 1000;
    Evidence over;
    FakeRegistry unasked;
    REQUIRE(read(unasked, none, over).ok());
    CHECK(unasked.asked().empty());
    CHECK(over.opaques.size() == 1);
}

TEST_CASE("a container that names a model is told so") {
    FakeRegistry registry;
    ModelArtifact pack = model_pack(recipes::good_safetensors(), "model.safetensors");
    stored(pack, registry);
    pipeline::RegistryImages images(registry.source(), {});
    const auto loaded = policy_of(kBytes);
    const pipeline::Evaluator evaluator(loaded, kNow);
    const std::string digest = FakeRegistry::digest_of(pack.manifest());
    const auto judged = [&](const std::string& member, const std::string& version) {
        Subject subject;
        subject.ref = "file:pod.yaml";
        subject.reference = *parse_reference(subject.ref);
        subject.kind = Kind::container;
        subject.has_bytes = true;
        Evidence evidence;
        evidence.formats = {{{"pod.yaml", {}, {}, {}}, "manifest:kubernetes", true, false}};
        evidence.files = {{"pod.yaml", 10, std::string(64, 'a'), true, false}};
        Requirement& requirement = evidence.requirements.emplace_back();
        requirement.reference = *parse_reference("oci:registry.example/acme/model" + version);
        requirement.where = {"pod.yaml", member, {}, 1};
        const auto resolved = pipeline::resolve_members(loaded, evidence, &images, kNow, {}, nullptr);
        return evaluator.evaluate(subject, evidence, {}, nullptr, resolved).members.at(0);
    };
    // An image volume names an image: how that must be pinned, rules for containers say, whatever is found there.
    CHECK(has(judged("spec.volumes[0].image.reference", ":1"), "integrity.not-by-digest"));
    const SubjectVerdict volume = judged("spec.volumes[0].image.reference", "@" + digest);
    INFO(ids(volume));
    CHECK(volume.subject.kind == Kind::model);
    CHECK(volume.decision == Decision::allow);
    const SubjectVerdict container = judged("spec.containers[0].image", "@" + digest);
    CHECK(container.decision == Decision::deny);
    CHECK(has(container, "subject.kind-mismatch"));
}
