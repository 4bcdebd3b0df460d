// Pinned, complete, and equal to what is said about it.
#include <catch2/catch.hpp>

#include "unit/checkers/name_fixture.hpp"

using namespace headgate;
using namespace headgate::checkers;

namespace {

const std::string kHex(64, 'a');
const std::string kSha256 = "sha256:" + kHex;
const std::string kCommit(40, 'c');

IndexEntry entry(const std::string& tensor, const std::string& file) {
    return {{"model.safetensors.index.json", {}, {}, {}}, tensor, file};
}
Tensor tensor(const std::string& name, const std::string& file) {
    Tensor result;
    result.where.path = file;
    result.name = name;
    return result;
}
FileRecord file(const std::string& path) {
    FileRecord result;
    result.path = path;
    return result;
}

}  // namespace

TEST_CASE("packages: pin and hash") {
    Bench bench(integrity_checker());
    CHECK(bench.member("pkg:pypi/x@1", {}, {kSha256}).clean());
    CHECK(bench.member("pkg:pypi/x", {}, {kSha256}).has("integrity.unpinned"));
    CHECK(bench.member("pkg:pypi/x@1").has("integrity.missing-hash"));
    CHECK(bench.member("pkg:npm/x@1", {}, {"sha1:" + std::string(40, 'a')}).has("integrity.weak-hash"));
    CHECK(bench.findings.front().severity == Severity::high);
    CHECK(bench.member("pkg:npm/x@1", {}, {"sha1:" + std::string(40, 'a'), "sha512:" + kHex + kHex}).clean());
    bench.settings.set("require", std::vector<std::string>{});
    CHECK(bench.member("pkg:pypi/x").clean());
    CHECK(bench.member("pkg:npm/x@1", {}, {"md5:" + std::string(32, 'a')}).has("integrity.weak-hash"));
}

TEST_CASE("what lies in a bucket is told something else than a package") {
    Bench bench(integrity_checker());
    const auto fix_of = [&](const std::string& id) {
        for (const Finding& one : bench.findings) {
            if (one.id == id) return one.fix;
        }
        return std::string("nothing");
    };
    for (const char* const place : {"s3://models/m", "gs://models/m"}) {
        CAPTURE(place);
        Requirement model;
        model.reference = *parse_reference(place);
        bench.member(model);
        for (const char* const id : {"integrity.unpinned", "integrity.missing-hash"}) {
            CAPTURE(id);
            CHECK(fix_of(id).find("OCI artifact") != std::string::npos);
            CHECK(fix_of(id).find("pip-compile") == std::string::npos);
        }
    }
    bench.member("pkg:pypi/x");
    CHECK(fix_of("integrity.unpinned") == "Pin the exact version.");
    CHECK(fix_of("integrity.missing-hash").find("pip-compile") != std::string::npos);
}

TEST_CASE("git needs a commit, a bundled package nothing") {
    Bench bench(integrity_checker());
    Requirement git;
    git.reference = *parse_reference("pkg:pypi/x");
    git.source = Requirement::Source::git;
    CHECK(bench.member(git).has("integrity.moving-revision"));
    git.pinned = true;
    CHECK(bench.member(git).clean());
    git.source = Requirement::Source::workspace;
    git.pinned = false;
    CHECK(bench.member(git).clean());
    git.dynamic = true;
    CHECK(bench.member(git).has("integrity.computed"));
}

TEST_CASE("images and hub references") {
    Bench bench(integrity_checker());
    CHECK(bench.member("oci:hub.example/x@" + kSha256).clean());
    CHECK(bench.member("oci:hub.example/x:1").has("integrity.not-by-digest"));
    CHECK(bench.member("oci:hub.example/x:latest").has("integrity.moving-tag"));
    CHECK(bench.member("oci:hub.example/x").has("integrity.moving-tag"));
    bench.settings.set("images", std::string("tag"));
    CHECK(bench.member("oci:hub.example/x:1").clean());
    CHECK(bench.member("oci:hub.example/x").has("integrity.moving-tag"));
    bench.settings.set("images", std::string("any"));
    CHECK(bench.member("oci:hub.example/x").clean());
    CHECK(bench.member("hf:org/x@" + kCommit).clean());
    CHECK(bench.member("hf:org/x@main").has("integrity.moving-revision"));
    CHECK(bench.member("hf:org/x").has("integrity.moving-revision"));
    bench.settings.set("hub", std::string("any"));
    CHECK(bench.member("hf:org/x").clean());
}

TEST_CASE("bare names and bytes") {
    Bench bench(integrity_checker());
    CHECK(bench.bare("pkg:pypi/x@1").clean());
    CHECK(bench.bare("pkg:pypi/x").has("integrity.unpinned"));
    CHECK(bench.bare("hf:org/x").has("integrity.moving-revision"));
    CHECK(bench.bare("hf:org/x", true).clean());  // the bytes are there and have a digest
}

TEST_CASE("digests that one part states about another") {
    Bench bench(integrity_checker());
    using Outcome = DigestClaim::Outcome;
    bench.evidence.digest_claims = {{{}, "a", Outcome::matches}};
    CHECK(bench.bare("file:m", true).clean());
    bench.evidence.digest_claims = {{{}, "a", Outcome::differs}, {{}, "b", Outcome::missing}, {{}, "c", Outcome::unlisted}};
    bench.bare("file:m", true);
    CHECK(bench.has("integrity.digest-differs"));
    CHECK(bench.has("integrity.file-missing"));
    CHECK(bench.has("integrity.file-unlisted"));
}

TEST_CASE("an index of weights is complete") {
    Bench bench(integrity_checker());
    Evidence& facts = bench.evidence;
    facts.files = {file("model.safetensors.index.json"), file("m-1.safetensors"), file("m-2.safetensors"), file("other.safetensors")};
    facts.tensors = {tensor("a", "m-1.safetensors"), tensor("b", "m-2.safetensors"), tensor("z", "other.safetensors")};
    facts.index_entries = {entry("a", "m-1.safetensors"), entry("b", "m-2.safetensors")};
    CHECK(bench.bare("file:m", true).clean());
    facts.index_entries.push_back(entry("c", "m-2.safetensors"));
    CHECK(bench.bare("file:m", true).has("integrity.tensor-missing"));
    facts.index_entries.pop_back();
    facts.tensors.push_back(tensor("hidden", "m-1.safetensors"));
    CHECK(bench.bare("file:m", true).has("integrity.tensor-unlisted"));
    facts.tensors.pop_back();
    facts.index_entries.push_back(entry("d", "m-3.safetensors"));
    CHECK(bench.bare("file:m", true).has("integrity.shard-missing"));
    facts.index_entries.back().file = "../m-1.safetensors";
    bench.bare("file:m", true);
    CHECK(bench.has("integrity.shard-outside"));
    CHECK_FALSE(bench.has("integrity.shard-missing"));
}

TEST_CASE("values in another file lie within it") {
    Bench bench(integrity_checker());
    Evidence& facts = bench.evidence;
    facts.files = {file("onnx/model.onnx"), file("onnx/weights.bin")};
    facts.files[1].size = 64;
    const auto at = [&](std::uint64_t offset, std::uint64_t bytes, const char* name = "weights.bin") {
        facts.index_entries = {{{"onnx/model.onnx", {}, {}, {}}, "w", name, offset, bytes}};
        bench.bare("file:m", true);
    };
    at(0, 64);
    CHECK(bench.clean());
    at(64, 0);
    CHECK(bench.clean());
    at(1, 64);
    CHECK(bench.has("integrity.tensor-outside"));
    at(UINT64_MAX, 2);
    CHECK(bench.has("integrity.tensor-outside"));
    at(0, 64, "other.bin");
    CHECK(bench.has("integrity.shard-missing"));
    CHECK_FALSE(bench.has("integrity.tensor-outside"));
    CHECK(bench.findings.front().fix.find("headgate check FOLDER") != std::string::npos);  // one file alone was given
}

TEST_CASE("what the parser of a manifest found is reported") {
    Bench bench(integrity_checker());
    bench.evidence.findings = {{"package-lock.halves-differ", Severity::high, "m", {}, "w", "f"}};
    CHECK(bench.manifest().has("package-lock.halves-differ"));
    bench.evidence.formats.clear();
    CHECK(bench.bare("file:m", true).clean());  // findings of other formats belong to `serialization`
}
