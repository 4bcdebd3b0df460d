#include "recording/recording.hpp"

#include <catch2/catch.hpp>

#include "pipeline/recorded.hpp"
#include "recipes/temporary_folder.hpp"

using namespace headgate;

namespace {

constexpr const char* kRules = R"(headgate: 1
policy: t
names:
  protected: { pypi: builtin }
tiers:
  - { tier: untrusted, match: ["**"] }
rules:
  - { id: safe, for: [model, dataset], check: serialization, when: { bytes: true }, with: { allow: [safetensors], profiles: [] }, why: x }
  - { id: squat, for: [package, container], check: typosquat, why: x }
  - { id: pinned, for: [package, container], check: integrity, mode: warn, why: x }
)";

pipeline::LoadedPolicy policy() {
    auto loaded = pipeline::load_policy_bytes(as_bytes(kRules), "p.yaml", "");
    INFO((loaded.ok() ? "" : loaded.error().message));
    REQUIRE(loaded.ok());
    return std::move(loaded).value();
}

std::string safetensors() {
    const std::string header = R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
    std::string bytes(8, '\0');
    bytes[0] = static_cast<char>(header.size());
    return bytes + header + std::string(4, '\0');
}

// Judged from the files, and from what was written about them.
void check_same_verdict(const std::string& path) {
    CAPTURE(path);
    const pipeline::LoadedPolicy loaded = policy();
    pipeline::Request request;
    request.arguments = {{path, std::nullopt, std::nullopt}};
    request.now = {1'764'000'000};
    const auto collected = pipeline::collect(loaded, request);
    REQUIRE(collected.ok());
    REQUIRE_FALSE(collected->empty());
    std::string text;
    for (const Recording& recording : *collected) text += recording::write(recording);
    const auto read = recording::read(as_bytes(text));
    INFO((read.ok() ? "" : read.error().message));
    REQUIRE(read.ok());
    CHECK(*read == *collected);

    const Report report = pipeline::decide(loaded, request);
    const Report again = pipeline::decide_recorded(loaded, *read, request.now);
    CHECK(again.decision == report.decision);
    CHECK(again.policy_digest == report.policy_digest);
    REQUIRE(again.subjects.size() == report.subjects.size());
    for (std::size_t i = 0; i < again.subjects.size(); ++i) {
        const SubjectVerdict& verdict = again.subjects[i];
        CHECK(verdict.decision == report.subjects[i].decision);
        CHECK(verdict.level == report.subjects[i].level);
        CHECK(verdict.findings.size() == report.subjects[i].findings.size());
        REQUIRE(verdict.members.size() == report.subjects[i].members.size());
        for (std::size_t j = 0; j < verdict.members.size(); ++j) {
            CHECK(verdict.members[j].decision == report.subjects[i].members[j].decision);
        }
    }
}

}  // namespace

TEST_CASE("what was recorded is judged as the files were") {
    TemporaryFolder folder;
    check_same_verdict(folder.write("a.safetensors", safetensors()));
    check_same_verdict(folder.write("na\nme \x1b[31m\xff.pkl", std::string("cposix\nsystem\n(S'echo headgate'\ntR.")));
    check_same_verdict(folder.write("requirements.txt", "requests==2.31.0\nreqeusts==1.0\n-r more.txt\n$NAME\nx @ https://${HOST}/x.whl\n"));
    check_same_verdict(folder.write("Dockerfile", "ARG TAG\nFROM ubuntu:$TAG\nFROM ubuntu:22.04\nADD https://a.example/x.tar /x\nADD https://$H/y /y\n"));
    check_same_verdict("pkg:pypi/requests@2.31.0");
}

TEST_CASE("a manifest inside a folder is part of the recording, and denies when it is judged again") {
    TemporaryFolder folder;
    folder.write("model/model.safetensors", safetensors());
    folder.write("model/config.json", "{}");
    folder.write("model/requirements.txt", "reqeusts==1.0\n");
    check_same_verdict(folder.path("model"));
    pipeline::Request request;
    request.arguments = {{folder.path("model"), std::nullopt, std::nullopt}};
    const auto collected = pipeline::collect(policy(), request);
    REQUIRE(collected.ok());
    REQUIRE(collected->size() == 1);
    REQUIRE(collected->front().inner.size() == 1);
    std::vector<Recording> recorded = *collected;
    CHECK(pipeline::decide_recorded(policy(), recorded, request.now).decision == Decision::deny);
    recorded.front().inner.clear();
    CHECK(pipeline::decide_recorded(policy(), recorded, request.now).decision == Decision::allow);
}
