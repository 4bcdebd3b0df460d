#include "sigstore/bundle.hpp"

#include <catch2/catch.hpp>

#include "recipes/sigstore_json.hpp"
#include "recipes/sigstore_world.hpp"
#include "sigstore/envelope.hpp"

using namespace headgate;
using namespace headgate::sigstore;
using namespace headgate::recipes;

namespace {

const std::string& message_json() {
    static const std::string kJson = bundle_json(world().message_v2("artifact"));
    return kJson;
}
const std::string& envelope_json() {
    static const std::string kJson = bundle_json(world().envelope("{}"));
    return kJson;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

void check_refused(const std::string& json, const std::string& why) {
    const auto bundle = parse_bundle(as_bytes(json));
    REQUIRE_FALSE(bundle.ok());
    CHECK(bundle.error().code == ErrorCode::malformed);
    CHECK_THAT(bundle.error().message, Catch::Contains(why));
}

// The document with `count` copies of the only item of the array behind `name`.
std::string repeated(const std::string& json, const std::string& name, std::size_t count) {
    const std::size_t begin = json.find("\"" + name + "\":[") + name.size() + 4;
    int depth = 0;
    std::size_t end = begin;
    for (; end < json.size() && (depth > 0 || json[end] != ']'); ++end) depth += json[end] == '{' || json[end] == '[' ? 1 : json[end] == '}' || json[end] == ']' ? -1 : 0;
    const std::string item = json.substr(begin, end - begin);
    std::string items;
    for (std::size_t i = 0; i < count; ++i) items += (i == 0 ? "" : ",") + item;
    return json.substr(0, begin) + items + json.substr(end);
}

}  // namespace

TEST_CASE("a bundle is read, field by field") {
    const Bundle made = world().message_v2("artifact");
    const auto read = parse_bundle(as_bytes(bundle_json(made)));
    REQUIRE(read.ok());
    CHECK(read->version == BundleVersion::v0_3);
    CHECK(read->has_certificate());
    CHECK_FALSE(read->chain_form);
    CHECK(World::leaf_of(*read) == World::leaf_of(made));
    REQUIRE(read->entries.size() == 1);
    CHECK(read->entries[0].log_index == made.entries[0].log_index);
    CHECK(read->entries[0].log_id == made.entries[0].log_id);
    CHECK(read->entries[0].body == made.entries[0].body);
    CHECK(read->entries[0].proof->checkpoint == made.entries[0].proof->checkpoint);
    CHECK(read->entries[0].proof->hashes == made.entries[0].proof->hashes);
    CHECK(read->timestamps == made.timestamps);
    CHECK(std::get<MessageSignature>(read->content).signature == std::get<MessageSignature>(made.content).signature);
    CHECK(bundle_json(*read) == bundle_json(made));

    const auto envelope = parse_bundle(as_bytes(envelope_json()));
    REQUIRE(envelope.ok());
    CHECK(std::get<Envelope>(envelope->content).payload == bytes_of("{}"));
    CHECK(envelope->entries[0].integrated_time == Instant{kNow});
    CHECK_FALSE(envelope->entries[0].signed_entry_timestamp.empty());
}

TEST_CASE("media types are the four that are known") {
    for (const auto& [name, version] : {std::pair{"application/vnd.dev.sigstore.bundle+json;version=0.1", BundleVersion::v0_1},
                                        {"application/vnd.dev.sigstore.bundle+json;version=0.2", BundleVersion::v0_2},
                                        {"application/vnd.dev.sigstore.bundle+json;version=0.3", BundleVersion::v0_3}}) {
        const auto bundle = parse_bundle(as_bytes(replaced(message_json(), "application/vnd.dev.sigstore.bundle.v0.3+json", name)));
        REQUIRE(bundle.ok());
        CHECK(bundle->version == version);
    }
    for (const char* name : {"", "application/json", "application/vnd.dev.sigstore.bundle.v0.4+json", "application/vnd.dev.sigstore.bundle.v0.3+json ",
                             "Application/vnd.dev.sigstore.bundle.v0.3+json"}) {
        check_refused(replaced(message_json(), "application/vnd.dev.sigstore.bundle.v0.3+json", name), "mediaType");
    }
}

TEST_CASE("what nobody knows is refused by its name") {
    check_refused(replaced(message_json(), "{\"mediaType\"", "{\"extra\":1,\"mediaType\""), "\"extra\"");
    check_refused(replaced(message_json(), "{\"logIndex\"", "{\"surprise\":1,\"logIndex\""), "\"surprise\"");
    check_refused(replaced(message_json(), "{\"signedTimestamp\"", "{\"x\":1,\"signedTimestamp\""), "\"x\"");
    check_refused(replaced(message_json(), "{\"messageDigest\"", "{\"y\":1,\"messageDigest\""), "\"y\"");
    check_refused(replaced(envelope_json(), "{\"sig\"", "{\"cert\":1,\"sig\""), "\"cert\"");
    check_refused(replaced(message_json(), "\"mediaType\":", "\"mediaType\":\"x\",\"mediaType\":"), "duplicate");
}

TEST_CASE("null and absent are the same") {
    CHECK(parse_bundle(as_bytes(replaced(envelope_json(), "\"tlogEntries\":", "\"timestampVerificationData\":null,\"tlogEntries\":"))).ok());
    CHECK(parse_bundle(as_bytes(replaced(envelope_json(), "\"tlogEntries\":", "\"publicKey\":null,\"tlogEntries\":"))).ok());
    check_refused(R"({"mediaType":null})", "mediaType");
}

TEST_CASE("of a choice exactly one") {
    check_refused(replaced(message_json(), "\"tlogEntries\":", "\"publicKey\":{\"hint\":\"x\"},\"tlogEntries\":"), "exactly one of \"publicKey\"");
    check_refused(replaced(message_json(), "\"certificate\":", "\"publicKey\":{},\"certificate\":"), "exactly one of");
    check_refused(replaced(message_json(), "\"messageSignature\":", "\"dsseEnvelope\":{},\"messageSignature\":"), "exactly one of \"dsseEnvelope\"");
    Bundle none = world().message("artifact");
    none.material = std::vector<crypto::Certificate>{};
    none.chain_form = true;
    check_refused(bundle_json(none), "has no certificate");
    check_refused(R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{}})", "exactly one of");
    check_refused(R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"})", "\"verificationMaterial\"");
}

TEST_CASE("an envelope has exactly one signature, and nothing is empty") {
    check_refused(repeated(envelope_json(), "signatures", 2), "the same signature twice");
    check_refused(replaced(envelope_json(), "{\"sig\":\"", "{\"sig\":\"AAAA\"},{\"sig\":\""), "the envelope has 2 signatures");
    check_refused(repeated(envelope_json(), "signatures", 0), "\"signatures\" of the envelope is missing or empty");
    check_refused(replaced(envelope_json(), "\"sig\":\"", "\"sig\":\"\",\"keyid\":\""), "missing or empty");
    check_refused(replaced(envelope_json(), "\"payloadType\":\"application/vnd.in-toto+json\"", "\"payloadType\":\"\""), "payloadType");
}

TEST_CASE("base64 is canonical and of the standard alphabet") {
    const std::string signature = to_base64(std::get<MessageSignature>(parse_bundle(as_bytes(message_json()))->content).signature);
    for (const std::string& other : {signature + "=", signature + "\\n", std::string(" ") + signature, std::string("_-_-"), std::string("a")}) {
        check_refused(replaced(message_json(), "\"" + signature + "\"}}", "\"" + other + "\"}}"), "not base64");
    }
}

TEST_CASE("numbers are whole, not negative, and within 63 bits") {
    for (const char* number : {"\"-1\"", "\"1.0\"", "\"\"", "\"01\"", "\" 1\"", "\"9223372036854775808\"", "1.5", "-1", "true", "\"0x1\""}) {
        CAPTURE(number);
        check_refused(replaced(message_json(), "\"logIndex\":\"1001\"", std::string("\"logIndex\":") + number), "logIndex");
    }
    CHECK(parse_bundle(as_bytes(replaced(message_json(), "\"logIndex\":\"1001\"", "\"logIndex\":1001"))).ok());
    CHECK(parse_bundle(as_bytes(replaced(message_json(), "\"logIndex\":\"1001\"", "\"logIndex\":\"9223372036854775807\""))).ok());
}

TEST_CASE("every count has a limit (CVE-2024-45395)") {
    CHECK(parse_bundle(as_bytes(repeated(message_json(), "tlogEntries", kMaxEntries))).ok());
    check_refused(repeated(message_json(), "tlogEntries", kMaxEntries + 1), "at most 32");
    CHECK(parse_bundle(as_bytes(repeated(message_json(), "rfc3161Timestamps", kMaxTimestamps))).ok());
    check_refused(repeated(message_json(), "rfc3161Timestamps", kMaxTimestamps + 1), "at most 32");
    Bundle proofs = world().message("artifact");
    proofs.entries[0].proof->hashes.assign(kMaxProofHashes + 1, Bytes(32));
    check_refused(bundle_json(proofs), "at most 64");
    Bundle chain = world().message("artifact");
    chain.chain_form = true;
    chain.material = std::vector<crypto::Certificate>(kMaxBundleCertificates + 1, World::leaf_of(chain));
    check_refused(bundle_json(chain), "at most 16");
    Bundle note = world().message("artifact");
    note.entries[0].proof->checkpoint.assign(kMaxCheckpoint + 1, 'x');
    check_refused(bundle_json(note), "longer than");
    Bundle hash = world().message("artifact");
    hash.entries[0].proof->root_hash.pop_back();
    check_refused(bundle_json(hash), "no SHA-256");
    Bundle id = world().message("artifact");
    id.entries[0].log_id.pop_back();
    check_refused(bundle_json(id), "no SHA-256");
    Bundle signature = world().message("artifact");
    std::get<MessageSignature>(signature.content).signature.assign(kMaxSignature + 1, 1);
    check_refused(bundle_json(signature), "longer than");
}

TEST_CASE("a payload and the body of a log entry have a limit in bytes") {
    const auto envelope_of = [](std::size_t bytes) {
        codec::Json json = codec::Json::object();
        json.add("payload", codec::Json::of(to_base64(Bytes(bytes, ' '))));
        json.add("payloadType", codec::Json::of("t"));
        json.add("signatures", codec::Json::array()).push(codec::Json::object()).add("sig", codec::Json::of("AAAA"));
        return parse_envelope(json);
    };
    CHECK(envelope_of(kMaxPayload)->payload.size() == kMaxPayload);
    CHECK_THAT(envelope_of(kMaxPayload + 1).error().message, Catch::Contains("\"payload\" of the envelope is longer than"));
    const auto entry_of = [](std::size_t bytes) {
        codec::Json json = codec::Json::object();
        json.add("logId", codec::Json::object()).add("keyId", codec::Json::of(to_base64(Bytes(32))));
        codec::Json& kind = json.add("kindVersion", codec::Json::object());
        kind.add("kind", codec::Json::of("dsse"));
        kind.add("version", codec::Json::of("0.0.1"));
        json.add("canonicalizedBody", codec::Json::of(to_base64(Bytes(bytes, ' '))));
        return parse_log_entry(json);
    };
    CHECK(entry_of(kMaxBody)->body.size() == kMaxBody);
    CHECK_THAT(entry_of(kMaxBody + 1).error().message, Catch::Contains("\"canonicalizedBody\" of a log entry is longer than"));
    CHECK_THAT(parse_bundle(as_bytes(std::string(kMaxBundle + 1, ' '))).error().message, Catch::Contains("larger"));

    // What is built from parts (cosign, PEP 740) meets the same limits, before any of it is hashed.
    const auto refused = [](const Bundle& bundle, const std::string& why) {
        const auto verified = verify_bundle(bundle, world().request("artifact"));
        REQUIRE_FALSE(verified.ok());
        CHECK_THAT(verified.error().message, Catch::Contains(why));
    };
    Bundle payload = world().envelope("{}");
    std::get<Envelope>(payload.content).payload.assign(kMaxPayload + 1, ' ');
    refused(payload, "longer than 16 MiB");
    std::get<Envelope>(payload.content).payload.pop_back();
    refused(payload, "does not verify over the envelope");
    Bundle body = world().message("artifact");
    body.entries[0].body.assign(kMaxBody + 1, ' ');
    refused(body, "no body, or one that is too long");
    body.entries[0].body.clear();
    refused(body, "no body, or one that is too long");
}

TEST_CASE("a bundle is read whole or not at all") {
    const std::string& json = envelope_json();
    for (std::size_t length = 0; length < json.size(); length += (length < 200 || length + 200 > json.size()) ? 1U : 37U) {
        CHECK_FALSE(parse_bundle(as_bytes(json.substr(0, length))).ok());
    }
    CHECK_FALSE(parse_bundle(as_bytes(json + "x")).ok());
    check_refused("[]", "no JSON object");
}

TEST_CASE("a log entry by itself, as PEP 740 has it") {
    const LogEntry made = world().envelope("{}").entries[0];
    const auto read = parse_log_entry(codec::parse_json(as_bytes(entry_json(made))).value());
    REQUIRE(read.ok());
    CHECK(read->body == made.body);
    CHECK_FALSE(parse_log_entry(codec::parse_json(as_bytes("{}")).value()).ok());
}
