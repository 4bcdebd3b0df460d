#include "cli/demo_chain.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "attest/dsse.hpp"
#include "base/encoding.hpp"
#include "codec/json.hpp"
#include "crypto/keys.hpp"
#include "crypto/sha256.hpp"
#include "io/atomic_file.hpp"

namespace headgate::cli {
namespace {

constexpr std::string_view kPolicy = R"yaml(headgate: 1
policy: demo/ai-supply-chain
revision: "1"
owner: you@example.org

trust:
  keys:
    release: { public-key: keys/release.pub }

tiers:
  - { tier: everything, match: ["**"] }

names:
  internal:
    pypi: { packages: ["acme-*"], index: "https://pypi.acme.example/simple" }

rules:
  - id: model.safe-format
    for: [model, dataset]
    check: serialization
    severity: critical
    why: Loading this file can run code.
    fix: Convert the weights to safetensors.

  - id: model.signed
    for: [model]
    check: signature
    with: { any-of: [release] }
    why: Models leave our training pipeline signed.
    fix: Sign the folder with the release key.

  - id: dataset.card
    for: [dataset]
    check: card
    why: Data of unknown origin and licence is not used.

  - id: package.not-confused
    for: [package]
    check: namespace
    severity: critical
    why: A public package could take the place of an internal one.
    fix: Use the internal index alone.

  - id: package.not-squatted
    for: [package]
    check: typosquat
    deny-at: medium
    why: A near miss of a popular name is how malware gets installed.

  - id: image.released
    for: [container]
    check: attestation
    with:
      predicate: https://in-toto.io/attestation/release/v0.1
      signed-by: { any-of: [release] }
    why: Images come from our own release job.
    fix: Let the release job sign a statement about this digest.
)yaml";

class Writer {
  public:
    explicit Writer(std::string folder) : folder_(std::move(folder)) {}

    Result<void> write(const std::string& path, std::string_view content) {
        for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
            const std::string parent = folder_ + "/" + path.substr(0, slash);
            if (::mkdir(parent.c_str(), 0755) != 0 && errno != EEXIST) {
                return Error{ErrorCode::io, parent + ": " + std::strerror(errno)};
            }
        }
        return io::write_file_atomically(folder_ + "/" + path, content);
    }

  private:
    std::string folder_;
};

std::string little_endian(std::uint64_t value) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(value >> (8U * static_cast<unsigned>(i)));
    return bytes;
}

// One 2x2 tensor of zeros.
std::string safetensors() {
    const std::string header = R"({"weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})";
    return little_endian(header.size()) + header + std::string(16, '\0');
}

// A pickle that would call os.system("echo headgate"). Nothing here ever loads it.
std::string poisoned_pickle() {
    return std::string("\x80\x02") + "cposix\nsystem\n" + "X" + std::string("\x0d\x00\x00\x00", 4) + "echo headgate" +
           "\x85" + "R.";
}

std::string hex_of(std::string_view bytes) { return crypto::sha256_hex(as_bytes(bytes)); }

// An OpenSSF Model Signing bundle over files that lie in one folder; pairs in byte-wise name order.
Result<std::string> sign_model(const std::vector<std::pair<std::string, std::string>>& files,
                               const crypto::PrivateKey& key) {
    codec::Json statement = codec::Json::object();
    statement.add("_type", codec::Json::of("https://in-toto.io/Statement/v1"));
    codec::Json resources = codec::Json::array();
    crypto::Sha256 root;
    for (const auto& [name, content] : files) {
        codec::Json resource = codec::Json::object();
        resource.add("algorithm", codec::Json::of("sha256"));
        resource.add("name", codec::Json::of(name));
        resource.add("digest", codec::Json::of(hex_of(content)));
        resources.push(std::move(resource));
        root.update(crypto::sha256(as_bytes(content)));
    }
    codec::Json digest = codec::Json::object();
    digest.add("sha256", codec::Json::of(to_hex(root.finish())));
    codec::Json subject = codec::Json::object();
    subject.add("name", codec::Json::of("sentiment"));
    subject.add("digest", std::move(digest));
    statement.add("subject", codec::Json::array()).push(std::move(subject));
    statement.add("predicateType", codec::Json::of("https://model_signing/signature/v1.0"));
    codec::Json serialization = codec::Json::object();
    serialization.add("allow_symlinks", codec::Json::of(false));
    serialization.add("method", codec::Json::of("files"));
    serialization.add("hash_type", codec::Json::of("sha256"));
    serialization.add("ignore_paths", codec::Json::array());
    codec::Json& predicate = statement.add("predicate", codec::Json::object());
    predicate.add("resources", std::move(resources));
    predicate.add("serialization", std::move(serialization));
    return attest::sign_model_bundle(codec::write_json(statement), key);
}

// An image without layers in an OCI layout. `release`: sign a release statement about its digest.
Result<void> write_image(Writer& writer, const std::string& folder, const std::string& note,
                         const crypto::PrivateKey* release) {
    const std::string config = R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{"Labels":{"note":")" +
                               note + R"("}}})";
    const std::string manifest =
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:)" +
        hex_of(config) + R"(","size":)" + std::to_string(config.size()) + R"(},"layers":[]})";
    const std::string index =
        R"({"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:)" +
        hex_of(manifest) + R"(","size":)" + std::to_string(manifest.size()) +
        R"(,"annotations":{"org.opencontainers.image.ref.name":"v1"}}]})";
    TRY_VOID(writer.write(folder + "/oci-layout", R"({"imageLayoutVersion":"1.0.0"})"));
    TRY_VOID(writer.write(folder + "/index.json", index));
    TRY_VOID(writer.write(folder + "/blobs/sha256/" + hex_of(config), config));
    TRY_VOID(writer.write(folder + "/blobs/sha256/" + hex_of(manifest), manifest));
    if (release == nullptr) return {};
    const std::string statement =
        R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"image","digest":{"sha256":")" +
        hex_of(manifest) +
        R"("}}],"predicateType":"https://in-toto.io/attestation/release/v0.1","predicate":{"purl":"pkg:oci/service","releaseId":"1"}})";
    return writer.write("evidence/image.intoto.jsonl",
                        TRY(attest::sign_envelope("application/vnd.in-toto+json", statement, *release)) + "\n");
}

Result<void> write_models(Writer& writer, const crypto::PrivateKey& release) {
    const std::string config = R"({"model_type":"bert","architectures":["BertForSequenceClassification"]})";
    const std::string card = "---\nlicense: apache-2.0\n---\n# Sentiment\n";
    const std::string weights = safetensors();
    TRY_VOID(writer.write("models/sentiment/README.md", card));
    TRY_VOID(writer.write("models/sentiment/config.json", config));
    TRY_VOID(writer.write("models/sentiment/model.safetensors", weights));
    TRY_VOID(writer.write("models/sentiment/model.sig",
                          TRY(sign_model({{"README.md", card}, {"config.json", config}, {"model.safetensors", weights}},
                                         release))));
    return writer.write("models/poisoned.pkl", poisoned_pickle());
}

}  // namespace

Result<std::vector<DemoCase>> make_demo_chain(const std::string& folder) {
    Writer writer(folder);
    const crypto::PrivateKey release = TRY(crypto::PrivateKey::generate(crypto::KeyType::ecdsa_p256));
    TRY_VOID(writer.write("policy.yaml", kPolicy));
    TRY_VOID(writer.write("keys/release.pub", release.public_key().pem()));
    TRY_VOID(writer.write("keys/gate.key", TRY(crypto::PrivateKey::generate(crypto::KeyType::ecdsa_p256)).pem()));
    TRY_VOID(write_models(writer, release));
    TRY_VOID(writer.write("datasets/reviews/README.md", "---\nlicense: cc-by-4.0\ntask_categories:\n- text-classification\n---\n# Reviews\n"));
    TRY_VOID(writer.write("datasets/reviews/train.csv", "text,label\ngood,1\nbad,0\n"));
    TRY_VOID(writer.write("app/requirements.txt", "numpy==2.1.0\nrequests==2.32.3\n"));
    TRY_VOID(writer.write("squatted/requirements.txt", "numpy==2.1.0\nreqeusts==2.32.3\n"));
    TRY_VOID(writer.write("confused/requirements.txt",
                          "--extra-index-url https://pypi.acme.example/simple\nacme-billing==1.4\n"));
    TRY_VOID(write_image(writer, "images/service", "released", &release));
    TRY_VOID(write_image(writer, "images/unsigned", "from somewhere", nullptr));
    return std::vector<DemoCase>{
        {"models/sentiment", "", true, "", "a signed safetensors model with its card"},
        {"models/poisoned.pkl", "", false, "serialization.executes-code", "a pickle that runs a command when loaded"},
        {"datasets/reviews", "", true, "", "a CSV dataset with a licence"},
        {"app/requirements.txt", "", true, "", "two well-known packages"},
        {"squatted/requirements.txt", "", false, "typosquat.transposition", "one letter pair swapped in a popular name"},
        {"confused/requirements.txt", "", false, "namespace.", "an internal package that the public index may serve"},
        {"oci-layout:images/service", "", true, "", "an image with a signed release statement"},
        {"oci-layout:images/unsigned", "", false, "attestation.missing", "an image that nobody vouches for"},
    };
}

}  // namespace headgate::cli
