// packages_fixture.hpp: attestations as package indexes hand them out, made in a Sigstore of our own.
#pragma once

#include "attest/bundle_list.hpp"
#include "attest/npm.hpp"
#include "attest/pep740.hpp"
#include "recipes/sigstore_json.hpp"
#include "recipes/sigstore_world.hpp"

namespace headgate::packages_test {

using namespace headgate::attest;
using namespace headgate::recipes;

inline const std::string kBytes = "the package";
inline const std::string kSource = "https://ci.example/acme/model";   // what the world's certificates name

inline const std::string kFile = "acme_model-1.0-py3-none-any.whl";
inline const std::string kKeyId = "SHA256:the-registry";
inline const std::string kRegistry = "https://registry.example";

inline const Key& registry_key() {
    static const Key kKey{crypto::KeyType::ecdsa_p256, "registry"};
    return kKey;
}

inline NamedDigests digests() {
    return {{"sha256", to_hex(crypto::digest(crypto::Hash::sha256, as_bytes(kBytes)))}, {"sha512", to_hex(crypto::digest(crypto::Hash::sha512, as_bytes(kBytes)))}};
}

inline std::string statement(const std::string& name, const std::string& type, const std::string& predicate, const std::string& algorithm,
                             const std::string& more = "") {
    return R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":")" + name + R"(","digest":{")" + algorithm + "\":\"" + digests().at(algorithm) +
           "\"}}" + more + R"(],"predicateType":")" + type + R"(","predicate":)" + predicate + "}";
}

/// An envelope by a certificate of the world, or by `key`, logged in Rekor v1.
inline sigstore::Bundle envelope(const std::string& payload, const LeafRecipe& leaf = {}, const Key* key = nullptr, const std::string& hint = "") {
    sigstore::Bundle bundle;
    sigstore::Envelope content;
    content.payload = bytes_of(payload);
    content.payload_type = kStatement;
    const auto message = sigstore::pre_authentication_encoding(kStatement, content.payload);
    std::string pem;
    if (key == nullptr) {
        const crypto::Certificate certificate = world().leaf(leaf);
        bundle.material = std::vector<crypto::Certificate>{certificate};
        content.signature = world().leaf_key.secret().sign(message).value();
        pem = certificate.pem();
    } else {
        bundle.material = sigstore::KeyHint{hint, {}};
        content.signature = key->secret().sign(message).value();
        pem = key->open().pem();
    }
    bundle.entries = {world().entry(World::dsse(content, pem), false)};
    bundle.content = std::move(content);
    return bundle;
}

inline sigstore::Request request() {
    sigstore::Request made = world().request(kBytes);
    made.artifact.reset();
    return made;
}

/// Provenance that the world's certificates can bear out with these two claims.
inline LeafRecipe ci_leaf() {
    LeafRecipe leaf;
    leaf.extra = {{"1.3.6.1.4.1.57264.1.13", der_utf8(std::string(40, 'a')), false}, {"1.3.6.1.4.1.57264.1.14", der_utf8("refs/heads/main"), false}};
    return leaf;
}
inline std::string provenance(const std::string& builder = kSan, const std::string& ref = "refs/heads/main") {
    return R"({"buildDefinition":{"buildType":"https://ci.example/t","externalParameters":{"source":{"uri":"git+)" + kSource + "@" + ref +
           R"(","digest":{"gitCommit":")" + std::string(40, 'a') + R"("}}}},"runDetails":{"builder":{"id":")" + builder + R"("}}})";
}

inline std::string pep740_object(const sigstore::Bundle& bundle) {
    const auto& content = std::get<sigstore::Envelope>(bundle.content);
    return R"({"version":1,"verification_material":{"certificate":")" + to_base64(World::leaf_of(bundle).der()) + R"(","transparency_entries":[)" +
           entry_json(bundle.entries.front()) + R"(]},"envelope":{"statement":")" + to_base64(content.payload) + R"(","signature":")" + to_base64(content.signature) + "\"}}";
}

inline std::string registry_key_json(const std::string& usage, const std::string& window = R"({"start":"2020-01-01T00:00:00.000Z"})") {
    return R"({"keyId":")" + kKeyId + R"(","keyUsage":")" + usage + R"(","publicKey":{"rawBytes":")" + to_base64(registry_key().open().spki()) +
           R"(","keyDetails":"PKIX_ECDSA_P256_SHA_256","validFor":)" + window + "}}";
}

inline std::string npm_publish(const std::string& name = "@acme/model", const std::string& purl = "pkg:npm/%40acme/model@1.0.0") {
    return statement(purl, std::string(kNpmPublish), R"({"name":")" + name + R"(","version":"1.0.0","registry":")" + kRegistry + "\"}", "sha512");
}

}  // namespace headgate::packages_test
