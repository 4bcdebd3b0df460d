#include "pipeline/model_signing.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "attest/dsse.hpp"
#include "recipes/temporary_folder.hpp"

using namespace headgate;
using namespace headgate::pipeline;

namespace {

const crypto::PrivateKey& key() {
    static const crypto::PrivateKey kKey = crypto::PrivateKey::generate(crypto::KeyType::ecdsa_p256).value();
    return kKey;
}

struct Model {
    TemporaryFolder folder;
    Model() {
        folder.write("m/config.json", "{}");
        folder.write("m/sub/weights.bin", std::string(10'000, 'w'));
        folder.write("m/empty", "");
    }
    std::string path() const { return folder.path("m"); }
    std::string signature() const { return folder.path("m/model.sig"); }

    SignedBundle sign(ModelSigning request = {}) const {
        request.model = path();
        request.signature = signature();
        const auto made = sign_model(request, key());
        REQUIRE(made.ok());
        folder.write("m/model.sig", made->bundle);
        return *made;
    }
    ModelVerification request() const {
        ModelVerification asked;
        asked.model = path();
        asked.signature = signature();
        asked.trust.key = key().public_key();
        return asked;
    }
};

void check_verified(const ModelVerification& request) {
    const auto result = verify_model(request);
    REQUIRE(result.ok());
    CHECK(result->reason.empty());
    CHECK(result->verified);
}

void check_refused(const ModelVerification& request, const std::string& why) {
    const auto result = verify_model(request);
    REQUIRE(result.ok());
    CHECK_FALSE(result->verified);
    CHECK_THAT(result->reason, Catch::Contains(why));
}

}  // namespace

TEST_CASE("a model that was signed verifies, by every way to list its files") {
    const Model model;
    for (const crypto::FileHash hash : {crypto::FileHash::sha256, crypto::FileHash::blake2b}) {
        for (const std::uint64_t shard_size : {std::uint64_t{0}, std::uint64_t{1000}, std::uint64_t{4096}, std::uint64_t{1} << 40U}) {
            ModelSigning how;
            how.hash = hash;
            how.shard_size = shard_size;
            CHECK(model.sign(how).files == 3);
            check_verified(model.request());
            model.folder.write("m/sub/weights.bin", std::string(9'999, 'w') + "v");
            check_refused(model.request(), "sub/weights.bin differs from what was signed");
            model.folder.write("m/sub/weights.bin", std::string(10'001, 'w'));
            check_refused(model.request(), "sub/weights.bin");
            model.folder.write("m/sub/weights.bin", std::string(10'000, 'w'));
            check_verified(model.request());
        }
    }
}

TEST_CASE("a file that is added, removed or renamed is named") {
    const Model model;
    model.sign();
    model.folder.write("m/evil.py", "echo headgate");
    check_refused(model.request(), "evil.py is there, but was not signed");
    auto lenient = model.request();
    lenient.ignore_unsigned = true;
    auto result = verify_model(lenient);
    CHECK(result->verified);
    CHECK(result->unlisted == std::vector<std::string>{"evil.py"});
    auto ignoring = model.request();
    ignoring.ignore_paths = {"evil.py"};
    check_verified(ignoring);
    // What was signed cannot be ignored away.
    ignoring.ignore_paths = {"evil.py", "sub"};
    check_refused(ignoring, "sub is to be ignored, but was signed");
    REQUIRE(::unlink(model.folder.path("m/evil.py").c_str()) == 0);
    REQUIRE(::unlink(model.folder.path("m/config.json").c_str()) == 0);
    check_refused(model.request(), "config.json was signed, but is not there");
    check_refused(lenient, "config.json was signed, but is not there");
}

TEST_CASE("what the signer left out is judged by what it is now") {
    const Model model;
    model.folder.write("m/notes.md", "# Notes\n");
    ModelSigning how;
    how.ignore_paths = {"notes.md", "cache"};
    model.sign(how);
    check_verified(model.request());
    auto strict = model.request();
    strict.may_ignore = MayIgnore::nothing;
    check_refused(strict, "notes.md is left out by the ignore list");
    model.folder.write("m/cache/evil.py", "echo headgate");
    check_refused(model.request(), "cache/evil.py is left out by the ignore list");
    auto loose = model.request();
    loose.may_ignore = MayIgnore::anything;
    check_verified(loose);
    auto named = model.request();
    named.ignore_paths = {"cache"};
    check_verified(named);
    // Documentation by name and code by content.
    REQUIRE(::unlink(model.folder.path("m/cache/evil.py").c_str()) == 0);
    model.folder.write("m/notes.md", std::string_view("\x80\x04\x8c\x05posix\x8c\x06system\x93.", 18));
    check_refused(model.request(), "notes.md is left out");
    // A link where the signer ignores what is there.
    model.folder.write("m/notes.md", "# Notes\n");
    REQUIRE(::symlink("/etc/hostname", model.folder.path("m/cache/link").c_str()) == 0);
    check_refused(model.request(), "cache/link is left out");
}

TEST_CASE("the default paths are left out at the top, and only there") {
    const Model model;
    model.folder.write("m/.gitattributes", "x");
    model.folder.write("m/.git/HEAD", "x");
    model.sign();
    check_verified(model.request());
    model.folder.write("m/.github/workflow.yml", "x");
    check_verified(model.request());
    model.folder.write("m/sub/.gitattributes", "x");
    check_refused(model.request(), "sub/.gitattributes is there");
}

TEST_CASE("links need the signer and the verifier") {
    const Model model;
    REQUIRE(::symlink("config.json", model.folder.path("m/alias.json").c_str()) == 0);
    ModelSigning plain;
    plain.model = model.path();
    plain.signature = model.signature();
    CHECK(sign_model(plain, key()).error().code == ErrorCode::malformed);
    ModelSigning how;
    how.follow_links = true;
    CHECK(model.sign(how).files == 4);
    check_refused(model.request(), "--allow-symlinks");
    auto following = model.request();
    following.allow_links = true;
    check_verified(following);
    REQUIRE(::symlink("/etc/hostname", model.folder.path("m/out").c_str()) == 0);
    check_refused(following, "out of the model");
}

TEST_CASE("a single file is a model") {
    const TemporaryFolder folder;
    ModelVerification request;
    request.model = folder.write("w.bin", "weights");
    request.signature = default_signature_path(request.model).value();
    CHECK(request.signature == request.model + ".sig");
    request.trust.key = key().public_key();
    ModelSigning how;
    how.model = request.model;
    how.signature = request.signature;
    folder.write("w.bin.sig", sign_model(how, key())->bundle);
    check_verified(request);
    folder.write("w.bin", "Weights");
    check_refused(request, "w.bin differs");
    CHECK(default_signature_path(folder.path()).value() == folder.path() + "/model.sig");
}

TEST_CASE("only whom the caller names can have signed") {
    const Model model;
    model.sign();
    auto other = model.request();
    other.trust.key = crypto::PrivateKey::generate(crypto::KeyType::ecdsa_p256)->public_key();
    check_refused(other, "another key");
    auto none = model.request();
    none.trust.key.reset();
    CHECK(verify_model(none).error().code == ErrorCode::usage);
    none.trust.anchors.emplace();
    check_refused(none, "made with a key");
    auto both = model.request();
    both.trust.anchors.emplace();
    CHECK(verify_model(both).error().code == ErrorCode::usage);
    auto lost = model.request();
    lost.signature = model.folder.path("absent.sig");
    CHECK_FALSE(verify_model(lost).ok());
}

TEST_CASE("what is to be ignored is a path in the model") {
    const Model model;
    CHECK(ignored_by_caller(model.path(), {"sub/", "./a", model.path() + "/config.json"}).value() ==
          std::vector<std::string>{"sub", "a", "config.json"});
    for (const std::string bad : {"", ".", "..", "../x", "a//b", "*", "*.py", "/etc", "/", "./"}) {
        CAPTURE(bad);
        CHECK_FALSE(ignored_by_caller(model.path(), {bad}).ok());
    }
}

TEST_CASE("an empty folder cannot be signed") {
    const TemporaryFolder folder;
    folder.write("m/.git/HEAD", "x");
    ModelSigning how;
    how.model = folder.path("m");
    how.signature = folder.path("m/model.sig");
    CHECK_THAT(sign_model(how, key()).error().message, Catch::Contains("nothing to sign"));
}
