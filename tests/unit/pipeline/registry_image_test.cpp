// One image of a registry: what is asked for, and what it is as evidence.
#include <catch2/catch.hpp>

#include <algorithm>

#include "unit/pipeline/fake_registry.hpp"

using namespace headgate;
using fake::FakeRegistry;

namespace {

const io::Repository kWhere{"registry.example", "acme/app"};

io::Deadline soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }

Result<pipeline::FetchedImage> fetch(FakeRegistry& registry, const std::string& root, const pipeline::FetchLimits& limits = {},
                                     std::string_view media_type = formats::kOciManifest) {
    return pipeline::fetch_image(registry.source(), kWhere,
                                 {std::string(media_type), FakeRegistry::digest_of(root), Bytes(root.begin(), root.end())},
                                 pipeline::Fetch::whole, soon(), limits);
}

Recording recording_of(const pipeline::FetchedImage& image) {
    return pipeline::image_evidence(image, *parse_reference("oci:registry.example/acme/app:1"), attest::Trust{}, Instant{1'800'000'000});
}

std::vector<std::string> found(FakeRegistry& registry, const std::string& root, std::string_view media_type = formats::kOciManifest) {
    const auto image = fetch(registry, root, {}, media_type);
    REQUIRE(image.ok());
    std::vector<std::string> ids;
    for (const Finding& finding : recording_of(*image).evidence.findings) ids.push_back(finding.id);
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

using Ids = std::vector<std::string>;

std::string index_of(const std::string& children) {
    return R"({"schemaVersion":2,"mediaType":")" + std::string(formats::kOciIndex) + R"(","manifests":[)" + children + "]}";
}

std::string replaced(std::string text, const std::string& part, const std::string& by) {
    const std::size_t at = text.find(part);
    REQUIRE(at != std::string::npos);
    return text.replace(at, part.size(), by);
}

}  // namespace

TEST_CASE("an image of a registry is the evidence that its layout would be") {
    FakeRegistry registry;
    const std::string manifest = registry.image();
    const auto image = fetch(registry, manifest);
    REQUIRE(image.ok());
    CHECK(registry.requests == 4);                   // config, referrers, .sig, .att; and the manifest that was there
    const Recording recording = recording_of(*image);
    CHECK(recording.subject.kind == Kind::container);
    CHECK(recording.subject.origin == Origin::verified);
    CHECK(recording.subject.has_bytes);
    CHECK("sha256:" + recording.subject.digest.sha256 == FakeRegistry::digest_of(manifest));
    CHECK(recording.subject.ref == "oci:registry.example/acme/app:1@" + FakeRegistry::digest_of(manifest));
    CHECK(recording.evidence.findings.empty());
    CHECK(recording.evidence.opaques.empty());
    REQUIRE(recording.evidence.files.size() == 3);   // manifest, config, and the layer that its digest binds
    for (const FileRecord& file : recording.evidence.files) CHECK(file.examined);
    CHECK(recording.evidence.digest_claims.size() == 2);  // of what was read
}

TEST_CASE("what is wrong with an image of a registry is a finding, as in a layout") {
    FakeRegistry registry;
    const std::string good = registry.image();
    CHECK(found(registry, good).empty());
    CHECK(found(registry, good, formats::kDockerManifest) == Ids{"oci.media-type"});   // of Content-Type
    CHECK(found(registry, good, "application/json") == Ids{"oci.media-type"});
    CHECK(found(registry, replaced(good, R"("layers":)", R"("manifests":[],"layers":)")) == Ids{"oci.malformed"});
    CHECK(found(registry, "{") == Ids{"oci.malformed"});
    CHECK(found(registry, replaced(good, "image.layer.v1", "image.layer.nondistributable.v1")) == Ids{"oci.foreign-layer"});
    CHECK(found(registry, replaced(good, "image.layer.v1.tar+gzip", "image.layer.v1.cpio")) == Ids{"oci.media-type"});
    FakeRegistry without;
    CHECK(found(without, good) == Ids{"oci.missing-blob"});   // there is no config
}

TEST_CASE("a layer that is no part of a file system is content that nobody has read") {
    FakeRegistry registry;
    const std::string config = registry.put("{}", "application/vnd.cncf.model.config.v1+json");
    const std::string manifest = R"({"schemaVersion":2,"config":)" + config + R"(,"layers":[)" +
                                 FakeRegistry::descriptor("weights", "application/vnd.cncf.model.weight.v1.raw") + "]}";
    const auto image = fetch(registry, manifest);
    REQUIRE(image.ok());
    const Recording recording = recording_of(*image);
    CHECK(recording.evidence.findings.empty());
    REQUIRE(recording.evidence.opaques.size() == 1);
    CHECK(recording.evidence.opaques[0].bytes == 7);
}

TEST_CASE("an index is judged with the manifests below it") {
    FakeRegistry registry;
    const std::string one = registry.image("one");
    const std::string two = registry.image("two");
    const std::string children = FakeRegistry::descriptor(one, formats::kOciManifest) + "," + FakeRegistry::descriptor(two, formats::kOciManifest);
    CHECK(found(registry, index_of(children), formats::kOciIndex).empty());
    registry.stored.erase(FakeRegistry::digest_of(two));
    CHECK(found(registry, index_of(children), formats::kOciIndex) == Ids{"oci.missing-blob"});

    std::string many;
    for (int i = 0; i < 65; ++i) {
        many += (many.empty() ? "" : ",") + FakeRegistry::descriptor(registry.image(std::to_string(i)), formats::kOciManifest);
    }
    registry.requests = 0;
    const auto ids = found(registry, index_of(many), formats::kOciIndex);
    CHECK(std::find(ids.begin(), ids.end(), "oci.unscannable") != ids.end());
    CHECK(registry.requests <= 3 + 64 + 1);          // one config for all
}

TEST_CASE("what is over a limit is not asked for, and said") {
    FakeRegistry registry;
    const std::string config = R"({"mediaType":")" + std::string(formats::kOciConfig) + R"(","digest":")" + FakeRegistry::digest_of("x") +
                               R"(","size":999999999})";
    const std::string manifest = R"({"schemaVersion":2,"config":)" + config + R"(,"layers":[]})";
    const auto ids = found(registry, manifest);
    CHECK(std::find(ids.begin(), ids.end(), "oci.unscannable") != ids.end());
    CHECK(registry.requests == 3);
}

TEST_CASE("signatures are found under cosign's tags and among the referrers, and nothing else is opened") {
    FakeRegistry registry;
    const std::string image = registry.image();
    const std::string subject = R"(,"subject":)" + FakeRegistry::descriptor(image, formats::kOciManifest);
    const auto attachment = [&](const std::string& layer, std::string_view type, const std::string& more) {
        const std::string manifest = R"({"schemaVersion":2,"config":)" + registry.put("{}", "application/vnd.oci.empty.v1+json") +
                                     R"(,"layers":[)" + registry.put(layer, type) + "]" + more + "}";
        registry.put(manifest, formats::kOciManifest);
        return manifest;
    };
    const std::string bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
    registry.tag("sha256-" + FakeRegistry::digest_of(image).substr(7) + ".sig", attachment("signed", "application/vnd.dev.cosign.simplesigning.v1+json", ""));
    const std::string bundle = attachment("a bundle", bundle_type, R"(,"artifactType":")" + bundle_type + "\"" + subject);
    const std::string bill = attachment("a bill", "application/spdx+json", R"(,"artifactType":"application/spdx+json")" + subject);
    registry.referrers[FakeRegistry::digest_of(image)] = {
        index_of(FakeRegistry::descriptor(bundle, formats::kOciManifest, R"(,"artifactType":")" + bundle_type + "\"") + "," +
                 FakeRegistry::descriptor(bill, formats::kOciManifest, R"(,"artifactType":"application/spdx+json")"))};
    registry.requests = 0;
    const auto fetched = fetch(registry, image);
    REQUIRE(fetched.ok());
    REQUIRE(fetched->attached.documents.size() == 2);
    CHECK(fetched->attached.problems.empty());
    CHECK(registry.requests == 4 + 1 + 2);           // the bundle's manifest; two documents

    // Over a limit none of them counts.
    pipeline::FetchLimits few;
    few.attached.documents = 1;
    const auto refused = fetch(registry, image, few);
    REQUIRE(refused.ok());
    CHECK(refused->attached.documents.empty());
    CHECK_FALSE(refused->attached.problems.empty());
}

TEST_CASE("what cannot be asked is no property of the image") {
    FakeRegistry registry;
    const std::string image = registry.image();
    const std::string tag = "sha256-" + FakeRegistry::digest_of(image).substr(7) + ".sig";
    registry.broken = {tag};
    const auto fetched = fetch(registry, image);
    REQUIRE_FALSE(fetched.ok());
    CHECK(fetched.error().code == ErrorCode::io);
    registry.broken.clear();
    CHECK(fetch(registry, image).ok());
}

TEST_CASE("for what is attached alone, no config is asked for; what is not there is said") {
    FakeRegistry registry;
    registry.tag("1", registry.image());
    const auto there = pipeline::fetch_attached_image(registry.source(), *parse_reference("oci:registry.example/acme/app:1"), soon());
    REQUIRE(there.ok());
    CHECK(there->problem.empty());
    CHECK(there->attached.digest == registry.tags["1"]);
    CHECK(registry.requests == 4);
    const auto gone = pipeline::fetch_attached_image(registry.source(), *parse_reference("oci:registry.example/acme/app:2"), soon());
    REQUIRE(gone.ok());
    CHECK(gone->problem == "the registry has no oci:registry.example/acme/app:2");
}
