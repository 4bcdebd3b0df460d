#include "formats/oci_attached.hpp"

#include <catch2/catch.hpp>
#include <map>

using namespace headgate;
using formats::OciAttachment;
using formats::OciDescriptor;

namespace {

constexpr std::string_view kManifest = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view kBundle = "application/vnd.dev.sigstore.bundle.v0.3+json";
constexpr std::string_view kSimple = "application/vnd.dev.cosign.simplesigning.v1+json";

/// What a registry holds, with digests made up by a counter: whoever hands out blobs has compared them.
class Store {
  public:
    std::map<std::string, std::string> blobs{};
    std::vector<OciAttachment> attachments{};
    OciDescriptor image{std::string(kManifest), "sha256:" + std::string(64, 'f'), 528, {}, {}, {}};
    formats::AttachedLimits limits{};
    std::size_t opened = 0;

    OciDescriptor add(const std::string& bytes, std::string_view media_type) {
        std::string hex = std::to_string(++last_);
        hex.insert(0, 64 - hex.size(), 'a');
        blobs["sha256:" + hex] = bytes;
        OciDescriptor descriptor;
        descriptor.media_type = media_type;
        descriptor.digest = "sha256:" + hex;
        descriptor.size = bytes.size();
        return descriptor;
    }
    static std::string json(const OciDescriptor& what, const std::string& more = "") {
        return R"({"mediaType":")" + what.media_type + R"(","digest":")" + what.digest + R"(","size":)" + std::to_string(what.size) + more + "}";
    }
    std::string layer(const std::string& bytes, std::string_view media_type, const std::string& more = "") { return json(add(bytes, media_type), more); }
    /// A manifest with these layers; `more` are further members.
    OciDescriptor manifest(const std::string& layers, const std::string& more = "", std::string_view config = "application/vnd.oci.empty.v1+json") {
        const std::string text = R"({"schemaVersion":2,"config":)" + layer("{}", config) + R"(,"layers":[)" + layers + "]" + more + "}";
        return add(text, kManifest);
    }
    std::string subject(const std::string& digest = "", std::uint64_t size = 528, std::string_view media_type = kManifest) const {
        return R"(,"subject":{"mediaType":")" + std::string(media_type) + R"(","digest":")" + (digest.empty() ? image.digest : digest) + R"(","size":)" +
               std::to_string(size) + "}";
    }
    void attach(OciAttachment::Kind kind, const OciDescriptor& manifest, const std::string& subject = "") {
        attachments.push_back({kind, manifest, subject.empty() ? image.digest : subject});
    }
    Attached collect() {
        return formats::collect_attached(
            attachments, image,
            [&](const OciDescriptor& what, std::uint64_t max_bytes) -> Result<Bytes> {
                ++opened;
                const auto found = blobs.find(what.digest);
                if (found == blobs.end() || found->second.size() > max_bytes) return Error{ErrorCode::not_found, "not there, or too large"};
                return Bytes(found->second.begin(), found->second.end());
            },
            Limits{}, limits);
    }
    /// The one problem there is.
    std::string problem() {
        const Attached attached = collect();
        CHECK(attached.documents.empty());
        return attached.problems.size() == 1 ? attached.problems.front().what : std::to_string(attached.problems.size()) + " problems";
    }

  private:
    int last_ = 0;
};

bool contains(const std::string& text, std::string_view part) {
    INFO(text << " / " << part);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("layers of cosign's manifests are documents with their annotations") {
    Store store;
    store.attach(OciAttachment::Kind::signature,
                 store.manifest(store.layer("one", kSimple, R"(,"annotations":{"dev.cosignproject.cosign/signature":"AA=="})") + "," + store.layer("two", kSimple)));
    store.attach(OciAttachment::Kind::attestation, store.manifest(store.layer("three", "application/vnd.dsse.envelope.v1+json")));
    store.attach(OciAttachment::Kind::sbom, store.manifest(store.layer("four", "text/plain")));
    const Attached attached = store.collect();
    CHECK(attached.problems.empty());
    CHECK(attached.digest == store.image.digest);
    REQUIRE(attached.documents.size() == 3);
    CHECK(attached.documents[0].form == AttachedDocument::Form::cosign_signature);
    CHECK(as_text(attached.documents[0].content) == "one");
    CHECK(attached.documents[0].annotation("dev.cosignproject.cosign/signature") == "AA==");
    CHECK(attached.documents[1].annotation("dev.cosignproject.cosign/signature").empty());
    CHECK(attached.documents[2].form == AttachedDocument::Form::cosign_attestation);
}

TEST_CASE("what is said to be about another image is left alone; what says nothing is looked at") {
    Store store;
    store.attach(OciAttachment::Kind::signature, store.manifest(store.layer("other", kSimple)), "sha256:" + std::string(64, 'e'));
    store.attachments.push_back({OciAttachment::Kind::signature, store.manifest(store.layer("maybe", kSimple)), ""});
    const Attached attached = store.collect();
    REQUIRE(attached.documents.size() == 1);
    CHECK(as_text(attached.documents[0].content) == "maybe");
}

TEST_CASE("referrers: bundles and Notation envelopes by what the manifest says") {
    Store store;
    const std::string bundle = R"(,"artifactType":")" + std::string(kBundle) + "\"";
    store.attach(OciAttachment::Kind::referrer, store.manifest(store.layer("bundle", kBundle), bundle + store.subject()));
    const std::string notation = R"(,"artifactType":"application/vnd.cncf.notary.signature")";
    store.attach(OciAttachment::Kind::referrer, store.manifest(store.layer("jws", "application/jose+json"), notation + store.subject()));
    store.attach(OciAttachment::Kind::referrer,
                 store.manifest(store.layer("cose", "application/cose"), store.subject(), "application/vnd.cncf.notary.signature"));
    store.attach(OciAttachment::Kind::referrer, store.manifest(store.layer("sbom", "text/spdx+json"), R"(,"artifactType":"text/spdx+json")" + store.subject()));
    const Attached attached = store.collect();
    CHECK(attached.problems.empty());
    REQUIRE(attached.documents.size() == 3);
    CHECK(attached.documents[0].form == AttachedDocument::Form::sigstore_bundle);
    CHECK(attached.documents[1].form == AttachedDocument::Form::notation_jws);
    CHECK(attached.documents[2].form == AttachedDocument::Form::notation_cose);
}

TEST_CASE("a referrer that does not name exactly this image, or contradicts its list, is a problem") {
    const std::string bundle = R"(,"artifactType":")" + std::string(kBundle) + "\"";
    const auto problem_of = [&](const std::string& more, const std::string& listed_as = "") {
        Store store;
        OciDescriptor manifest = store.manifest(store.layer("bundle", kBundle), more);
        manifest.artifact_type = listed_as;
        store.attach(OciAttachment::Kind::referrer, manifest);
        return store.problem();
    };
    const Store names;
    CHECK(contains(problem_of(bundle), "has no subject"));
    CHECK(contains(problem_of(bundle + names.subject("sha256:" + std::string(64, 'e'))), "its subject is"));
    CHECK(contains(problem_of(bundle + names.subject("", 529)), "its subject is"));
    CHECK(contains(problem_of(bundle + names.subject("", 528, "application/vnd.oci.image.index.v1+json")), "its subject is"));
    CHECK(contains(problem_of(bundle + names.subject(), "application/vnd.cncf.notary.signature"), "it is listed as"));
    CHECK(contains(problem_of(R"(,"mediaType":"application/vnd.oci.image.index.v1+json")" + bundle + names.subject()), "says that it is"));
    Store two;
    two.attach(OciAttachment::Kind::referrer, two.manifest(two.layer("a", kBundle) + "," + two.layer("b", kBundle), bundle + two.subject()));
    CHECK(contains(two.problem(), "has one layer, this one 2"));
    Store type;
    type.attach(OciAttachment::Kind::referrer, type.manifest(type.layer("a", "application/json"), bundle + type.subject()));
    CHECK(contains(type.problem(), "which is no bundle"));
    Store subject;  // a .sig manifest may have a subject: then it must be this image
    subject.attach(OciAttachment::Kind::signature, subject.manifest(subject.layer("a", kSimple), subject.subject("sha256:" + std::string(64, 'e'))));
    CHECK(contains(subject.problem(), "its subject is"));
}

TEST_CASE("what cannot be read is a problem, and the rest still counts") {
    Store store;
    const OciDescriptor gone = store.manifest("");
    store.blobs.erase(gone.digest);
    store.attach(OciAttachment::Kind::signature, gone);
    store.attach(OciAttachment::Kind::signature, store.add("{", kManifest));
    store.attach(OciAttachment::Kind::signature, store.add(R"({"schemaVersion":2,"manifests":[]})", kManifest));
    OciDescriptor missing;
    missing.media_type = kSimple;
    missing.digest = "sha256:" + std::string(64, 'd');
    store.attach(OciAttachment::Kind::signature,
                 store.manifest(Store::json(missing) + "," + store.layer("x", "application/octet-stream") + "," + store.layer("good", kSimple)));
    const Attached attached = store.collect();
    CHECK(attached.problems.size() == 5);
    REQUIRE(attached.documents.size() == 1);
    CHECK(as_text(attached.documents[0].content) == "good");
}

TEST_CASE("limits: over one of them nothing counts, and little is read") {
    std::string layers;
    Store many;
    const std::string layer = many.layer("good", kSimple);
    for (int i = 0; i < 1001; ++i) layers += (i == 0 ? "" : ",") + layer;
    many.attach(OciAttachment::Kind::signature, many.manifest(layers));
    CHECK(contains(many.problem(), "more than 1000 signatures"));
    CHECK(many.opened == 1);

    Store enough;
    enough.limits.documents = 2;
    enough.attach(OciAttachment::Kind::signature, enough.manifest(enough.layer("a", kSimple) + "," + enough.layer("b", kSimple)));
    CHECK(enough.collect().documents.size() == 2);
    enough.attach(OciAttachment::Kind::signature, enough.manifest(enough.layer("c", kSimple)));
    CHECK(contains(enough.problem(), "more than 2 signatures"));

    Store bundles;
    bundles.limits.documents = 1;
    for (int i = 0; i < 2; ++i) {
        bundles.attach(OciAttachment::Kind::referrer,
                       bundles.manifest(bundles.layer("b" + std::to_string(i), kBundle), R"(,"artifactType":")" + std::string(kBundle) + "\"" + bundles.subject()));
    }
    CHECK(contains(bundles.problem(), "more than 1 signatures"));

    Store manifests;
    manifests.limits.manifests = 3;
    for (int i = 0; i < 3; ++i) manifests.attach(OciAttachment::Kind::signature, manifests.manifest(manifests.layer(std::to_string(i), kSimple)));
    CHECK(manifests.collect().documents.size() == 3);
    manifests.attach(OciAttachment::Kind::signature, manifests.manifest(""));
    CHECK(contains(manifests.problem(), "more than 3 manifests"));

    Store bytes;
    bytes.limits.bytes = 8;
    bytes.attach(OciAttachment::Kind::signature, bytes.manifest(bytes.layer("1234", kSimple) + "," + bytes.layer("5678", kSimple)));
    CHECK(bytes.collect().documents.size() == 2);
    bytes.attach(OciAttachment::Kind::signature, bytes.manifest(bytes.layer("9", kSimple)));
    CHECK(contains(bytes.problem(), "more than 8 bytes"));

    Store large;
    large.limits.document_bytes = 3;
    large.attach(OciAttachment::Kind::signature, large.manifest(large.layer("1234", kSimple)));
    CHECK(contains(large.problem(), "too large"));
    Store wide;
    wide.limits.manifest_bytes = 3;
    wide.attach(OciAttachment::Kind::signature, wide.manifest(""));
    CHECK(contains(wide.problem(), "too large"));
}

TEST_CASE("a blob is what its descriptor says, in digest and size") {
    OciDescriptor what;
    what.digest = "sha256:" + std::string(64, 'a');
    what.size = 4;
    CHECK_FALSE(formats::blob_problem(what, 4, std::string(64, 'a')));
    CHECK(formats::blob_problem(what, 5, std::string(64, 'a')));
    CHECK(formats::blob_problem(what, 4, std::string(64, 'b')));
}

TEST_CASE("an image is found by tag, by digest, or below an index, and never twice") {
    Store store;
    formats::OciIndexParts parts;
    const auto list = [&](const OciDescriptor& descriptor, const std::string& tag) {
        formats::OciEntry entry;
        entry.descriptor = descriptor;
        entry.descriptor.ref_name = tag;
        parts.images.push_back(entry);
    };
    const OciDescriptor child = store.manifest("");
    const OciDescriptor other = store.manifest("");
    const OciDescriptor index = store.add(R"({"schemaVersion":2,"manifests":[)" + Store::json(child) + "]}", formats::kOciIndex);
    const formats::OciRead read = [&](const std::string& path) -> std::optional<ByteView> {
        const auto found = store.blobs.find("sha256:" + path.substr(std::string_view("blobs/sha256/").size()));
        if (found == store.blobs.end()) return std::nullopt;
        return as_bytes(found->second);
    };
    const auto find = [&](const std::string& tag) {
        Budget budget{Limits{}};
        const auto image = formats::find_image(parts, tag, read, Limits{}, budget);
        return image.ok() ? image->digest : image.error().message;
    };
    CHECK(contains(find(""), "no image"));
    list(index, "1.0");
    CHECK(find("") == index.digest);
    CHECK(find("1.0") == index.digest);
    CHECK(find(index.digest) == index.digest);
    CHECK(find(child.digest) == child.digest);
    CHECK(contains(find("sha256:" + std::string(64, '0')), "has no image"));
    CHECK(contains(find("3.0"), "has no image"));
    list(other, "2.0");
    CHECK(contains(find(""), "several images"));
    CHECK(find("2.0") == other.digest);
    list(index, "2.0");
    CHECK(contains(find("2.0"), "several images"));
}
