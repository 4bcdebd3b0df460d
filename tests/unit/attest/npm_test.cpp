#include <catch2/catch.hpp>

#include "unit/attest/packages_fixture.hpp"

using namespace headgate;
using namespace headgate::packages_test;

namespace {

std::string keys_json(const std::string& usage = "npm:attestations", const std::string& window = R"({"start":"2020-01-01T00:00:00.000Z"})") {
    return R"({"keys":[)" + registry_key_json(usage, window) + "]}";
}
std::vector<RegistryKey> keys(const std::string& usage = "npm:attestations", const std::string& window = R"({"start":"2020-01-01T00:00:00.000Z"})") {
    auto parsed = parse_registry_keys(as_bytes(keys_json(usage, window)));
    INFO((parsed.ok() ? "" : parsed.error().message));
    REQUIRE(parsed.ok());
    return std::move(parsed).value();
}

NpmPackage package(const std::string& name = "@acme/model", const std::string& version = "1.0.0") { return {name, version, digests()}; }

NpmAttestation attestation(sigstore::Bundle bundle, std::string_view type) { return {std::string(type), std::move(bundle)}; }
NpmAttestation published(const std::string& payload, const std::string& hint = kKeyId) {
    return attestation(envelope(payload, {}, &registry_key(), hint), kNpmPublish);
}

template <typename T>
void check_refused(const Result<T>& result, const std::string& why) {
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message, Catch::Contains(why));
}

}  // namespace

TEST_CASE("a publish attestation is by the registry's key, at a time in its window, about this package") {
    const auto verified = verify_npm_publish(published(npm_publish()), keys(), request(), package(), kRegistry);
    INFO((verified.ok() ? "" : verified.error().message));
    REQUIRE(verified.ok());
    CHECK(verified->signature.times.front().time == Instant{kNow});
    const auto refused = [](const NpmAttestation& one, const std::vector<RegistryKey>& with, const NpmPackage& about, const std::string& why) {
        check_refused(verify_npm_publish(one, with, request(), about, kRegistry), why);
    };
    refused(published(npm_publish()), keys("npm:signatures"), package(), "no key of the registry");
    refused(published(npm_publish(), "SHA256:another"), keys(), package(), "no key of the registry");
    refused(published(npm_publish()), keys("npm:attestations", R"({"start":"2020-01-01T00:00:00Z","end":"2023-11-01T00:00:00Z"})"), package(), "");
    refused(published(npm_publish()), keys("npm:attestations", R"({"start":"2024-01-01T00:00:00Z"})"), package(), "");
    refused(published(npm_publish()), keys(), package("@acme/model", "1.0.1"), "it is about");
    refused(published(npm_publish()), keys(), package("@acme/modelx"), "it is about");
    // The purl is this package's, what it publishes is another.
    refused(published(npm_publish("@acme/other")), keys(), package(), "it publishes");
    refused(attestation(envelope(npm_publish(), {}, &registry_key(), kKeyId), "https://acme.example/t"), keys(), package(), "the registry says");
    refused(attestation(envelope(npm_publish()), kNpmPublish), keys(), package(), "not with a key of the registry");
    NpmPackage other = package();
    other.digests["sha512"] = std::string(128, '0');
    refused(published(npm_publish()), keys(), other, "not among its subjects");
    check_refused(verify_npm_publish(published(npm_publish()), keys(), request(), package(), "https://mirror.example"), "of the registry");
    static const Key kStranger{crypto::KeyType::ecdsa_p256};
    refused(attestation(envelope(npm_publish(), {}, &kStranger, kKeyId), kNpmPublish), keys(), package(), "");
    // Without a log nobody says when it was signed.
    sigstore::Request without = request();
    without.trust.roots.clear();
    CHECK_FALSE(verify_npm_publish(published(npm_publish()), keys(), without, package(), kRegistry).ok());
}

TEST_CASE("npm's provenance is by a certificate that bears it out") {
    const auto with = [](const std::string& predicate, const std::string& purl = "pkg:npm/%40acme/model@1.0.0") {
        return attestation(envelope(statement(purl, std::string(kProvenanceV1), predicate, "sha512"), ci_leaf()), kProvenanceV1);
    };
    const auto verified = verify_npm_provenance(with(provenance()), request(), package(), {});
    INFO((verified.ok() ? "" : verified.error().message));
    REQUIRE(verified.ok());
    CHECK(verified->claims.source == kSource);
    check_refused(verify_npm_provenance(with(provenance("https://ci.example/other")), request(), package(), {}), "builder: ");
    check_refused(verify_npm_provenance(with(provenance(), "pkg:npm/other@1.0.0"), request(), package(), {}), "it is about");
    check_refused(verify_npm_provenance(published(npm_publish()), request(), package(), {}), "not with a certificate");
}

TEST_CASE("the registry's signature over name, version and integrity") {
    const std::string integrity = "sha512-" + to_base64(crypto::digest(crypto::Hash::sha512, as_bytes(kBytes)));
    const auto dist = [&](const std::string& message, const std::string& stated, const std::string& keyid = kKeyId) {
        auto json = codec::parse_json(as_bytes(R"({"integrity":")" + stated + R"(","signatures":[{"keyid":")" + keyid + R"(","sig":")" +
                                               to_base64(registry_key().secret().sign(as_bytes(message)).value()) + "\"}]}"));
        return std::move(json).value();
    };
    const std::string message = "@acme/model@1.0.0:" + integrity;
    const auto with = keys("npm:signatures");
    CHECK(registry_signature_problem(dist(message, integrity), with, package(), {kNow}).empty());
    const auto refused = [&](const codec::Json& one, const std::vector<RegistryKey>& by, const std::string& why) {
        CHECK_THAT(registry_signature_problem(one, by, package(), {kNow}), Catch::Contains(why));
    };
    refused(dist("@acme/model@1.0.1:" + integrity, integrity), with, "does not verify");
    refused(dist(message, "sha512-AAAA"), with, "not that of the tarball");
    refused(dist(message, integrity, "SHA256:another"), with, "no key of the registry");
    refused(dist(message, integrity), keys("npm:attestations"), "no key of the registry");
    refused(dist(message, integrity), keys("npm:signatures", R"({"start":"2020-01-01T00:00:00Z","end":"2023-01-01T00:00:00Z"})"), "outside its window");
    refused(codec::parse_json(as_bytes(R"({"integrity":")" + integrity + R"(","signatures":[]})")).value(), with, "no signature");
    refused(codec::parse_json(as_bytes("{}")).value(), with, "no \"integrity\"");
}

TEST_CASE("the registry's documents are read whole or not at all") {
    const std::string one = R"({"predicateType":")" + std::string(kNpmPublish) + R"(","bundle":)" + bundle_json(published(npm_publish()).bundle) + "}";
    REQUIRE(parse_npm_attestations(as_bytes(R"({"attestations":[)" + one + "]}")).ok());
    for (const std::string& bad : {std::string("{}"), std::string(R"({"attestations":[]})"), std::string(R"({"attestations":[{}]})"), R"({"attestations":[)" + one + R"(],"x":1})",
                                   R"({"attestations":[)" + one + R"(],"attestations":[]})", std::string("[]"), std::string(R"({"attestations":[{"predicateType":"x","bundle":{}}]})")}) {
        INFO(bad.substr(0, 100));
        CHECK_FALSE(parse_npm_attestations(as_bytes(bad)).ok());
    }
    const std::string whole = R"({"attestations":[)" + one + "]}";
    for (std::size_t i = 0; i < whole.size(); ++i) CHECK_FALSE(parse_npm_attestations(as_bytes(std::string_view(whole).substr(0, i))).ok());
    std::string many = one;
    for (std::size_t i = 1; i < kMaxNpmAttestations; ++i) many += "," + one;
    CHECK(parse_npm_attestations(as_bytes(R"({"attestations":[)" + many + "]}")).ok());
    CHECK_FALSE(parse_npm_attestations(as_bytes(R"({"attestations":[)" + many + "," + one + "]}")).ok());
    const auto bad_keys = [](std::string json) { CHECK_FALSE(parse_registry_keys(as_bytes(json)).ok()); };
    bad_keys("{}");
    bad_keys(R"({"keys":[]})");
    bad_keys(keys_json("npm:everything"));
    bad_keys(keys_json("npm:attestations", "{}"));
    bad_keys(keys_json("npm:attestations", R"({"start":"soon"})"));
    const std::string good = keys_json();
    const std::string entry = good.substr(9, good.size() - 11);
    bad_keys(R"({"keys":[)" + entry + "," + entry + "]}");
}

TEST_CASE("several attestations in one file") {
    const std::string one = bundle_json(published(npm_publish()).bundle);
    const auto count = [](const std::string& text) {
        const auto list = read_bundle_list(as_bytes(text));
        INFO((list.ok() ? "" : list.error().message));
        return list.ok() ? list->size() : std::size_t{0};
    };
    CHECK(count(one) == 1);
    CHECK(count(one + "\n" + one + "\n") == 2);
    CHECK(count(one + "\n{}\n") == 2);  // what the second is is its own question
    CHECK(count(R"({"attestations":[{"bundle":)" + one + R"(,"repository_id":7,"bundle_url":"https://x.example"}]})") == 1);
    for (const std::string& bad : {std::string(), std::string("\n\n"), std::string(R"({"attestations":[]})"), std::string(R"({"attestations":[{}]})"), one + "\nnot JSON"}) {
        CHECK(count(bad) == 0);
    }
    std::string lines;
    for (std::size_t i = 0; i < kMaxListed; ++i) lines += "{}\n";
    CHECK(count(lines) == kMaxListed);
    CHECK(count(lines + "{}\n") == 0);
}
