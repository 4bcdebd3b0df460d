// What a manifest is, and which of its layers are contents for the parsers.
#include "formats/oci_artifact.hpp"

#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/model_artifact.hpp"

using namespace headgate;
using formats::OciForm;
using recipes::ModelArtifact;

namespace {

formats::OciDocument document(const std::string& text) {
    auto read = formats::read_oci_document(as_bytes(text), Limits{});
    INFO(read.problem);
    REQUIRE(read.problem.empty());
    return read;
}

struct Read {
    std::optional<formats::OciImage> image;
    tests::Outcome outcome;
    std::string ids() const { return outcome.ids(); }
};

/// A layout of these documents, read; `entries` of its index.json.
Read read(const std::map<std::string, std::pair<std::string, std::string>>& blobs, const std::string& entries) {
    std::map<std::string, std::string> content{{"oci-layout", R"({"imageLayoutVersion":"1.0.0"})"},
                                               {"index.json", R"({"schemaVersion":2,"manifests":[)" + entries + "]}"}};
    for (const auto& [digest, blob] : blobs) content["blobs/sha256/" + digest.substr(7)] = blob.second;
    std::vector<FileRecord> files;
    for (const auto& [path, bytes] : content) files.push_back({path, bytes.size(), crypto::sha256_hex(as_bytes(bytes)), false, false});
    Read result;
    const Limits limits;
    Budget budget(limits);
    formats::ParseContext context{limits, budget, result.outcome.evidence, {}, {}, 0};
    result.image = formats::read_oci_layout(
        files, [&](const std::string& path) { return content.contains(path) ? std::optional(as_bytes(content.at(path))) : std::nullopt; }, "", context);
    return result;
}
Read read(ModelArtifact& artifact) {
    const std::string manifest = artifact.manifest();
    const std::string entry = artifact.put(manifest, artifact.manifest_type);
    return read(artifact.blobs, entry);
}

}  // namespace

TEST_CASE("manifest and config say alike what an artifact is") {
    ModelArtifact pack;
    pack.weights("w", "w.bin");
    CHECK(form_of(document(pack.manifest())) == OciForm::modelpack);
    pack.artifact_type.clear();
    CHECK(form_of(document(pack.manifest())) == OciForm::other);
    pack.artifact_type = "application/vnd.cncf.model.manifest.v1+json";
    pack.config_type = "application/vnd.oci.image.config.v1+json";       // what a runtime looks at
    CHECK(form_of(document(pack.manifest())) == OciForm::image);
    pack.config_type = "application/vnd.oci.empty.v1+json";
    CHECK(form_of(document(pack.manifest())) == OciForm::other);

    ModelArtifact kit = ModelArtifact::kitops();
    CHECK(form_of(document(kit.manifest())) == OciForm::kitops);
    kit.artifact_type.clear();
    CHECK(form_of(document(kit.manifest())) == OciForm::kitops);
    kit.artifact_type = "application/vnd.acme";
    CHECK(form_of(document(kit.manifest())) == OciForm::other);

    ModelArtifact ollama = ModelArtifact::ollama();
    CHECK(form_of(document(ollama.manifest())) == OciForm::image);       // nothing of Ollama's in it
    ollama.layer("GGUF", "application/vnd.ollama.image.model");
    CHECK(form_of(document(ollama.manifest())) == OciForm::ollama);
    ollama.layer("layer", "application/vnd.docker.image.rootfs.diff.tar.gzip");
    CHECK(form_of(document(ollama.manifest())) == OciForm::image);       // a runtime would unpack it
}

TEST_CASE("a layer's type counts under the form of its manifest alone") {
    const auto* const weights = formats::find_layer_type(OciForm::modelpack, "application/vnd.cncf.model.weight.v1.tar+zstd");
    REQUIRE(weights != nullptr);
    CHECK(weights->packing == formats::OciPacking::tar_zstd);
    CHECK_FALSE(weights->dataset);
    CHECK(formats::find_layer_type(OciForm::kitops, "application/vnd.cncf.model.weight.v1.raw") == nullptr);
    CHECK(formats::find_layer_type(OciForm::modelpack, "application/vnd.cncf.model.weight.v2.raw") == nullptr);
    CHECK(formats::find_layer_type(OciForm::modelpack, "application/vnd.oci.image.layer.v1.tar") == nullptr);
    CHECK(formats::find_layer_type(OciForm::image, "application/vnd.oci.image.layer.v1.tar") == nullptr);
}

TEST_CASE("layers of a model are contents, and it is a model; data alone is a dataset") {
    ModelArtifact pack;
    pack.weights("weights", "model.safetensors");
    pack.layer("card", "application/vnd.cncf.model.doc.v1.tar", "docs");
    const Read model = read(pack);
    INFO(model.ids());
    CHECK(model.outcome.evidence.findings.empty());
    REQUIRE(model.image);
    CHECK(model.image->kind == Kind::model);
    CHECK(model.image->layers.empty());
    CHECK(model.image->unread.empty());
    REQUIRE(model.image->contents.size() == 2);
    CHECK(model.image->contents[0].name == "model.safetensors");
    CHECK(model.image->contents[1].name.empty());                        // an archive has names of its own
    CHECK(model.image->covered.size() == 6);
    CHECK(model.outcome.is("oci-modelpack"));

    ModelArtifact data;
    data.layer("a,b", "application/vnd.cncf.model.dataset.v1.raw", "a.csv");
    CHECK(read(data).image->kind == Kind::dataset);
    data.weights("w", "w.bin");
    CHECK(read(data).image->kind == Kind::model);
    ModelArtifact empty;
    CHECK(read(empty).image->kind == Kind::model);
}

TEST_CASE("what nobody reads in a model artifact is told apart") {
    ModelArtifact pack;
    pack.weights("weights", "w.bin");
    pack.layer("layer", "application/vnd.oci.image.layer.v1.tar");       // a runtime that mounts it would unpack it
    pack.layer("other", "application/vnd.acme.model");
    pack.config = "\x80\x04.";                                           // no document
    const Read model = read(pack);
    REQUIRE(model.image);
    CHECK(model.image->unread.size() == 3);
    CHECK(model.image->contents.size() == 1);
    CHECK(model.image->layers.empty());
}

TEST_CASE("file names of layers are plain, and each is there once") {
    for (const char* const name : {"../w.bin", "/w.bin", "a/../../w.bin", "C:w.bin", "a\\\\b"}) {
        ModelArtifact pack;
        pack.weights("weights", name);
        const Read model = read(pack);
        INFO(name << model.ids());
        CHECK(model.outcome.has("oci.layer-name"));
        REQUIRE(model.image);
        REQUIRE(model.image->contents.size() == 1);                      // and its content is read all the same
        CHECK(model.image->contents[0].name.empty());
    }
    ModelArtifact twice;
    twice.weights("one", "w.bin");
    twice.weights("two", "W.bin");
    CHECK(read(twice).outcome.has("oci.layer-name"));
    ModelArtifact fine;
    fine.weights("one", "a/w.bin");
    fine.weights("one", "b/run.py");                                     // one blob, under both of its names
    const Read both = read(fine);
    CHECK(both.outcome.evidence.findings.empty());
    CHECK(both.image->contents.size() == 2);
}

TEST_CASE("an index of images and models is neither") {
    ModelArtifact pack;
    pack.weights("one", "w.bin");
    const std::string model = pack.put(pack.manifest(), pack.manifest_type);
    ModelArtifact image = ModelArtifact::ollama();
    image.layer("layer", "application/vnd.oci.image.layer.v1.tar");
    const std::string runs = image.put(image.manifest(), image.manifest_type);
    auto blobs = pack.blobs;
    blobs.insert(image.blobs.begin(), image.blobs.end());
    const auto index = [&](const std::string& list) {
        ModelArtifact holder;
        const std::string entry = holder.put(R"({"schemaVersion":2,"manifests":[)" + list + "]}", std::string(formats::kOciIndex));
        auto all = blobs;
        all.insert(holder.blobs.begin(), holder.blobs.end());
        return read(all, entry);
    };
    const Read mixed = index(model + "," + runs);
    CHECK(mixed.outcome.has("oci.mixed-kinds"));
    CHECK(mixed.image->kind == Kind::container);
    CHECK(index(runs + "," + model).image->kind == Kind::container);
    const Read one = index(model);
    CHECK_FALSE(one.outcome.has("oci.mixed-kinds"));
    CHECK(one.image->kind == Kind::model);
}

TEST_CASE("statements of a build are documents, and what only says so is content that nobody reads") {
    const auto judged = [](const std::string& statement, const std::string& type, bool attestation) {
        ModelArtifact image = ModelArtifact::ollama();
        image.manifest_type = std::string(formats::kOciManifest);
        image.layer("layer", "application/vnd.oci.image.layer.v1.tar");
        const std::string runs = image.put(image.manifest(), image.manifest_type);
        ModelArtifact said = image;
        said = ModelArtifact::ollama();
        said.manifest_type = std::string(formats::kOciManifest);
        said.layer(statement, type);
        const std::string note = R"(,"platform":{"os":"unknown","architecture":"unknown"},"annotations":{"vnd.docker.reference.type":"attestation-manifest"})";
        const std::string says = said.put(said.manifest(), said.manifest_type, attestation ? note : "");
        ModelArtifact holder;
        const std::string entry = holder.put(R"({"schemaVersion":2,"manifests":[)" + runs + "," + says + "]}", std::string(formats::kOciIndex));
        auto all = image.blobs;
        all.insert(said.blobs.begin(), said.blobs.end());
        all.insert(holder.blobs.begin(), holder.blobs.end());
        return read(all, entry);
    };
    const std::string type = "application/vnd.in-toto+json";
    const Read good = judged(R"({"_type":"https://in-toto.io/Statement/v0.1"})", type, true);
    INFO(good.ids());
    CHECK(good.outcome.evidence.findings.empty());
    REQUIRE(good.image);
    CHECK(good.image->unread.empty());
    CHECK(good.image->layers.size() == 1);                               // the image's own
    CHECK(good.image->kind == Kind::container);
    CHECK(judged("\x80\x04.", type, true).image->unread.size() == 1);
    CHECK(judged(R"({})", "application/vnd.acme+json", true).image->layers.size() == 2);
    CHECK(judged(R"({})", type, false).outcome.has("oci.media-type"));   // an image that somebody runs
}

TEST_CASE("every prefix of a model's manifest keeps the oracle") {
    ModelArtifact pack;
    pack.weights("weights", "w.bin");
    pack.layer("card", "application/vnd.cncf.model.doc.v1.tar");
    const std::string whole = pack.manifest();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        auto blobs = pack.blobs;
        ModelArtifact holder;
        const std::string entry = holder.put(whole.substr(0, length), pack.manifest_type);
        blobs.insert(holder.blobs.begin(), holder.blobs.end());
        CHECK(read(blobs, entry).outcome.oracle());
        CHECK_FALSE(read(blobs, entry).outcome.evidence.findings.empty());
    }
}
