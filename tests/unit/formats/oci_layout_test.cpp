#include "formats/oci_layout.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "base/encoding.hpp"
#include "examined.hpp"

using namespace headgate;

namespace {

/// A layout in memory. Digests are made up by a counter: the reader gets each file's digest from its caller anyway.
class Layout {
  public:
    std::map<std::string, std::string> content{{"oci-layout", R"({"imageLayoutVersion":"1.0.0"})"}};
    std::map<std::string, std::string> digest_of{};  // by path, where it differs from the name
    std::string entries{};

    /// Adds a blob and returns its descriptor without the closing brace.
    std::string blob(const std::string& bytes, const std::string& media_type) {
        std::string hex = std::to_string(++last_);
        hex.insert(0, 64 - hex.size(), 'a');
        content["blobs/sha256/" + hex] = bytes;
        return R"({"mediaType":")" + media_type + R"(","digest":"sha256:)" + hex + R"(","size":)" + std::to_string(bytes.size());
    }
    static std::string digest(const std::string& descriptor) { return descriptor.substr(descriptor.find("sha256:"), 71); }
    static std::string path(const std::string& descriptor) { return "blobs/sha256/" + digest(descriptor).substr(7); }

    std::string image(const std::string& more = {}, const std::string& layer_type = "application/vnd.oci.image.layer.v1.tar+gzip") {
        const std::string config = blob(R"({"os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:0"]}})",
                                        "application/vnd.oci.image.config.v1+json");
        const std::string layer = blob("layer" + std::to_string(last_), layer_type);
        return blob(R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)" + config +
                        R"(},"layers":[)" + layer + "}]" + more + "}",
                    "application/vnd.oci.image.manifest.v1+json");
    }
    std::string index(const std::string& list) {
        return blob(R"({"schemaVersion":2,"manifests":[)" + list + "]}", "application/vnd.oci.image.index.v1+json");
    }
    void list(const std::string& descriptor, const std::string& tag = {}, const std::string& more = {}) {
        entries += (entries.empty() ? "" : ",") + descriptor + more +
                   (tag.empty() ? "" : R"(,"annotations":{"org.opencontainers.image.ref.name":")" + tag + "\"}") + "}";
    }

    struct Read {
        std::optional<formats::OciImage> image;
        tests::Outcome outcome;
    };
    Read read(const std::string& tag = {}) {
        if (content.count("index.json") == 0) content["index.json"] = R"({"schemaVersion":2,"manifests":[)" + entries + "]}";
        std::vector<FileRecord> files;
        for (const auto& [path, bytes] : content) {
            std::string sha256 = path.starts_with("blobs/sha256/") ? path.substr(13) : "";
            if (digest_of.count(path) != 0) sha256 = digest_of[path];
            files.push_back({path, bytes.size(), sha256, false, false});
        }
        Read result;
        const Limits limits;
        Budget budget(limits);
        formats::ParseContext context{limits, budget, result.outcome.evidence, {}, {}, 0};
        const formats::OciRead reader = [&](const std::string& path) -> std::optional<ByteView> {
            const auto found = content.find(path);
            if (found == content.end()) return std::nullopt;
            return as_bytes(found->second);
        };
        result.image = formats::read_oci_layout(files, reader, tag, context);
        return result;
    }

  private:
    int last_ = 0;
};

void expect(Layout& layout, const std::string& id, const std::string& tag = {}) {
    const auto read = layout.read(tag);
    INFO(id << ": " << read.outcome.ids());
    CHECK(read.outcome.has(id));
}

}  // namespace

TEST_CASE("the only image of a layout is the subject, and its files are covered") {
    Layout layout;
    const std::string manifest = layout.image();
    layout.list(manifest);
    const auto read = layout.read();
    INFO(read.outcome.ids());
    CHECK(read.outcome.evidence.findings.empty());
    REQUIRE(read.image);
    CHECK(read.image->root.digest == Layout::digest(manifest));
    CHECK_FALSE(read.image->is_index);
    CHECK(read.image->configs.size() == 1);
    CHECK(read.image->layers.size() == 1);
    CHECK(read.image->covered.size() == layout.content.size());
    CHECK(read.image->others.empty());
    CHECK(read.outcome.evidence.digest_claims.size() == 3);
}

TEST_CASE("an image is selected by tag or digest, and a name must be unique") {
    Layout layout;
    const std::string one = layout.image();
    const std::string two = layout.image();
    layout.list(one, "v1");
    layout.list(two, "v2");
    CHECK(layout.read("v2").image->root.digest == Layout::digest(two));
    CHECK(layout.read(Layout::digest(one)).image->root.digest == Layout::digest(one));
    CHECK(layout.read("v1").outcome.evidence.findings.empty());
    CHECK(layout.read("v1").image->others.size() == 3);
    expect(layout, "oci.ambiguous-image");
    expect(layout, "oci.no-image", "v3");
    CHECK_FALSE(layout.read("v3").image);
    Layout same;
    same.list(same.image(), "v1");
    same.list(same.image(), "v1");
    expect(same, "oci.ambiguous-image", "v1");
    Layout empty;
    expect(empty, "oci.no-image");
}

TEST_CASE("what each image was built on is a fact, where its annotations say so") {
    Layout layout;
    layout.list(layout.index(layout.image(R"(,"annotations":{"org.opencontainers.image.base.name":"registry.example/base:1","org.opencontainers.image.base.digest":"sha256:1"})") + "}," +
                             layout.image(R"(,"annotations":{"org.opencontainers.image.base.name":7})") + "}," + layout.image(R"(,"annotations":"no")") + "}"));
    const auto read = layout.read();
    const auto& images = read.outcome.evidence.configurations;
    REQUIRE(images.size() == 3);
    CHECK(std::all_of(images.begin(), images.end(), [](const Configuration& one) { return one.role == "image"; }));
    REQUIRE(images[0].fields.size() == 2);
    CHECK(images[0].fields[0].value == "registry.example/base:1");
    CHECK(images[0].fields[1].value == "sha256:1");
    CHECK(images[1].fields.empty());
    CHECK(images[2].fields.empty());
}

TEST_CASE("an index covers all its platforms") {
    Layout layout;
    const std::string amd = layout.image() + R"(,"platform":{"os":"linux","architecture":"amd64"}})";
    const std::string arm = layout.image() + R"(,"platform":{"os":"linux","architecture":"arm64","variant":"v8"}})";
    layout.list(layout.index(amd + "," + arm), "latest");
    const auto read = layout.read("latest");
    INFO(read.outcome.ids());
    CHECK(read.outcome.evidence.findings.empty());
    REQUIRE(read.image);
    CHECK(read.image->is_index);
    REQUIRE(read.image->manifests.size() == 2);
    CHECK(read.image->manifests[1].platform == "linux/arm64/v8");
    CHECK(read.image->layers.size() == 2);
}

TEST_CASE("a layer is read under each media type that it is described as") {
    constexpr const char* kGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
    constexpr const char* kDockerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    constexpr const char* kOther = "application/vnd.oci.image.layer.v1.tar+foo";
    constexpr const char* kImage = "application/vnd.oci.image.config.v1+json";
    constexpr const char* kArtifact = "application/vnd.foo+json";
    constexpr const char* kRuns = R"(,"platform":{"os":"linux","architecture":"amd64"}})";
    constexpr const char* kAttests = R"(,"platform":{"os":"unknown","architecture":"unknown"},"annotations":{"vnd.docker.reference.type":"attestation-manifest"}})";
    struct Listed {
        Layout& layout;
        std::string layer = layout.blob("layer", "TYPE");
        std::string statement = layout.blob("{}", "application/vnd.in-toto+json") + "}";
        std::string as(const std::string& type) const { return std::string(layer).replace(layer.find("TYPE"), 4, type) + "}"; }
        std::string manifest(const std::string& layers, const std::string& config_type) {
            const std::string config = layout.blob(R"({"os":"linux","rootfs":{"type":"layers","diff_ids":[]}})", config_type);
            return layout.blob(R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)" + config + R"(},"layers":[)" + layers + "]}",
                               "application/vnd.oci.image.manifest.v1+json");
        }
    };
    const auto layers_of = [](const Layout::Read& read) {
        std::string all;
        for (const formats::OciDescriptor& layer : read.image->layers) all += layer.media_type + " ";
        return all;
    };
    SECTION("behind what only says that it is an attestation") {
        Layout layout;
        Listed listed{layout};
        layout.list(layout.index(listed.manifest(listed.as(kOther), kImage) + kAttests + "," + listed.manifest(listed.as(kGzip), kImage) + kRuns));
        const auto read = layout.read();
        CHECK(read.outcome.has("oci.media-type"));
        REQUIRE(read.image);
        CHECK(layers_of(read) == std::string(kOther) + " " + kGzip + " ");
    }
    SECTION("behind an artifact") {
        Layout layout;
        Listed listed{layout};
        layout.list(layout.index(listed.manifest(listed.as(kOther), kArtifact) + "}," + listed.manifest(listed.as(kGzip), kImage) + kRuns));
        const auto read = layout.read();
        CHECK(read.outcome.has("oci.media-type"));
        REQUIRE(read.image);
        CHECK(layers_of(read) == std::string(kOther) + " " + kGzip + " ");
    }
    SECTION("within one artifact") {
        Layout layout;
        Listed listed{layout};
        layout.list(listed.manifest(listed.as(kOther) + "," + listed.as(kGzip), kArtifact));
        const auto read = layout.read();
        CHECK(read.outcome.has("oci.media-type"));
        REQUIRE(read.image);
        CHECK(layers_of(read) == std::string(kOther) + " " + kGzip + " ");
    }
    SECTION("of a platform that says that it is an attestation") {
        Layout layout;
        Listed listed{layout};
        const std::string says = std::string(kRuns).replace(std::string(kRuns).size() - 1, 1, R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest"}})");
        layout.list(layout.index(listed.manifest(listed.as("application/vnd.oci.image.layer.v1.tar+x+gzip"), kImage) + says));
        expect(layout, "oci.media-type");
    }
    SECTION("of a manifest that is listed as an attestation and as an image") {
        Layout layout;
        Listed listed{layout};
        const std::string one = listed.manifest(listed.statement, kImage);
        layout.list(layout.index(one + kAttests + "," + one + kRuns));
        expect(layout, "oci.media-type");
    }
    SECTION("of two packings") {
        Layout layout;
        Listed listed{layout};
        layout.list(layout.index(listed.manifest(listed.as("application/vnd.oci.image.layer.v1.tar"), kImage) + "}," + listed.manifest(listed.as(kGzip), kImage) + kRuns));
        expect(layout, "oci.media-type");
    }
    SECTION("of two names for one packing, and beside an attestation: nothing is wrong") {
        Layout layout;
        Listed listed{layout};
        layout.list(layout.index(listed.manifest(listed.statement, kImage) + kAttests + "," + listed.manifest(listed.as(kGzip), kImage) + kRuns + "," +
                                 listed.manifest(listed.as(kDockerGzip), kImage) + "}"));
        const auto read = layout.read();
        INFO(read.outcome.ids());
        CHECK(read.outcome.evidence.findings.empty());
        REQUIRE(read.image);
        CHECK(layers_of(read) == std::string(kGzip) + " " + kDockerGzip + " ");
    }
}

TEST_CASE("attachments are found by cosign's tags, its annotations, and by subject") {
    Layout layout;
    const std::string image = layout.image();
    const std::string hex = Layout::digest(image).substr(7);
    layout.list(image, "v1");
    layout.list(layout.image(), "sha256-" + hex + ".sig");
    layout.list(layout.image(), "sha256-" + hex + ".att");
    layout.list(layout.image(R"(,"subject":)" + image + "}"));
    const std::string referrer = layout.image() + "}";
    layout.list(layout.index(referrer), "sha256-" + hex);
    const auto read = layout.read();
    INFO(read.outcome.ids());
    REQUIRE(read.image);
    CHECK(read.image->root.digest == "sha256:" + hex);
    CHECK(read.outcome.evidence.findings.empty());
    REQUIRE(read.image->attachments.size() == 5);
    CHECK(read.image->attachments[0].kind == formats::OciAttachment::Kind::signature);
    CHECK(read.image->attachments[1].kind == formats::OciAttachment::Kind::attestation);
    CHECK(read.image->attachments[2].kind == formats::OciAttachment::Kind::referrer);
    for (const auto& attachment : read.image->attachments) CHECK(attachment.subject == "sha256:" + hex);
}

TEST_CASE("every trick of a layout is a finding with its own id") {
    SECTION("version") {
        Layout layout;
        layout.list(layout.image());
        layout.content["oci-layout"] = R"({"imageLayoutVersion":"2.0.0"})";
        expect(layout, "oci.layout-version");
        CHECK_FALSE(layout.read().image);
    }
    SECTION("blob that was changed") {
        Layout layout;
        const std::string image = layout.image();
        layout.list(image);
        layout.digest_of[Layout::path(image)] = std::string(64, 'f');
        expect(layout, "oci.digest-mismatch");
    }
    SECTION("blob that is missing") {
        Layout layout;
        layout.list(layout.image());
        layout.content.erase("blobs/sha256/" + std::string(63, 'a') + "2");
        expect(layout, "oci.missing-blob");
    }
    SECTION("blob of another size") {
        Layout layout;
        layout.list(layout.image());
        layout.content["blobs/sha256/" + std::string(63, 'a') + "2"] += "x";
        expect(layout, "oci.size-mismatch");
    }
    SECTION("blob that nothing refers to") {
        Layout layout;
        layout.list(layout.image());
        layout.blob("hidden", "text/plain");
        expect(layout, "oci.unreferenced-blob");
    }
    SECTION("file that is no blob") {
        Layout layout;
        layout.list(layout.image());
        layout.content["manifest.json"] = "[]";
        expect(layout, "oci.unknown-file");
    }
    SECTION("unknown layer") {
        Layout layout;
        layout.list(layout.image({}, "application/x-python-code"));
        expect(layout, "oci.media-type");
    }
    SECTION("foreign layer") {
        Layout layout;
        layout.list(layout.image({}, "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"));
        expect(layout, "oci.foreign-layer");
    }
    SECTION("manifest and index at once") {
        Layout layout;
        layout.list(layout.image(R"(,"manifests":[])"));
        expect(layout, "oci.malformed");
    }
    SECTION("manifest described as an index") {
        Layout layout;
        std::string image = layout.image();
        image.replace(image.find("manifest.v1"), 11, "index.v1");
        layout.list(image);
        expect(layout, "oci.media-type");
    }
    SECTION("key twice") {
        Layout layout;
        layout.list(layout.image(R"(,"layers":[])"));
        expect(layout, "oci.malformed");
    }
    SECTION("digest of another kind") {
        Layout layout;
        std::string image = layout.image();
        image.replace(image.find("sha256:"), 7, "sha512:");
        layout.list(image);
        expect(layout, "oci.malformed");
    }
    SECTION("embedded data that differs") {
        Layout layout;
        const std::string data = to_base64(as_bytes("{}"));
        layout.list(layout.image(), {}, R"(,"data":")" + data + "\"");
        expect(layout, "oci.embedded-data");
    }
    SECTION("index.json that is no index") {
        Layout layout;
        layout.content["index.json"] = "[]";
        expect(layout, "oci.malformed");
    }
}

TEST_CASE("every prefix of a layout's documents keeps the oracle") {
    Layout whole;
    const std::string image = whole.image();
    whole.list(image, "v1");
    CHECK(whole.read().outcome.evidence.findings.empty());
    for (const std::string& path : {std::string("oci-layout"), std::string("index.json"), Layout::path(image)}) {
        const std::string bytes = whole.content[path];
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            Layout cut = whole;
            cut.content[path] = bytes.substr(0, length);
            const auto read = cut.read();
            INFO(path << " " << length);
            REQUIRE_FALSE(read.outcome.evidence.findings.empty());
        }
    }
}
