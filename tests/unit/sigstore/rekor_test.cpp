// What is asked of Rekor, and its answers: an entry of the world's log in the form that the server gives it is the entry again.
#include "sigstore/rekor.hpp"

#include <catch2/catch.hpp>

#include "recipes/sigstore_world.hpp"
#include "sigstore/write_bundle.hpp"

using namespace headgate;
using namespace headgate::sigstore;
using namespace headgate::recipes;

namespace {

const std::string kArtifact = "some bytes";

std::string v1_answer(const LogEntry& entry) {
    std::string hashes;
    for (const Bytes& hash : entry.proof->hashes) hashes += (hashes.empty() ? "\"" : ",\"") + to_hex(hash) + "\"";
    return R"({"24296fb24b8ad77a":{"body":")" + to_base64(entry.body) + R"(","integratedTime":)" + std::to_string(entry.integrated_time->seconds) +
           R"(,"logID":")" + to_hex(entry.log_id) + R"(","logIndex":)" + std::to_string(entry.log_index) +
           R"(,"verification":{"inclusionProof":{"checkpoint":")" + codec::escape_json(entry.proof->checkpoint) + R"(","hashes":[)" + hashes +
           R"(],"logIndex":1,"rootHash":")" + to_hex(entry.proof->root_hash) + R"(","treeSize":3},"signedEntryTimestamp":")" +
           to_base64(entry.signed_entry_timestamp) + "\"}}}";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("what Rekor answers verifies once it is in the bundle") {
    for (Bundle bundle : {world().message(kArtifact), world().envelope("{}")}) {
        const std::string answer = v1_answer(bundle.entries.front());
        bundle.entries = {read_rekor_v1_answer(as_bytes(answer)).value()};
        CHECK(verify_bundle(bundle, world().request(kArtifact)).ok());
        for (std::size_t length = 0; length < answer.size(); length += 7) CHECK_FALSE(read_rekor_v1_answer(as_bytes(answer.substr(0, length))).ok());
    }
}

TEST_CASE("an answer that is no entry is refused") {
    const std::string answer = v1_answer(world().message(kArtifact).entries.front());
    for (const std::string& text : {std::string("{}"), std::string("[]"), std::string(R"({"a":{},"b":{}})"), replaced(answer, "\"logID\":\"", "\"logID\":\"AA"),
                                    replaced(answer, "\"body\"", "\"bodies\""), replaced(answer, "\"logIndex\":1001", "\"logIndex\":-1"),
                                    replaced(answer, "\"rootHash\":\"", "\"rootHash\":\"0"), replaced(answer, "\"checkpoint\":\"", "\"checkpoint\":\"\",\"x\":\"")}) {
        CHECK(read_rekor_v1_answer(as_bytes(text)).error().code == ErrorCode::malformed);
    }
}

TEST_CASE("a bundle that is written is read as the same") {
    for (const Bundle& bundle : {world().message(kArtifact), world().message_v2(kArtifact), world().envelope(R"({"a":1})")}) {
        const std::string json = write_bundle(bundle);
        const Bundle again = parse_bundle(as_bytes(json)).value();
        CHECK(write_bundle(again) == json);
        CHECK(verify_bundle(again, world().request(kArtifact)).ok());
    }
}

TEST_CASE("Rekor is asked to log this signature, this digest and this certificate") {
    const auto parsed = [](const std::string& text) { return codec::parse_json(as_bytes(text)).value(); };
    const Bundle message = world().message(kArtifact);
    const Bundle envelope = world().envelope("{}");
    // v1's body of a message is the request itself.
    CHECK(codec::write_jcs(parsed(rekor_v1_request(message))) == codec::write_jcs(parsed(std::string(as_text(message.entries.front().body)))));
    const codec::Json dsse = parsed(rekor_v1_request(envelope));
    CHECK(*dsse.find_text("kind") == "dsse");
    const codec::Json inner = parsed(*dsse.find("spec")->find("proposedContent")->find_text("envelope"));
    CHECK(*inner.find_text("payload") == to_base64(as_bytes("{}")));

    const codec::Json record = parsed(rekor_v2_request(message));
    CHECK(*record.find("hashedRekordRequestV002")->find_text("digest") == to_base64(crypto::digest(crypto::Hash::sha256, as_bytes(kArtifact))));
    const codec::Json enveloped = parsed(rekor_v2_request(envelope));
    const codec::Json& verifier = enveloped.find("dsseRequestV002")->find("verifiers")->items.at(0);
    CHECK(*verifier.find_text("keyDetails") == "PKIX_ECDSA_P256_SHA_256");
    CHECK(*verifier.find("x509Certificate")->find_text("rawBytes") == to_base64(World::leaf_of(envelope).der()));
}
