#include "attest/evidence.hpp"

#include <catch2/catch.hpp>

#include "unit/attest/attest_fixture.hpp"

using namespace headgate;
using namespace headgate::attest;
using attest_test::anchor;
using attest_test::file;
using attest_test::key;
using attest_test::read;
using attest_test::statement;

namespace {

constexpr std::string_view kRelease = "https://in-toto.io/attestation/release/v0.1";
constexpr std::string_view kTest = "https://in-toto.io/attestation/test-result/v0.1";

const std::vector<FileRecord>& one_file() {
    static const std::vector<FileRecord> kFiles = {file("a.bin", "bytes")};
    return kFiles;
}
Subject subject() { return attest_test::file_subject(one_file().front()); }
const std::string kPgp = "-----BEGIN PGP SIGNATURE-----\nComment: by hand\n\niQEzBAABCAAdFiEE\n=abcd\n-----END PGP SIGNATURE-----\n";
std::string minisign(const std::string& comment = "trusted comment: z") {
    return "untrusted comment: x\n" + to_base64(Bytes(74, 1)) + "\n" + comment + "\n" + to_base64(Bytes(64, 2)) + "\n";
}
std::string dsse(const std::string& payload, std::size_t number = 0) {
    return sign_envelope(kInTotoPayload, payload, key(number)).value();
}

}  // namespace

TEST_CASE("names of evidence") {
    for (const std::string_view name : {"a.sig", "a.sigstore", "a.sigstore.json", "a.intoto.jsonl", "a.dsse.json"}) {
        CHECK(is_evidence_name(name, false));
    }
    for (const std::string_view name : {".sig", "a.json", "a.sigs", "sig", ".intoto.jsonl"}) CHECK_FALSE(is_evidence_name(name, false));
    for (const std::string_view name : {"model.sig", "model.sigstore.json", "x.intoto.jsonl"}) CHECK(is_evidence_name(name, true));
    for (const std::string_view name : {"sub/model.sig", "a.sig", "weights.dsse.json", "sub/x.intoto.jsonl", ".intoto.jsonl"}) {
        CHECK_FALSE(is_evidence_name(name, true));
    }
}

TEST_CASE("a trusted statement about the subject becomes a fact with its fields") {
    const std::string line = dsse(statement(subject().digest, kTest, R"({"result":"PASSED","configuration":[{"a/b":1.5,"n":null,"t":true}],"timestamp":"2026-11-01T00:00:00Z"})"));
    const Evidence evidence = read(line + "\n", subject(), one_file(), {anchor("ci"), anchor("other", 1)});
    REQUIRE(evidence.statements.size() == 1);
    const Statement& fact = evidence.statements.front();
    CHECK(fact.signers == std::vector<std::string>{"ci"});
    CHECK(fact.key_ids == std::vector<std::string>{to_hex(key().public_key().spki_sha256())});
    CHECK(fact.predicate_type == kTest);
    CHECK(fact.digest == crypto::sha256_hex(as_bytes(line)));
    CHECK(fact.issued == parse_instant("2026-11-01T00:00:00Z")->seconds);
    REQUIRE(fact.fields.size() == 5);
    CHECK(fact.fields[0].pointer == "/result");
    CHECK(fact.fields[1].pointer == "/configuration/0/a~1b");
    CHECK(fact.fields[1].value == "1.5");
    CHECK(fact.fields[3].value == "true");
    // A statement that tests something is no signature.
    CHECK(evidence.signatures.empty());
    CHECK(evidence.findings.empty());
}

TEST_CASE("provenance about the subject by somebody trusted becomes a fact, too") {
    constexpr std::string_view kBuilt = R"({"buildDefinition":{"buildType":"https://ci.example/t","externalParameters":{"source":{"uri":"git+https://git.example/acme/model@refs/tags/v1.0.0"}}},)"
                                        R"("runDetails":{"builder":{"id":"https://ci.example/builder"}}})";
    constexpr std::string_view kType = "https://slsa.dev/provenance/v1";
    const Evidence evidence = read(dsse(statement(subject().digest, kType, kBuilt)), subject(), one_file(), {anchor("ci")});
    REQUIRE(evidence.provenances.size() == 1);
    const Provenance& fact = evidence.provenances.front();
    CHECK(fact.builder == "https://ci.example/builder");
    CHECK(fact.source == "https://git.example/acme/model");
    CHECK(fact.ref == "refs/tags/v1.0.0");
    CHECK(fact.signers == std::vector<std::string>{"ci"});
    REQUIRE(evidence.statements.size() == 1);
    CHECK(fact.digest == evidence.statements.front().digest);
    // A stranger's, one about other bytes, and one that cannot be read are no fact.
    CHECK(read(dsse(statement(subject().digest, kType, kBuilt), 1), subject(), one_file(), {anchor("ci")}).provenances.empty());
    CHECK(read(dsse(statement({std::string(64, 'b'), {}}, kType, kBuilt)), subject(), one_file(), {anchor("ci")}).provenances.empty());
    const Evidence broken = read(dsse(statement(subject().digest, kType, "{}")), subject(), one_file(), {anchor("ci")});
    CHECK(broken.provenances.empty());
    REQUIRE(broken.findings.size() == 1);
    CHECK(broken.findings.front().id == "evidence.malformed");
}

TEST_CASE("a release statement is a signature too") {
    const Evidence evidence = read(dsse(statement(subject().digest, kRelease, "{}")), subject(), one_file(), {anchor("ci")});
    REQUIRE(evidence.signatures.size() == 1);
    CHECK(evidence.signatures.front().covers_subject);
    CHECK(evidence.signatures.front().scheme == "dsse");
    CHECK(evidence.statements.size() == 1);
}

TEST_CASE("strangers are recorded without a signer and prove nothing") {
    const Evidence evidence = read(dsse(statement(subject().digest, kRelease, "{}"), 1), subject(), one_file(), {anchor("ci")});
    CHECK(evidence.statements.empty());
    REQUIRE(evidence.signatures.size() == 1);
    CHECK(evidence.signatures.front().signers.empty());
    CHECK(evidence.signatures.front().key_ids.empty());
    CHECK(evidence.findings.empty());
    for (const std::string& foreign : {kPgp, minisign()}) {
        const Evidence other = read(foreign, subject(), one_file(), {anchor("ci")});
        CHECK(other.signatures.size() == 1);
        CHECK(other.findings.empty());
    }
}

TEST_CASE("a foreign signature is whole text and nothing else: evidence is no place to hide things") {
    const std::vector<std::string> cases = {kPgp + "more", kPgp + std::string("\x80\x02N.", 4), "-----BEGIN PGP SIGNATURE-----\nx",
                                        "-----BEGIN PGP SIGNATURE-----\nlines of text\n-----END PGP SIGNATURE-----\n",
                                        "-----BEGIN PGP SIGNATURE-----\na: b\nc: d\ne: f\ng: h\ni: j\n\nAAAA\n-----END PGP SIGNATURE-----\n",
                                        "-----BEGIN SSH SIGNATURE-----\n{\"text\": 1}\n-----END SSH SIGNATURE-----\n",
                                        "untrusted comment: x\n{\"text\": 1}\n{\"text\": 2}\n{\"text\": 3}\n", minisign("trusted comment: " + std::string(300, 'a')),
                                        std::string("\x89\x02\x80\x02N.", 6), "untrusted comment: x\n" + std::string(20'000, 'a'),
                                        "untrusted comment: x\ny"};
    for (const std::string& smuggled : cases) {
        const Evidence other = read(smuggled, subject(), one_file(), {anchor("ci")});
        CHECK_FALSE(other.findings.empty());
    }
}

TEST_CASE("under the name of a JSON document there is no signature of another scheme") {
    for (const auto& [name, findings] : {std::pair("a.bin.sig", 0), {"a.bin.intoto.jsonl", 1}, {"a.bin.sigstore", 1}, {"a.bin.sigstore.json", 1},
                                         {"a.bin.dsse.json", 1}}) {
        CAPTURE(name);
        Evidence out;
        const Subject about = subject();
        read_evidence(as_bytes(kPgp), {name, {}, {}, {}}, {about, one_file()}, {}, {}, out);
        CHECK((out.findings.empty() ? 0 : 1) == findings);
    }
}

TEST_CASE("a statement about other bytes is no evidence") {
    DigestSet other = subject().digest;
    other.sha256.front() = other.sha256.front() == '0' ? '1' : '0';
    const Evidence evidence = read(dsse(statement(other, kRelease, "{}")), subject(), one_file(), {anchor("ci")});
    CHECK(evidence.statements.empty());
    REQUIRE(evidence.signatures.size() == 1);
    CHECK_FALSE(evidence.signatures.front().covers_subject);
    CHECK(evidence.signatures.front().problem == "it is about other bytes");
}

TEST_CASE("a folder needs both digests, a file only its own") {
    const std::vector<FileRecord> files = {file("a", "1"), file("b", "2")};
    const Subject folder = attest_test::folder_subject(files);
    CHECK(read(dsse(statement(folder.digest, kTest, "{}")), folder, files, {anchor("ci")}).statements.size() == 1);
    CHECK(read(dsse(statement({folder.digest.sha256, {}}, kTest, "{}")), folder, files, {anchor("ci")}).statements.empty());
    CHECK(read(dsse(statement({folder.digest.sha256, std::string(64, '0')}, kTest, "{}")), folder, files, {anchor("ci")}).statements.empty());
    // A file whose bytes are a folder's concatenated digests has its sha256.
    Subject collision = subject();
    collision.digest.sha256 = folder.digest.sha256;
    CHECK(read(dsse(statement(folder.digest, kTest, "{}")), collision, one_file(), {anchor("ci")}).statements.empty());
    Subject nameless = subject();
    nameless.digest = {};
    CHECK(read(dsse(statement(subject().digest, kTest, "{}")), nameless, one_file(), {anchor("ci")}).statements.empty());
}

TEST_CASE("JSON lines are read one by one, and one bad line is told with its number") {
    const std::string first = dsse(statement(subject().digest, kTest, R"({"n":1})"));
    const std::string second = dsse(statement(subject().digest, kTest, R"({"n":2})"), 2);
    Evidence evidence = read(first + "\n\n" + second + "\r\n", subject(), one_file(), {anchor("a"), anchor("c", 2)});
    CHECK(evidence.statements.size() == 2);
    CHECK(evidence.statements.at(1).where.line == 3U);
    CHECK(evidence.findings.empty());
    evidence = read(first + "\n{\n" + second, subject(), one_file(), {anchor("a"), anchor("c", 2)});
    CHECK(evidence.statements.size() == 2);
    REQUIRE(evidence.findings.size() == 1);
    CHECK(evidence.findings.front().id == "evidence.malformed");
    CHECK(evidence.findings.front().where.line == 2U);
}

TEST_CASE("a pretty-printed document is one document") {
    const std::string pretty = codec::write_json_pretty(codec::parse_json(as_bytes(dsse(statement(subject().digest, kTest, "{}")))).value());
    CHECK(read(pretty + "\n", subject(), one_file(), {anchor("ci")}).statements.size() == 1);
}

TEST_CASE("malformed evidence is a finding, and so is what exceeds a limit") {
    for (const std::string& bytes : {std::string(), std::string("\n\n"), std::string("{}"), std::string("[1]"), std::string("{\"payload\":"),
                                     dsse("{\"_type\":\"https://in-toto.io/Statement/v1\"}"), dsse("no JSON"),
                                     dsse(statement({"xyz", {}}, kTest, "{}")), dsse(statement(subject().digest, kTest, "[]"))}) {
        CAPTURE(bytes);
        const Evidence evidence = read(bytes, subject(), one_file(), {anchor("ci")});
        CHECK(evidence.statements.empty());
        REQUIRE_FALSE(evidence.findings.empty());
        CHECK(evidence.findings.front().id == "evidence.malformed");
    }
    const std::string line = dsse(statement(subject().digest, kTest, "{}"), 1) + "\n";
    std::string lines;
    for (std::size_t i = 0; i < kMaxDocuments; ++i) lines += line;
    CHECK(read(lines, subject(), one_file(), {anchor("ci")}).findings.empty());
    CHECK(read(lines + line, subject(), one_file(), {anchor("ci")}).findings.size() == 1);
    CHECK(read(std::string(kMaxEnvelope + 1, '{'), subject(), one_file(), {anchor("ci")}).findings.size() == 1);
}

TEST_CASE("limits of a statement") {
    const auto predicate = [](std::size_t values) {
        std::string list = "1";
        for (std::size_t i = 1; i < values; ++i) list += ",1";
        return "{\"l\":[" + list + "]}";
    };
    CHECK(flatten(codec::parse_json(as_bytes(predicate(kMaxFields))).value()).ok());
    CHECK_FALSE(flatten(codec::parse_json(as_bytes(predicate(kMaxFields + 1))).value()).ok());
    CHECK_FALSE(flatten(codec::parse_json(as_bytes("{\"a\":\"" + std::string(kMaxFieldBytes, 'x') + "\"}")).value()).ok());
    const auto subjects = [](std::size_t count) {
        std::string list;
        for (std::size_t i = 0; i < count; ++i) list += (i == 0 ? "" : ",") + std::string(R"({"digest":{"sha256":")") + std::string(64, 'a') + "\"}}";
        return R"({"_type":"https://in-toto.io/Statement/v1","predicateType":"p","subject":[)" + list + "]}";
    };
    CHECK(parse_statement(as_bytes(subjects(kMaxSubjects))).ok());
    CHECK_FALSE(parse_statement(as_bytes(subjects(kMaxSubjects + 1))).ok());
    CHECK_FALSE(parse_statement(as_bytes(subjects(0))).ok());
}

TEST_CASE("a key counts inside its validity only") {
    TrustAnchor bounded = anchor("ci");
    bounded.not_before = Instant{1000};
    bounded.not_after = Instant{2000};
    const std::string line = dsse(statement(subject().digest, kRelease, "{}"));
    for (const std::int64_t now : {1000, 1500, 2000}) {
        CHECK(read(line, subject(), one_file(), {bounded}, {now}).statements.size() == 1);
    }
    for (const std::int64_t now : {999, 2001}) {
        const Evidence evidence = read(line, subject(), one_file(), {bounded}, {now});
        CHECK(evidence.statements.empty());
        REQUIRE(evidence.signatures.size() == 1);
        CHECK(evidence.signatures.front().signers.empty());
        CHECK_THAT(evidence.signatures.front().key_problem, Catch::Contains("outside its validity"));
        CHECK(evidence.signatures.front().problem.empty());
        // It is kept that the key verified it: another policy may have a name for it.
        CHECK(evidence.signatures.front().key_ids == std::vector<std::string>{to_hex(key().public_key().spki_sha256())});
    }
}

namespace {

std::string message_bundle(const crypto::PrivateKey& by, std::string_view content) {
    return R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":""}},"messageSignature":{"signature":")" +
           to_base64(by.sign(as_bytes(content)).value()) + "\"}}";
}

// The subject's file can be read again; `reads` says how often it was.
struct Again {
    std::string content = "bytes";
    int reads = 0;
    bool begins_as_envelope = false;

    Evidence judge(const std::vector<std::string>& documents, const crypto::PublicKey& by) {
        const std::vector<FileRecord> files = {file("a.bin", content)};
        const Subject about = attest_test::file_subject(files.front());
        EvidenceTarget target{about, files};
        target.begins_as_envelope = begins_as_envelope;
        target.hash_further = [&](std::span<const FurtherDigests> wanted) -> Result<std::vector<std::vector<std::string>>> {
            ++reads;
            const auto hash = wanted.front().hash == crypto::FileHash::sha384 ? crypto::Hash::sha384 : crypto::Hash::sha512;
            return std::vector<std::vector<std::string>>{{to_hex(crypto::digest(hash, as_bytes(content)))}};
        };
        target.read_whole = [&](const FileRecord&) -> Result<Bytes> {
            ++reads;
            return Bytes(content.begin(), content.end());
        };
        Evidence out;
        const Trust trust{{{"release", by, std::nullopt, std::nullopt}}, {}, {}};
        for (const std::string& document : documents) read_evidence(as_bytes(document), {"a.sig", {}, {}, {}}, target, trust, {1'800'000'000}, out);
        return out;
    }
};

}  // namespace

TEST_CASE("a message by a key that signs more than a SHA-256 is read again, once") {
    for (const auto type : {crypto::KeyType::ecdsa_p384, crypto::KeyType::ecdsa_p521, crypto::KeyType::ed25519}) {
        const auto by = crypto::PrivateKey::generate(type).value();
        const std::string good = message_bundle(by, "bytes");
        const std::string bad = message_bundle(by, "other bytes");
        Again again;
        const Evidence evidence = again.judge({bad, good, bad, good}, by.public_key());
        REQUIRE(evidence.signatures.size() == 4);
        CHECK(again.reads == 1);
        for (std::size_t i = 0; i < 4; ++i) {
            CHECK(evidence.signatures[i].covers_subject == (i % 2 == 1));
            CHECK(evidence.signatures[i].signers.empty() == (i % 2 == 0));
        }
    }
    // A key that signs a SHA-256 needs none of that.
    Again again;
    CHECK(again.judge({message_bundle(key(), "bytes")}, key().public_key()).signatures.front().covers_subject);
    CHECK_FALSE(again.judge({message_bundle(key(), "others")}, key().public_key()).signatures.front().covers_subject);
    CHECK(again.reads == 0);
}

TEST_CASE("whatever a trusted statement says of the bytes, they are") {
    const auto stated = [&](const std::string& more) {
        std::string text = statement(subject().digest, kRelease, "{}");
        return text.insert(text.find("}}]"), "," + more);
    };
    const auto sha = [](crypto::Hash hash, std::string_view bytes) { return to_hex(crypto::digest(hash, as_bytes(bytes))); };
    const std::string right512 = "\"sha512\":\"" + sha(crypto::Hash::sha512, "bytes") + "\"";
    const std::string wrong512 = "\"sha512\":\"" + sha(crypto::Hash::sha512, "other") + "\"";
    const std::string right384 = "\"sha384\":\"" + sha(crypto::Hash::sha384, "bytes") + "\"";
    const auto judged = [&](const std::string& more, std::size_t by = 0, int reads = 1) {
        Again again;
        const Evidence evidence = again.judge({dsse(stated(more), by)}, key().public_key());
        CHECK(again.reads == reads);
        return evidence;
    };
    CHECK(judged(right512).statements.size() == 1);
    CHECK(judged(right384 + "," + right512, 0, 2).signatures.front().covers_subject);
    for (const std::string& wrong : {wrong512, std::string("\"sha512\":\"00\"")}) {
        const Evidence evidence = judged(wrong);
        CHECK(evidence.statements.empty());
        REQUIRE(evidence.signatures.size() == 1);
        CHECK_FALSE(evidence.signatures.front().covers_subject);
        CHECK(evidence.signatures.front().problem == "it is about other bytes");
    }
    CHECK(judged(right384 + "," + wrong512, 0, 2).statements.empty());
    // What nobody makes here says nothing, and for a stranger nothing is read.
    CHECK(judged("\"sha1\":\"00\"", 0, 0).statements.size() == 1);
    CHECK(judged(wrong512, 1, 0).statements.empty());
    // Where the file is not at hand its SHA-256 decides.
    CHECK(read(dsse(stated(wrong512)), subject(), one_file(), {anchor("ci")}).statements.size() == 1);
}

TEST_CASE("a file that is the encoding of an envelope is signed by nobody as a message") {
    for (const auto type : {crypto::KeyType::ecdsa_p256, crypto::KeyType::ecdsa_p384, crypto::KeyType::ed25519}) {
        const auto by = crypto::PrivateKey::generate(type).value();
        Again again;
        const Bytes encoding = sigstore::pre_authentication_encoding(kInTotoPayload, as_bytes("{}"));
        again.content = std::string(as_text(encoding));
        again.begins_as_envelope = true;
        const Evidence evidence = again.judge({message_bundle(by, again.content)}, by.public_key());
        REQUIRE(evidence.signatures.size() == 1);
        CHECK(evidence.signatures.front().signers.empty());
        CHECK_FALSE(evidence.signatures.front().covers_subject);
        CHECK_THAT(evidence.signatures.front().problem, Catch::Contains("DSSEv1"));
    }
    CHECK(sigstore::begins_as_envelope(as_bytes("DSSEv1 ")));
    CHECK_FALSE(sigstore::begins_as_envelope(as_bytes("DSSEv1")));
    CHECK_FALSE(sigstore::begins_as_envelope(as_bytes("dssev1 x")));
}

TEST_CASE("no flipped bit and no prefix of evidence is evidence") {
    const std::string line = dsse(statement(subject().digest, kRelease, R"({"a":"b"})"));
    std::size_t believed = 0;
    const auto believe = [&](const std::string& bytes) {
        const Evidence evidence = read(bytes, subject(), one_file(), {anchor("ci")});
        if (!evidence.statements.empty()) ++believed;
        for (const Signature& signature : evidence.signatures) believed += signature.signers.empty() ? 0U : 1U;
        // The oracle: something is always said.
        if (evidence.empty()) ++believed;
    };
    for (std::size_t length = 0; length < line.size(); ++length) believe(line.substr(0, length));
    for (std::size_t bit = 0; bit < line.size() * 8; ++bit) {
        std::string flipped = line;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        believe(flipped);
    }
    CHECK(believed == 0);
}
