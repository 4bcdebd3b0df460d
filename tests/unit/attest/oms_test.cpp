#include "attest/oms.hpp"

#include <catch2/catch.hpp>

#include "unit/attest/attest_fixture.hpp"

using namespace headgate;
using namespace headgate::attest;
using attest_test::file;
using attest_test::key;
using attest_test::oms_statement;

namespace {

const std::string kConfig = "{}";
const std::string kWeights = "weights";

std::vector<FileRecord> model() {
    return {file("config.json", kConfig), file("sub/model.safetensors", kWeights), file("model.sig", "", true)};
}

std::vector<std::pair<std::string, std::string>> listed() {
    return {{"config.json", model()[0].sha256}, {"sub/model.safetensors", model()[1].sha256}};
}

OmsCoverage coverage(const std::string& statement, const std::vector<FileRecord>& files, bool folder = true) {
    const Subject subject = folder ? attest_test::folder_subject(files) : attest_test::file_subject(files.front());
    return oms_coverage(parse_envelope(as_bytes(sign_model_bundle(statement, key()).value())).value(), subject, files);
}

void check_refused(const std::string& statement, const std::string& reason, const std::vector<FileRecord>& files = model()) {
    const OmsCoverage result = coverage(statement, files);
    CAPTURE(statement);
    CHECK_FALSE(result.covers);
    CHECK_THAT(result.problem, Catch::Contains(reason));
}

std::string files_with(std::string_view more) {
    return R"({"method":"files","hash_type":"sha256","allow_symlinks":false)" + std::string(more) + "}";
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

}  // namespace

TEST_CASE("a model signature covers exactly the listed files, in any order") {
    CHECK(coverage(oms_statement(listed()), model()).covers);
    CHECK(coverage(oms_statement({listed()[1], listed()[0]}), model()).covers);
    // Nothing but the signature's own file may be there unlisted.
    CHECK(coverage(oms_statement(listed()), model()).unsigned_files.empty());
}

TEST_CASE("every way in which files can differ from what was signed is told with the file") {
    auto changed = model();
    changed[1] = file("sub/model.safetensors", "other");
    OmsCoverage result = coverage(oms_statement(listed()), changed);
    CHECK_FALSE(result.covers);
    CHECK(result.problem == "sub/model.safetensors differs from what was signed");
    CHECK(result.problem_path == "sub/model.safetensors");

    auto missing = model();
    missing.erase(missing.begin() + 1);
    check_refused(oms_statement(listed()), "not there", missing);

    auto extra = model();
    extra.push_back(file("evil.py", "echo headgate"));
    result = coverage(oms_statement(listed()), extra);
    CHECK(result.problem == "evil.py is there, but was not signed");
    CHECK(result.problem_path == "evil.py");

    auto deeper = model();
    deeper.push_back(file("sub/model.sig", "x"));
    check_refused(oms_statement(listed()), "was not signed", deeper);

    auto renamed = model();
    renamed[0].path = "Config.json";
    check_refused(oms_statement(listed()), "not there", renamed);

    auto swapped = model();
    std::swap(swapped[0].sha256, swapped[1].sha256);
    check_refused(oms_statement(listed()), "differs", swapped);

    // Names are compared byte by byte: NFC and NFD are two names.
    auto composed = model();
    composed[0].path = "caf\xc3\xa9";
    check_refused(oms_statement({{"cafe\xcc\x81", listed()[0].second}, listed()[1]}), "not there", composed);
}

TEST_CASE("a single file is named by its base name or a dot") {
    const std::vector<FileRecord> one = {file("model.bin", kWeights), file("model.bin.sig", "", true)};
    CHECK(coverage(oms_statement({{"model.bin", one[0].sha256}}), one, false).covers);
    CHECK(coverage(oms_statement({{".", one[0].sha256}}), one, false).covers);
    CHECK_FALSE(coverage(oms_statement({{"other.bin", one[0].sha256}}), one, false).covers);
    CHECK_FALSE(coverage(oms_statement({{"model.bin", one[0].sha256}, {"x", one[0].sha256}}), one, false).covers);
    CHECK_FALSE(coverage(oms_statement({{"model.bin", listed()[0].second}}), one, false).covers);
    // The dot is no name in a folder.
    CHECK_FALSE(coverage(oms_statement({{".", listed()[0].second}, listed()[1]}), model()).covers);
}

TEST_CASE("ignored paths are told, and only plain ones are taken") {
    auto files = model();
    files.push_back(file("notes.md", "n"));
    files.push_back(file("cache/x.py", "n"));
    files.push_back(file(".gitignore", "n"));
    const OmsCoverage result =
        coverage(oms_statement(listed(), files_with(R"(,"ignore_paths":["notes.md","cache/","somewhere/else"])")), files);
    CHECK(result.covers);
    CHECK(result.unsigned_files == std::vector<std::string>{"notes.md", "cache/x.py", ".gitignore"});
    check_refused(oms_statement(listed(), files_with(R"(,"ignore_paths":["cach"])")), "was not signed", files);
    for (const std::string_view entry : {"", ".", "..", "../x", "/x", "a//b", "*", "*.py", "a/?", "./x", "/"}) {
        check_refused(oms_statement(listed(), files_with(R"(,"ignore_paths":[")" + std::string(entry) + "\"]")), "ignored path");
    }
    check_refused(oms_statement(listed(), files_with(R"(,"ignore_paths":"x")")), "no list");
    check_refused(oms_statement(listed(), files_with(R"(,"ignore_paths":[1])")), "no string");
    std::string many = "\"a\"";
    for (std::size_t i = 0; i < kMaxIgnorePaths; ++i) many += ",\"a\"";
    check_refused(oms_statement(listed(), files_with(R"(,"ignore_paths":[)" + many + "]")), "more than 10000");
    // A listed file must match even where it is ignored.
    auto changed = model();
    changed[0] = file("config.json", "changed");
    check_refused(oms_statement(listed(), files_with(R"(,"ignore_paths":["config.json"])")), "differs", changed);
}

TEST_CASE("a properly signed statement that breaks the specification covers nothing") {
    const std::string good = oms_statement(listed());
    check_refused(replaced(good, "https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v2"), "statement");
    check_refused(replaced(good, R"("method":"files")", R"("method":"parts")"), "method");
    check_refused(replaced(good, R"("hash_type":"sha256")", R"("hash_type":"md5")"), "hash");
    check_refused(replaced(good, R"("hash_type":"sha256")", R"("hash_type":"blake3")"), "only signatures over SHA-256");
    check_refused(replaced(good, R"("hash_type":"sha256",)", ""), "hash_type");
    check_refused(replaced(good, R"("allow_symlinks":false)", R"("allow_symlinks":"false")"), "allow_symlinks");
    check_refused(replaced(good, R"("serialization")", R"("serialisation")"), "serialization");
    check_refused(replaced(good, R"("resources")", R"("resource")"), "resources");
    check_refused(replaced(good, R"("subject":[)", R"("subject":[{"name":"y","digest":{"sha256":")" + std::string(64, '0') + "\"}},"),
                  "exactly one subject");
    check_refused(replaced(good, R"("algorithm":"sha256")", R"("algorithm":"sha512")"), "algorithm");
    check_refused(replaced(good, listed()[0].second, listed()[0].second.substr(0, 32)), "64 lower-case");
    check_refused(replaced(good, R"("sha256":")", R"("sha256":")" + std::string(64, '0') + R"(","x":")"), "root digest");
    check_refused(oms_statement({listed()[0], listed()[0], listed()[1]}), "twice");
    check_refused(oms_statement({}), "resources");
    for (const std::string_view name : {"../x", "/etc/x", "./config.json", "config.json/", "a//b", "", "..", "a/./b"}) {
        check_refused(oms_statement({{std::string(name), listed()[0].second}, listed()[1]}), "plain relative path");
    }
    const OmsCoverage bare = oms_coverage(
        parse_envelope(as_bytes(sign_envelope(kInTotoPayload, good, key()).value())).value(), attest_test::folder_subject(model()), model());
    CHECK_FALSE(bare.covers);
}

TEST_CASE("shards must cover a file from its first to its last byte") {
    const auto statement = [](const std::vector<std::pair<std::string, std::string>>& shards, std::string_view size = "100",
                              std::string_view algorithm = "sha256") {
        return oms_statement(shards, R"({"method":"shards","hash_type":"sha256","shard_size":)" + std::string(size) + "}", algorithm);
    };
    const std::string digest = file("a:b", kWeights).sha256;
    const std::vector<FileRecord> one = {file("a:b", kWeights), file("empty", "")};
    CHECK(coverage(statement({{"a:b:0:7", digest}}), one).covers);
    CHECK(coverage(statement({{"a:b:0:7", digest}}, "100.0"), one).covers);
    CHECK(coverage(statement({{"a:b:0:7", digest}}, "100", "sha256-sharded-100"), one).covers);
    check_refused(statement({{"a:b:0:7", digest}}, "100", "sha256-sharded-99"), "algorithm", one);
    check_refused(statement({{"a:b:0:6", digest}}), "end at 6", one);
    check_refused(statement({{"a:b:1:7", digest}}), "do not follow", one);
    check_refused(statement({{"a:b:0:7", digest}}, "6"), "do not follow", one);
    check_refused(statement({{"a:b:0:4", digest}, {"a:b:3:7", digest}}, "4"), "do not follow", one);
    check_refused(statement({{"a:b:0:4", digest}, {"a:b:4:7", digest}}, "4"), "does not hash", one);
    check_refused(statement({{"a:b:0:7", file("x", "other").sha256}}), "differs", one);
    for (const std::string_view name : {"a", "a:0", ":0:7x", "a:7:0", "a:0:0", "a:00:7", "a:-1:7", "a:0:99999999999999999999"}) {
        check_refused(statement({{std::string(name), digest}}), "shard", one);
    }
    for (const std::string_view size : {"0", "-1", "1.5", "\"4\"", "null", "1e3"}) {
        check_refused(statement({{"a:b:0:7", digest}}, size), "shard_size", one);
    }
    // An empty file has no shard; under "files" it must be listed.
    check_refused(oms_statement({{"a:b", digest}}), "was not signed", one);
}

TEST_CASE("no truncated statement covers anything") {
    const std::string good = oms_statement(listed());
    std::size_t covered = 0;
    for (std::size_t length = 0; length < good.size(); ++length) {
        if (coverage(good.substr(0, length), model()).covers) ++covered;
    }
    CHECK(covered == 0);
}
