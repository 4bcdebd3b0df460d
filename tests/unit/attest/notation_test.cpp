#include "attest/notation.hpp"

#include <catch2/catch.hpp>

#include "notation_fixture.hpp"

using namespace headgate;
using namespace headgate::notation_test;

namespace {

struct Pki {
    Made root = make(authority_wish(), Key::ec("P-256"));
    Key key = Key::ec("P-256");
    Made leaf = make(Wish{}, key, &root);
    std::vector<Made> chain() const { return {leaf, root}; }
};
const Pki& pki() {
    static const Pki kPki;
    return kPki;
}

struct Outcome {
    std::string error;                       // "" when it verified
    std::optional<attest::NotationVerified> verified;
};

struct Question {
    std::string digest = kDigest;
    std::uint64_t size = 528;
    std::string media_type = "application/vnd.oci.image.manifest.v1+json";
    std::vector<std::string> identities = {"*"};
    std::vector<crypto::Certificate> authorities = {pki().root.certificate()};
    std::vector<crypto::Certificate> signing_authorities = {};
    std::vector<crypto::Certificate> timestamp_authorities = {};
    attest::NotationTrust::Level level = attest::NotationTrust::Level::strict;
    std::int64_t now = kNow;

    Outcome ask(const Result<attest::NotationEnvelope>& envelope) const {
        if (!envelope.ok()) return {envelope.error().message, std::nullopt};
        attest::NotationTrust trust{authorities, signing_authorities, timestamp_authorities, {}, level, {}};
        for (const std::string& text : identities) trust.identities.push_back(attest::TrustedSubject::parse(text).value());
        auto verified = attest::verify_notation(*envelope, {media_type, digest, size}, trust, {now});
        if (!verified.ok()) return {verified.error().message, std::nullopt};
        return {"", std::move(verified).value()};
    }
    std::string of(const std::string& jws) const { return ask(attest::parse_notation_jws(as_bytes(jws))).error; }
    std::string of(const Bytes& cose) const { return ask(attest::parse_notation_cose(cose)).error; }
};

std::string refusal(Jws jws, const Question& question = {}) { return question.of(jws.sign(pki().key, pki().chain())); }
std::string refusal(Cose cose, const Question& question = {}) { return question.of(cose.sign(pki().key, pki().chain())); }

std::string refusal_with(void (*change)(Wish&)) {
    Wish wish;
    change(wish);
    return Question{}.of(Jws{}.sign(pki().key, {make(wish, pki().key, &pki().root)}));
}

void expect(const std::string& error, std::string_view what) {
    INFO("said: " << error << "; expected: " << what);
    CHECK((what.empty() ? error.empty() : error.find(what) != std::string::npos));
}

}  // namespace

TEST_CASE("a Notation JWS by a signer whom the store knows verifies; each fault is refused by name") {
    expect(refusal(Jws{}), "");
    const std::vector<std::tuple<std::string, std::string, std::string>> faults = {
        {"alg", R"("ES384")", "the key is for ES256"},
        {"alg", R"("none")", "the key is for ES256"},
        {"alg", R"("HS256")", "the key is for ES256"},
        {"alg", "", "the key is for ES256"},
        {"alg", "7", "missing or no string"},
        {"cty", R"("application/json")", "content type"},
        {"cty", "", "content type"},
        {"crit", "", "not marked critical"},
        {"crit", "[]", "empty or no array"},
        {"crit", R"(["io.cncf.notary.signingScheme","io.cncf.notary.signingScheme"])", "twice"},
        {"crit", R"(["io.cncf.notary.signingScheme","alg"])", "\"alg\" is not known"},
        {"crit", R"(["io.cncf.notary.signingScheme","extra"])", "\"extra\" is not known"},
        {"crit", R"(["io.cncf.notary.signingScheme","io.cncf.notary.expiry"])", "is not there"},
        {"crit", R"(["io.cncf.notary.signingScheme",7])", "something else than strings"},
        {"extra", "1", "\"extra\" is not known"},
        {"b64", "false", "\"b64\" is not known"},
        {"jwk", "{}", "\"jwk\" is not known"},
        {"io.cncf.notary.signingScheme", R"("notary.x509.other")", "is not known"},
        {"io.cncf.notary.signingScheme", "", "signing scheme"},
        {"io.cncf.notary.signingTime", R"("yesterday")", "no time"},
        {"io.cncf.notary.signingTime", R"("2023-11-14")", "no time"},
        {"io.cncf.notary.signingTime", "", "needs a signing time"},
        {"io.cncf.notary.authenticSigningTime", R"("2023-11-14T00:00:00Z")", "no authentic signing time"},
        {"io.cncf.notary.expiry", R"("2030-01-01T00:00:00Z")", "expiry is not marked critical"},
        {"io.cncf.notary.verificationPlugin", R"("x")", "plugin"},
        {"io.cncf.notary.verificationPluginMinVersion", R"("1.0.0")", "plugin"},
    };
    for (const auto& [name, value, what] : faults) {
        Jws jws;
        if (value.empty()) {
            jws.head.erase(name);
        } else {
            jws.head[name] = value;
        }
        INFO(name << " = " << value);
        expect(refusal(jws), what);
    }
}

TEST_CASE("a Notation COSE_Sign1 verifies; each fault is refused by name") {
    expect(refusal(Cose{}), "");
    const Bytes scheme = cbor_text("io.cncf.notary.signingScheme");
    const std::vector<std::tuple<Bytes, Bytes, std::string>> faults = {
        {cbor_int(1), cbor_int(-35), "the key is for ES256"},
        {cbor_int(1), cbor_int(-8), "algorithm -8 is not known"},
        {cbor_int(1), cbor_text("ES256"), "is not known"},
        {cbor_int(1), {}, "the key is for ES256"},
        {cbor_int(2), {}, "not marked critical"},
        {cbor_int(2), cbor_head(4, 0), "empty or no array"},
        {cbor_int(2), cbor_head(4, 2) + ByteView(scheme) + ByteView(scheme), "twice"},
        {cbor_int(2), cbor_head(4, 2) + ByteView(scheme) + ByteView(cbor_int(4)), "\"4\" is not known"},
        {cbor_int(2), cbor_head(4, 1) + ByteView(cbor_bytes({})), "something else than labels"},
        {cbor_int(3), cbor_text("text/plain"), "content type"},
        {cbor_int(3), cbor_int(42), "no text"},
        {cbor_int(4), cbor_bytes(as_bytes("kid")), "protected header 4 is not known"},
        {cbor_text("extra"), cbor_int(1), "\"extra\" is not known"},
        {scheme, cbor_text("notary.x509.other"), "is not known"},
        {cbor_text("io.cncf.notary.signingTime"), cbor_int(kNow), "no time"},
        {cbor_text("io.cncf.notary.signingTime"), cbor_time(INT64_MAX), "no time"},
        {cbor_text("io.cncf.notary.expiry"), cbor_time(kNow + 10), "expiry is not marked critical"},
        {cbor_text("io.cncf.notary.verificationPlugin"), cbor_text("x"), "plugin"},
    };
    for (const auto& [key, value, what] : faults) {
        Cose cose;
        if (value.empty()) {
            cose.head.erase(key);
        } else {
            cose.head[key] = value;
        }
        INFO(to_hex(key) << " = " << to_hex(value));
        expect(refusal(cose), what);
    }
    Cose untagged;
    untagged.tag = 98;
    expect(refusal(untagged), "no tagged COSE_Sign1");
    Cose unprotected;
    unprotected.unprotected[cbor_text("extra")] = cbor_int(1);
    expect(refusal(unprotected), "unprotected header \"extra\" is not known");
}

TEST_CASE("digest, size and media type must all be the artifact's") {
    Question question;
    question.digest = "sha256:" + std::string(64, 'b');
    expect(refusal(Jws{}, question), "about other bytes");
    question = {};
    question.size = 529;
    expect(refusal(Jws{}, question), "528 bytes, the artifact has 529");
    question = {};
    question.media_type = "application/vnd.oci.image.index.v1+json";
    expect(refusal(Jws{}, question), "the artifact is a application/vnd.oci.image.index.v1+json");
    for (const auto& [text, what] : std::vector<std::pair<std::string, std::string>>{
             {payload("sha512:" + std::string(64, 'a')), "no sha256"},
             {payload(kDigest, "-1"), "\"size\""},
             {payload(kDigest, "528.0"), "\"size\""},
             {payload(kDigest, "528", R"(,"extra":1)"), "\"extra\""},
             {payload(kDigest, "528", R"(,"annotations":{"a":1})"), "no string"},
             {payload(kDigest, "528", R"(,"annotations":{"a":"b"})"), ""},
             {payload(kDigest, "528", R"(,"digest":")" + kDigest + "\""), "twice"},
             {R"({"targetArtifact":{}})", "no media type"},
             {R"({})", "no \"targetArtifact\""}}) {
        Jws jws;
        jws.payload = text;
        INFO(text);
        if (what == "twice") {
            CHECK_FALSE(refusal(jws).empty());  // the codec says which key
        } else {
            expect(refusal(jws), what);
        }
    }
    Jws more;
    more.payload = R"({"extra":1,)" + payload().substr(1);
    expect(refusal(more), "beside");
}

TEST_CASE("the algorithm is fixed by the key, and PSS has the salt of its hash") {
    struct Case {
        Key key;
        std::string alg;
        const EVP_MD* hash;
    };
    const std::vector<Case> cases = {{Key::rsa(2048), "PS256", EVP_sha256()}, {Key::rsa(3072), "PS384", EVP_sha384()},
                                     {Key::ec("P-384"), "ES384", EVP_sha384()}, {Key::ec("P-521"), "ES512", EVP_sha512()}};
    for (const Case& one : cases) {
        const Made leaf = make(Wish{}, one.key, &pki().root);
        Jws jws;
        jws.head["alg"] = "\"" + one.alg + "\"";
        INFO(one.alg);
        expect(Question{}.of(jws.sign(one.key, {leaf}, one.hash)), "");
        jws.head["alg"] = R"("PS512")";
        expect(Question{}.of(jws.sign(one.key, {leaf}, EVP_sha512())), "the key is for " + one.alg);
    }
    const Made leaf = make(Wish{}, cases[0].key, &pki().root);
    Jws jws;
    jws.head["alg"] = R"("PS256")";
    jws.salt = 20;
    expect(Question{}.of(jws.sign(cases[0].key, {leaf})), "does not verify");
    const Key odd = Key::rsa(2560);
    jws.salt = RSA_PSS_SALTLEN_DIGEST;
    expect(Question{}.of(jws.sign(odd, {make(Wish{}, odd, &pki().root)})), "are not taken");
}

TEST_CASE("a signature of somebody else, or over something else, is refused") {
    Jws jws;
    std::string text = jws.sign(pki().key, pki().chain());
    const std::size_t at = text.find("\"signature\":\"") + 13;
    text[at] = text[at] == 'A' ? 'B' : 'A';
    expect(Question{}.of(text), "does not verify");
    expect(Question{}.of(Jws{}.sign(Key::ec("P-256"), pki().chain())), "does not verify");
    Question stranger;
    stranger.authorities = {make(authority_wish("other"), Key::ec("P-256")).certificate()};
    CHECK_FALSE(refusal(Jws{}, stranger).empty());
    stranger.authorities.clear();
    expect(refusal(Jws{}, stranger), "no authority is trusted");
    Question self;
    self.authorities = {pki().leaf.certificate()};  // a store may hold the signer itself
    expect(refusal(Jws{}, self), "");
}

TEST_CASE("a signing certificate is for signing artifacts and nothing else") {
    const auto with = refusal_with;
    expect(with([](Wish& wish) { wish.extended = ""; }), "");
    expect(with([](Wish& wish) { wish.key_usage = "digitalSignature"; }), "marked critical");
    expect(with([](Wish& wish) { wish.key_usage = ""; }), "marked critical");
    expect(with([](Wish& wish) { wish.key_usage = "critical,digitalSignature,keyEncipherment"; }), "digital signatures alone");
    expect(with([](Wish& wish) { wish.key_usage = "critical,keyEncipherment"; }), "digital signatures alone");
    expect(with([](Wish& wish) { wish.constraints = "critical,CA:TRUE"; }), "one of an authority");
    expect(with([](Wish& wish) { wish.extended = "serverAuth"; }), "not for code signing");
    expect(with([](Wish& wish) { wish.extended = "codeSigning,serverAuth"; }), "other things too");
    expect(with([](Wish& wish) { wish.extended = "codeSigning,timeStamping"; }), "other things too");
    CHECK_FALSE(with([](Wish& wish) { wish.to = kNow - 10; }).empty());
    CHECK_FALSE(with([](Wish& wish) { wish.from = kNow + 10; }).empty());
}

TEST_CASE("a leaf may bear the name of the authority that issued it, and of no other") {
    Wish wish;
    wish.subject.back().second = "root";  // as the authority is called
    const Made same = make(wish, pki().key, &pki().root);
    const std::string jws = Jws{}.sign(pki().key, {same, pki().root});
    expect(Question{}.of(jws), "");
    const auto by = [&](const Made& root) { return Question{.authorities = {root.certificate()}}.of(Jws{}.sign(pki().key, {make(wish, pki().key, &root)})); };
    expect(by(make(authority_wish(), Key::ec("P-256"))), "");
    Question other;
    other.authorities = {make(authority_wish(), Key::ec("P-256")).certificate()};  // the same name, another key
    CHECK_FALSE(other.of(jws).empty());
    Wish no_authority = authority_wish();
    no_authority.constraints = "";
    CHECK_FALSE(by(make(no_authority, Key::ec("P-256"))).empty());
    Wish no_usage = authority_wish();
    no_usage.key_usage = "critical,cRLSign";
    CHECK_FALSE(by(make(no_usage, Key::ec("P-256"))).empty());
    Wish over = authority_wish();
    over.to = kNow - 10;
    CHECK_FALSE(by(make(over, Key::ec("P-256"))).empty());
    Wish elsewhere = authority_wish();
    elsewhere.extended = "serverAuth";
    CHECK_FALSE(by(make(elsewhere, Key::ec("P-256"))).empty());
}

TEST_CASE("trusted identities are subsets of the subject, with country, state and organisation") {
    const auto asked = [](const std::string& identity) {
        Question question;
        question.identities = {identity};
        return refusal(Jws{}, question);
    };
    expect(asked("x509.subject: C=US, ST=WA, O=Acme"), "");
    expect(asked("x509.subject:O=Acme,ST=WA,C=US,CN=signer"), "");
    expect(asked("x509.subject: C=US, ST=WA, O=Acme2"), "none of the trusted identities");
    expect(asked("x509.subject: C=US, ST=WA, O=acme"), "none of the trusted identities");
    expect(asked("x509.subject: C=US, ST=WA, O=Acme, OU=x"), "none of the trusted identities");
    Question nobody;
    nobody.identities.clear();
    expect(refusal(Jws{}, nobody), "none of the trusted identities");
    Question several;
    several.identities = {"x509.subject: C=DE, ST=BE, O=X", "x509.subject: C=US, ST=WA, O=Acme"};
    expect(refusal(Jws{}, several), "");
    for (const std::string text : {"", "x509.subject:", "x509.subject: C=US", "x509.subject: C=US, ST=WA", "C=US, ST=WA, O=Acme",
                                   "x509.subject: C=US, C=DE, ST=WA, O=Acme", "x509.subject: C=US, ST=WA, O=", "x509.subject: C=US+ST=WA, O=Acme",
                                   "x509.subject: C=US, ST=WA, O=Acme, XX=1", "x509.subject: C=US, ST=WA, O=A\\zcme", "* "}) {
        INFO(text);
        CHECK_FALSE(attest::TrustedSubject::parse(text).ok());
    }
    Wish comma;
    comma.subject = {{"C", "US"}, {"ST", "WA"}, {"O", "Acme, Inc."}};
    Question question;
    question.identities = {"x509.subject: C=US, ST=WA, O=Acme\\, Inc."};
    expect(question.of(Jws{}.sign(pki().key, {make(comma, pki().key, &pki().root)})), "");
    comma.subject.emplace_back("O", "Other");  // two organisations are none
    expect(question.of(Jws{}.sign(pki().key, {make(comma, pki().key, &pki().root)})), "none of the trusted identities");
}

TEST_CASE("expiry is enforced, or noted where the level is permissive") {
    Jws jws;
    jws.head["io.cncf.notary.expiry"] = R"("2023-11-14T00:00:00Z")";
    jws.head["crit"] = R"(["io.cncf.notary.signingScheme","io.cncf.notary.expiry"])";
    expect(refusal(jws), "expired at 2023-11-14T00:00:00Z");
    Question permissive;
    permissive.level = attest::NotationTrust::Level::permissive;
    const auto outcome = permissive.ask(attest::parse_notation_jws(as_bytes(jws.sign(pki().key, pki().chain()))));
    REQUIRE(outcome.verified);
    CHECK(outcome.verified->notes.front().find("expired") != std::string::npos);
    jws.head["io.cncf.notary.expiry"] = R"("2023-11-16T00:00:00Z")";
    expect(refusal(jws), "");
}

TEST_CASE("a signing authority states the time at which its certificate must hold") {
    Jws jws;
    jws.head.erase("io.cncf.notary.signingTime");
    jws.head["io.cncf.notary.signingScheme"] = R"("notary.x509.signingAuthority")";
    jws.head["io.cncf.notary.authenticSigningTime"] = R"("2023-11-14T22:13:20Z")";  // kNow
    jws.head["crit"] = R"(["io.cncf.notary.signingScheme","io.cncf.notary.authenticSigningTime"])";
    Question question;
    expect(refusal(jws, question), "no authority is trusted");
    question.signing_authorities = question.authorities;
    question.authorities.clear();
    expect(refusal(jws, question), "");
    expect(refusal(Jws{}, question), "no authority is trusted");
    question.now = kNow + 100 * kDay;  // the certificate is over, the signing time is not
    expect(refusal(jws, question), "");
    question.now = kNow - 3600;
    expect(refusal(jws, question), "still to come");
    question.now = kNow;
    jws.head["io.cncf.notary.authenticSigningTime"] = R"("2023-11-10T00:00:00Z")";  // before the certificate
    CHECK_FALSE(refusal(jws, question).empty());
    jws.head["io.cncf.notary.authenticSigningTime"] = R"("2023-11-14T22:13:20Z")";
    jws.head["crit"] = R"(["io.cncf.notary.signingScheme"])";
    expect(refusal(jws, question), "authentic signing time is not marked critical");
}

TEST_CASE("with a timestamp store a timestamp is asked for, and it must be one") {
    Question question;
    question.timestamp_authorities = {pki().root.certificate()};
    expect(refusal(Jws{}, question), "no timestamp");
    Jws jws;
    jws.unprotected["io.cncf.notary.timestampSignature"] = R"("AAAA")";
    CHECK_FALSE(refusal(jws, question).empty());
    expect(refusal(jws), "");  // no store: nobody whom it could be by
    jws.unprotected["io.cncf.notary.timestampSignature"] = R"("")";
    expect(refusal(jws), "no base64");
}

TEST_CASE("the shape of a JWS") {
    const auto shape = [](const std::string& document) { return attest::parse_notation_jws(as_bytes(document)); };
    Jws jws;
    jws.members = R"(,"signatures":[])";
    expect(refusal(jws), "unknown member \"signatures\"");
    Jws header;
    header.unprotected["kid"] = R"("x")";
    expect(refusal(header), "header \"kid\" is not known");
    expect(Question{}.of(Jws{}.sign(pki().key, {})), "\"x5c\" is missing or empty");
    const std::vector<Made> nine(9, pki().leaf);
    expect(Question{}.of(Jws{}.sign(pki().key, nine)), "more than 8 certificates");
    for (const std::string text : {"", "[]", "{}", R"({"payload":"","protected":"","header":{},"signature":""})",
                                   R"({"payload":"e30=","protected":"e30","header":{},"signature":"AA"})",
                                   R"({"payload":"e30","protected":"e31","header":{},"signature":"AA"})"}) {
        INFO(text);
        CHECK_FALSE(shape(text).ok());
    }
    const std::string good = Jws{}.sign(pki().key, pki().chain());
    REQUIRE(shape(good).ok());
    for (std::size_t length = 0; length < good.size(); ++length) CHECK_FALSE(shape(good.substr(0, length)).ok());
    CHECK_FALSE(shape(std::string(attest::kMaxNotationEnvelope, ' ') + good).ok());
}

TEST_CASE("every prefix of a COSE envelope is refused") {
    const Bytes good = Cose{}.sign(pki().key, pki().chain());
    REQUIRE(attest::parse_notation_cose(good).ok());
    for (std::size_t length = 0; length < good.size(); ++length) CHECK_FALSE(attest::parse_notation_cose(ByteView(good).first(length)).ok());
    const std::vector<Made> nine(9, pki().leaf);
    expect(Question{}.of(Cose{}.sign(pki().key, nine)), "more than 8 certificates");
}
