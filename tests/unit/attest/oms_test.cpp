#include "attest/oms.hpp"

#include <catch2/catch.hpp>

#include <map>

#include "attest/oms_v0_2.hpp"

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

// What is asked for beyond the SHA-256 of a file is made from this.
const std::map<std::string, std::string, std::less<>> kContents = {{"config.json", kConfig}, {"sub/model.safetensors", kWeights}, {"a:b", kWeights}, {"empty", ""}};

Result<std::vector<std::vector<std::string>>> hash_again(std::span<const FurtherDigests> wanted) {
    std::vector<std::vector<std::string>> digests;
    for (const FurtherDigests& item : wanted) {
        std::vector<std::string>& texts = digests.emplace_back();
        for (const ByteRange& range : item.ranges) {
            crypto::Digester digester(item.hash);
            digester.update(as_bytes(kContents.find(item.file->path)->second.substr(range.begin, range.end - range.begin)));
            texts.push_back(to_hex(digester.finish()));
        }
    }
    return digests;
}

Signature read_signature(const std::string& bundle, const std::vector<FileRecord>& files, bool folder = true, std::size_t signer = 0,
                         const HashFurther& hash = hash_again) {
    const Subject subject = folder ? attest_test::folder_subject(files) : attest_test::file_subject(files.front());
    Evidence out;
    Trust trust;
    trust.keys = {attest_test::anchor("a", signer)};
    read_evidence(as_bytes(bundle), {"model.sig", {}, {}, {}}, {subject, files, hash}, trust, {1'800'000'000}, out);
    REQUIRE(out.signatures.size() == 1);
    return out.signatures.front();
}

struct Coverage {
    bool covers = false;
    std::string problem;
    std::string problem_path;
    std::vector<std::string> unsigned_files;
};

Coverage coverage(const std::string& statement, const std::vector<FileRecord>& files, bool folder = true) {
    const Signature signature = read_signature(sign_model_bundle(statement, key()).value(), files, folder);
    CHECK(signature.covers_subject == signature.problem.empty());
    return {signature.covers_subject, signature.problem, signature.problem_path, signature.unsigned_files};
}

void check_refused(const std::string& statement, const std::string& reason, const std::vector<FileRecord>& files = model()) {
    const Coverage result = coverage(statement, files);
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
    Coverage result = coverage(oms_statement(listed()), changed);
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
    const Coverage result =
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
    check_refused(replaced(good, R"("hash_type":"sha256")", R"("hash_type":"blake3")"), "BLAKE3, which is not read here");
    check_refused(replaced(good, R"("hash_type":"sha256",)", ""), "hash_type");
    check_refused(replaced(good, R"("allow_symlinks":false)", R"("allow_symlinks":"false")"), "allow_symlinks");
    check_refused(replaced(good, R"("serialization")", R"("serialisation")"), "unknown member \"serialisation\"");
    check_refused(replaced(good, R"("resources")", R"("resource")"), "unknown member \"resource\"");
    check_refused(replaced(good, R"("method":"files")", R"("method":"files","follow":true)"), "unknown member \"follow\"");
    check_refused(replaced(good, R"("algorithm":"sha256")", R"("algorithm":"sha256","executable":true)"), "unknown member \"executable\"");
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
    const Signature bare = read_signature(sign_envelope(kInTotoPayload, good, key()).value(), model());
    CHECK_FALSE(bare.covers_subject);
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
    const std::string first = file("x", kWeights.substr(0, 4)).sha256;
    const std::string rest = file("x", kWeights.substr(4)).sha256;
    CHECK(coverage(statement({{"a:b:0:4", first}, {"a:b:4:7", rest}}, "4"), one).covers);
    CHECK(coverage(statement({{"a:b:4:7", rest}, {"a:b:0:4", first}}, "4", "sha256-sharded-4"), one).covers);
    check_refused(statement({{"a:b:0:4", first}, {"a:b:4:7", first}}, "4"), "a:b differs from what was signed (between bytes 4 and 7)", one);
    check_refused(statement({{"a:b:0:4", rest}, {"a:b:4:7", first}}, "4"), "between bytes 0 and 4", one);
    check_refused(statement({{"a:b:0:4", first}}, "4"), "end at 4", one);
    check_refused(statement({{"c:0:4", first}, {"c:4:7", rest}}, "4"), "c was signed, but is not there", one);
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

TEST_CASE("files may be listed by BLAKE2b") {
    const auto blake = [](std::string_view content) {
        crypto::Digester digester(crypto::FileHash::blake2b);
        digester.update(as_bytes(content));
        return to_hex(digester.finish());
    };
    const std::string form = R"({"method":"files","hash_type":"blake2b","allow_symlinks":false})";
    const std::vector<std::pair<std::string, std::string>> resources = {{"config.json", blake(kConfig)}, {"sub/model.safetensors", blake(kWeights)}};
    CHECK(coverage(oms_statement(resources, form, "blake2b"), model()).covers);
    check_refused(oms_statement({resources[0], {"sub/model.safetensors", blake("other")}}, form, "blake2b"), "differs");
    check_refused(oms_statement(resources, form), "another algorithm");
    check_refused(oms_statement(listed(), form, "blake2b"), "128 lower-case");
    const std::string shards = R"({"method":"shards","hash_type":"blake2b","shard_size":4})";
    const std::vector<FileRecord> one = {file("a:b", kWeights)};
    CHECK(coverage(oms_statement({{"a:b:0:4", blake("weig")}, {"a:b:4:7", blake("hts")}}, shards, "blake2b-sharded-4"), one).covers);
}

TEST_CASE("files are read again only for a signature by a trusted key") {
    const std::vector<FileRecord> one = {file("a:b", kWeights)};
    const std::string bundle = sign_model_bundle(oms_statement({{"a:b:0:4", file("x", "weig").sha256}, {"a:b:4:7", file("x", "hts").sha256}},
                                                               R"({"method":"shards","hash_type":"sha256","shard_size":4})"),
                                                 key()).value();
    std::size_t asked = 0;
    const HashFurther count = [&](std::span<const FurtherDigests> wanted) {
        ++asked;
        return hash_again(wanted);
    };
    CHECK(read_signature(bundle, one, true, 0, count).covers_subject);
    CHECK(asked == 1);
    const Signature stranger = read_signature(bundle, one, true, 1, count);
    CHECK_FALSE(stranger.covers_subject);
    CHECK(stranger.signers.empty());
    CHECK_THAT(stranger.problem, Catch::Contains("sha256 of shards"));
    CHECK(asked == 1);
    // Nobody there to read them, or nobody who can.
    CHECK_FALSE(read_signature(bundle, one, true, 0, nullptr).covers_subject);
    const Signature unread = read_signature(bundle, one, true, 0, [](auto) { return Error{ErrorCode::io, "a:b: gone"}; });
    CHECK_FALSE(unread.covers_subject);
    CHECK(unread.problem == "a:b: gone");
}

TEST_CASE("a signature that lets links stand for files says so by its scheme") {
    const std::string form = R"({"method":"files","hash_type":"sha256","allow_symlinks":true})";
    CHECK(read_signature(sign_model_bundle(oms_statement(listed(), form), key()).value(), model()).scheme == kOmsWithLinks);
    CHECK(read_signature(sign_model_bundle(oms_statement(listed()), key()).value(), model()).scheme == "oms");
}

TEST_CASE("every file that differs, is missing or is not listed is told") {
    const auto parsed = parse_statement(as_bytes(oms_statement({{"a", file("a", "1").sha256}, {"b", file("b", "2").sha256}, {"c", file("c", "3").sha256}})));
    const OmsManifest manifest = read_oms_manifest(parsed.value()).value();
    const auto same = [](std::span<const OmsDemand> demands) -> Result<std::vector<std::vector<std::string>>> {
        std::vector<std::vector<std::string>> digests;
        for (const OmsDemand& demand : demands) digests.push_back({demand.resources.front()->path == "b" ? demand.resources.front()->digest : "other"});
        return digests;
    };
    const std::vector<OmsFile> all = {{"a", 1}, {"b", 1}, {"c", 1}};
    OmsCoverage result = oms_coverage(manifest, true, all, same).value();
    CHECK_FALSE(result.covers);
    CHECK(result.differing == std::vector<std::string>{"a", "c"});
    CHECK(result.problem == "a differs from what was signed (and 1 more)");
    const std::vector<OmsFile> other = {{"b", 1}, {"x", 1}, {"y", 1}};
    result = oms_coverage(manifest, true, other, same).value();
    CHECK(result.missing == std::vector<std::string>{"a", "c"});
    CHECK(result.unlisted == std::vector<std::string>{"x", "y"});
    CHECK(result.problem == "a was signed, but is not there (and 1 more)");
    // An error of who hashes is none of the signature's.
    const auto failing = oms_coverage(manifest, true, all, [](auto) { return Error{ErrorCode::io, "disk"}; });
    CHECK(failing.error().code == ErrorCode::io);
}

TEST_CASE("what model_signing 0.2 signed is read as it wrote it") {
    const std::string payload = "{\"a\": \"it's\"}\n\xc3\xa9";
    CHECK(as_text(encoding_v0_2("t", as_bytes(payload))) == "DSSEV1 1 t 16 b'{\"a\": \"it\\'s\"}\\n\\xc3\\xa9'");
    const std::string digest(64, 'a');
    const auto subject = [&](std::string_view name, std::string_view algorithm = "file-sha256") {
        return R"({"name":")" + std::string(name) + R"(","digest":{"sha256":")" + digest + R"("},"annotations":{"actual_hash_algorithm":")" +
               std::string(algorithm) + "\"}}";
    };
    const auto statement = [](const std::string& subjects, std::string_view type = kModelDigestsPredicate) {
        return R"({"_type":"https://in-toto.io/Statement/v1","subject":[)" + subjects + R"(],"predicateType":")" + std::string(type) +
               R"(","predicate":{"unused":"Unused"}})";
    };
    const auto read = [](const std::string& json) { return read_oms_manifest_v0_2(as_bytes(json)); };
    const auto manifest = read(statement(subject("a/b") + "," + subject("c")));
    REQUIRE(manifest.ok());
    CHECK(manifest->resources.size() == 2);
    CHECK(manifest->root.empty());
    CHECK_FALSE(read(statement(subject("../b"))).ok());
    CHECK_FALSE(read(statement(subject("a") + "," + subject("a"))).ok());
    CHECK_FALSE(read(statement(subject("a", "file-sha256-sharded"))).ok());
    CHECK_FALSE(read(statement(R"({"name":"a","digest":{"sha256":")" + digest + "\"}}")).ok());
    CHECK_FALSE(read(statement(subject("a"), kModelSigningPredicate)).ok());
    // And it is no model signature to a checker.
    CHECK_FALSE(coverage(statement(subject("config.json")), model()).covers);
}

TEST_CASE("no truncated statement covers anything") {
    const std::string good = oms_statement(listed());
    std::size_t covered = 0;
    for (std::size_t length = 1; length < good.size(); ++length) {  // of an empty one there is no envelope
        if (coverage(good.substr(0, length), model()).covers) ++covered;
    }
    CHECK(covered == 0);
}
