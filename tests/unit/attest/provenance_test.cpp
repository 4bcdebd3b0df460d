// What provenance says, whether its signer may say so, and whether it is what is wanted.
#include "attest/provenance.hpp"

#include <catch2/catch.hpp>

#include "attest/provenance_binding.hpp"
#include "attest/provenance_demand.hpp"
#include "attest/provenance_fact.hpp"
#include "attest/vsa.hpp"
#include "base/bytes.hpp"
#include "model/builder_id.hpp"

using namespace headgate;
using namespace headgate::attest;

namespace {

const std::string kCommit(40, 'a');
const std::string kSource = "https://github.com/acme/model";
const std::string kWorkflow = kSource + "/.github/workflows/release.yml";
const std::string kBuilder = "https://github.com/trusted/ci/.github/workflows/build.yml@refs/tags/v1.0.0";
const std::string kRunner = "https://github.com/actions/runner/github-hosted";

codec::Json json(const std::string& text) {
    auto parsed = codec::parse_json(as_bytes(text));
    INFO(text);
    REQUIRE(parsed.ok());
    return std::move(parsed).value();
}

std::string v1(const std::string& builder, const std::string& more = "") {
    return R"({"buildDefinition":{"buildType":"https://actions.github.io/buildtypes/workflow/v1","externalParameters":{"workflow":{"ref":"refs/tags/v1.2.3","repository":")" +
           kSource + R"(","path":".github/workflows/release.yml"}},"internalParameters":{"github":{"event_name":"push","repository_id":"7","repository_owner_id":"8",)"
           R"("runner_environment":"github-hosted"}},"resolvedDependencies":[{"uri":"git+)" + kSource + R"(@refs/tags/v1.2.3","digest":{"gitCommit":")" + kCommit +
           R"("}}]},"runDetails":{"builder":{"id":")" + builder + R"("},"metadata":{"invocationId":")" + kSource + R"(/actions/runs/5/attempts/1"})" + more + "}}";
}

std::string v0_2(const std::string& more = "") {
    return R"({"builder":{"id":"https://github.com/actions/runner"},"buildType":"https://github.com/npm/cli/gha/v2","invocation":{"configSource":{"uri":"git+)" + kSource +
           R"(@refs/tags/v1.2.3","digest":{"sha1":")" + kCommit + R"("},"entryPoint":".github/workflows/release.yml"},"parameters":{"x":"y"},"environment":{)"
           R"("GITHUB_EVENT_NAME":"push","GITHUB_REPOSITORY":"acme/model","GITHUB_REPOSITORY_ID":"7","GITHUB_REPOSITORY_OWNER_ID":"8","GITHUB_REF":"refs/tags/v1.2.3",)"
           R"("GITHUB_SHA":")" + kCommit + R"(","GITHUB_RUN_ID":"5","GITHUB_RUN_ATTEMPT":1,"GITHUB_WORKFLOW_REF":"acme/model/.github/workflows/release.yml@refs/tags/v1.2.3"}},)"
           R"("metadata":{"buildInvocationId":"5-1"},"materials":[{"uri":"git+)" + kSource + R"(@refs/tags/v1.2.3","digest":{"sha1":")" + kCommit + R"("}}])" + more + "}";
}

BuildClaims claims_of(std::string_view type, const std::string& predicate) {
    auto claims = read_provenance(type, json(predicate));
    INFO((claims.ok() ? "" : claims.error().message));
    REQUIRE(claims.ok());
    return std::move(claims).value();
}
BuildClaims runner_claims() { return claims_of(kProvenanceV1, v1(kRunner)); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    INFO(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

void check_malformed(std::string_view type, const std::string& predicate, const std::string& why) {
    const auto claims = read_provenance(type, json(predicate));
    INFO(predicate);
    REQUIRE_FALSE(claims.ok());
    CHECK_THAT(claims.error().message, Catch::Contains(why));
}

SignerClaims signer(const std::string& subject = kWorkflow + "@refs/tags/v1.2.3") {
    SignerClaims made;
    made.subject = subject;
    made.source = kSource;
    made.ref = "refs/tags/v1.2.3";
    made.commit = kCommit;
    made.workflow = kWorkflow + "@refs/tags/v1.2.3";
    made.trigger = "push";
    made.run = kSource + "/actions/runs/5/attempts/1";
    made.repository_id = "7";
    made.owner_id = "8";
    made.runner_environment = "github-hosted";
    return made;
}

ProvenanceDemand demand() {
    ProvenanceDemand made;
    made.builder = "https://github.com/trusted/ci/.github/workflows/build.yml";
    made.source = "github.com/acme/model";
    return made;
}

BuildClaims trusted_claims() { return claims_of(kProvenanceV1, v1(kBuilder)); }

}  // namespace

TEST_CASE("provenance v1 as a neutral struct") {
    const BuildClaims claims = runner_claims();
    CHECK(claims.builder == kRunner);
    CHECK(claims.build_type == "https://actions.github.io/buildtypes/workflow/v1");
    CHECK(claims.source == kSource);
    CHECK(claims.ref == "refs/tags/v1.2.3");
    CHECK(claims.commit == kCommit);
    CHECK(claims.entry_point == ".github/workflows/release.yml");
    CHECK(claims.invocation == kSource + "/actions/runs/5/attempts/1");
    REQUIRE(claims.materials.size() == 1);
    CHECK(claims.materials[0].digests == std::vector<std::string>{"gitCommit:" + kCommit});
    CHECK(claims.run.event == "push");
    CHECK(claims.run.repository_id == "7");
    CHECK(claims.run.owner_id == "8");
    CHECK(claims.run.runner_environment == "github-hosted");
    CHECK(claims.parameters.size() == 3);
}

TEST_CASE("provenance v0.2 as the same struct") {
    const BuildClaims claims = claims_of(kProvenanceV02, v0_2());
    CHECK(claims.source == kSource);
    CHECK(claims.ref == "refs/tags/v1.2.3");
    CHECK(claims.commit == kCommit);
    CHECK(claims.entry_point == ".github/workflows/release.yml");
    CHECK(claims.invocation == "5-1");
    CHECK(claims.run.repository == "acme/model");
    CHECK(claims.run.run_id == "5");
    CHECK(claims.run.run_attempt == "1");
    CHECK(claims.run.workflow_ref == "acme/model/.github/workflows/release.yml@refs/tags/v1.2.3");
    CHECK(claims.parameters.size() == 1);
}

TEST_CASE("provenance that breaks its form is refused by name") {
    check_malformed(kProvenanceV1, "{}", "\"id\" of builder is missing");
    check_malformed(kProvenanceV1, replaced(v1(kRunner), "\"buildType\"", "\"buildTyp\""), "unknown member \"buildTyp\"");
    check_malformed(kProvenanceV1, v1(kRunner, R"(,"extra":1)"), "unknown member \"extra\"");
    check_malformed(kProvenanceV1, replaced(v1(kRunner), R"("id":")" + kRunner + "\"", R"("id":7)"), "is no string");
    check_malformed(kProvenanceV1, replaced(v1(kRunner), R"("id":")" + kRunner, R"("id":")"), "missing or empty");
    check_malformed(kProvenanceV1, replaced(v1(kRunner), "runner/github-hosted", "runner\\u202e"), "control or invisible");
    check_malformed(kProvenanceV1, v1("https://x.example/" + std::string(kMaxProvenanceText, 'x')), "longer than 8192");
    check_malformed(kProvenanceV02, v0_2(R"(,"recipe":{})"), "unknown member \"recipe\"");
    check_malformed(kProvenanceV02, replaced(v0_2(), "\"materials\":[{", "\"materials\":[7,{"), "is no object");
    check_malformed(kProvenanceV1, "[]", "no object");
    CHECK(read_provenance("https://slsa.dev/provenance/v0.1", json("{}")).error().code == ErrorCode::unsupported);
    // The specification's own way to add something.
    CHECK(claims_of(kProvenanceV1, v1(kRunner, R"(,"acme_note":1)")).builder == kRunner);
}

TEST_CASE("what provenance says twice must be the same") {
    check_malformed(kProvenanceV1, replaced(v1(kRunner), "model@refs/tags/v1.2.3", "model@refs/heads/main"), "its ref is");
    check_malformed(kProvenanceV02, replaced(v0_2(), R"("materials":[{"uri":"git+)" + kSource, R"("materials":[{"uri":"git+https://github.com/evil/model)"), "its source is");
    check_malformed(kProvenanceV02, replaced(v0_2(), R"("digest":{"sha1":")" + kCommit, R"("digest":{"sha1":")" + std::string(40, 'b')), "its commit is");
    check_malformed(kProvenanceV1, replaced(v1(kRunner), kCommit, std::string(40, 'A')), "not 40 or 64 lower-case hex digits");
    check_malformed(kProvenanceV02, replaced(v0_2(), R"("buildInvocationId":"5-1")", R"("buildInvocationId":"5-1","buildInvocationID":"6-1")"), "its invocation id is");
}

TEST_CASE("materials have a limit") {
    const auto with = [](std::size_t count) {
        std::string materials;
        for (std::size_t i = 0; i < count; ++i) materials += (i == 0 ? "" : ",") + std::string(R"({"uri":"x"})");
        return R"({"builder":{"id":"b"},"buildType":"t","materials":[)" + materials + "]}";
    };
    CHECK(claims_of(kProvenanceV02, with(kMaxMaterials)).materials.size() == kMaxMaterials);
    check_malformed(kProvenanceV02, with(kMaxMaterials + 1), "more than 10000 items");
}

TEST_CASE("sources are read from the forms that builders write") {
    CHECK(split_source("git+https://h.example/o/n@refs/heads/a/b").ref == "refs/heads/a/b");
    CHECK(split_source("git+https://h.example/o/n@refs/heads/a/b").repository == "https://h.example/o/n");
    CHECK(split_source("https://h.example/o/n.git#main").ref == "main");
    CHECK(split_source("git+ssh://git@h.example/o/n").repository == "ssh://git@h.example/o/n");
    CHECK(split_source("").repository.empty());
    // Several git dependencies and no word about which is the source: none is.
    const std::string two = R"({"buildDefinition":{"buildType":"https://x.example/t","externalParameters":{},"resolvedDependencies":[{"uri":"git+https://a.example/a@r"},)"
                            R"({"uri":"git+https://b.example/b@r"}]},"runDetails":{"builder":{"id":"https://x.example/b"}}})";
    CHECK(claims_of(kProvenanceV1, two).source.empty());
    CHECK(claims_of(kProvenanceV1, replaced(two, R"(,{"uri":"git+https://b.example/b@r"})", "")).source == "https://a.example/a");
}

TEST_CASE("a build in the user's workflow is what the certificate says, field by field") {
    CHECK(bind(runner_claims(), signer()).problem.empty());
    CHECK(bind(claims_of(kProvenanceV02, v0_2()), signer()).problem.empty());
    struct Case {
        std::string SignerClaims::*field;
        std::string value;
        std::string what;
    };
    const std::vector<Case> cases = {
        {&SignerClaims::source, "https://github.com/evil/model", "source: "},
        {&SignerClaims::ref, "refs/heads/main", "ref: "},
        {&SignerClaims::commit, std::string(40, 'b'), "commit: "},
        {&SignerClaims::workflow, kSource + "/.github/workflows/other.yml@refs/tags/v1.2.3", "workflow: "},
        {&SignerClaims::trigger, "pull_request", "event: "},
        {&SignerClaims::run, kSource + "/actions/runs/6/attempts/1", "run: "},
        {&SignerClaims::repository_id, "9", "repository id: "},
        {&SignerClaims::owner_id, "9", "owner id: "},
    };
    for (const Case& one : cases) {
        SignerClaims changed = signer();
        changed.*one.field = one.value;
        INFO(one.what);
        CHECK_THAT(bind(runner_claims(), changed).problem, Catch::StartsWith(one.what));
        CHECK_FALSE(bind(claims_of(kProvenanceV02, v0_2()), changed).problem.empty());
    }
    SignerClaims self_hosted = signer();
    self_hosted.runner_environment = "self-hosted";
    CHECK_THAT(bind(runner_claims(), self_hosted).problem, Catch::StartsWith("runner environment: "));
    for (std::string SignerClaims::*field : {&SignerClaims::ref, &SignerClaims::commit}) {
        SignerClaims silent = signer();
        (silent.*field).clear();
        CHECK_THAT(bind(runner_claims(), silent).problem, Catch::Contains("the certificate does not say it"));
    }
    SignerClaims nobody;
    nobody.subject = "someone@acme.example";
    CHECK_THAT(bind(runner_claims(), nobody).problem, Catch::StartsWith("certificate: "));
}

TEST_CASE("a builder is the workflow that signed, or one that a named delegator ran") {
    CHECK(bind(trusted_claims(), signer(kBuilder)).problem.empty());
    CHECK(bind(trusted_claims(), signer(kBuilder)).delegator.empty());
    const std::string delegator = "https://github.com/trusted/ci/.github/workflows/delegator.yml";
    const SignerClaims delegating = signer(delegator + "@refs/tags/v2.0.0");
    CHECK(bind(trusted_claims(), delegating).problem.empty());
    CHECK(bind(trusted_claims(), delegating).delegator == delegator + "@refs/tags/v2.0.0");
    CHECK(binding_problem(trusted_claims(), delegating, std::vector<std::string>{delegator}).empty());
    CHECK_THAT(binding_problem(trusted_claims(), delegating, {}), Catch::Contains("only a delegator that is named"));
    CHECK_FALSE(binding_problem(trusted_claims(), delegating, std::vector<std::string>{delegator + "@v1.0.0"}).empty());
    // The user's own workflow, claiming to be the trusted builder.
    CHECK_FALSE(binding_problem(trusted_claims(), signer(), {}).empty());
    CHECK_FALSE(bind(claims_of(kProvenanceV1, v1("https://ci.example/builder")), signer()).problem.empty());
}

TEST_CASE("certificates say the same under both sets of names") {
    sigstore::Identity fulcio;
    fulcio.san = {crypto::AltName::Kind::uri, kWorkflow + "@refs/tags/v1.2.3"};
    fulcio.claims = {{"sourceRepositoryUri", kSource}, {"sourceRepositoryRef", "refs/tags/v1.2.3"}, {"sourceRepositoryDigest", kCommit},
                     {"buildConfigUri", kWorkflow + "@refs/tags/v1.2.3"}, {"buildTrigger", "push"}, {"runInvocationUri", kSource + "/actions/runs/5/attempts/1"},
                     {"sourceRepositoryIdentifier", "7"}, {"sourceRepositoryOwnerIdentifier", "8"}, {"runnerEnvironment", "github-hosted"}};
    CertifiedIdentity certified;
    certified.subject = fulcio.san.value;
    certified.claims = {{"source-repository", kSource}, {"source-ref", "refs/tags/v1.2.3"}, {"source-digest", kCommit},
                        {"build-config-uri", kWorkflow + "@refs/tags/v1.2.3"}, {"build-trigger", "push"}, {"run-invocation-uri", kSource + "/actions/runs/5/attempts/1"},
                        {"source-repository-id", "7"}, {"source-owner-id", "8"}, {"runner-environment", "github-hosted"}};
    for (const SignerClaims& one : {signer_claims(fulcio), signer_claims(certified)}) {
        CHECK(bind(runner_claims(), one).problem.empty());
        CHECK(one.run == signer().run);
        CHECK(one.runner_environment == "github-hosted");
    }
    fulcio.issuer = "https://token.actions.githubusercontent.com";
    fulcio.claims = {{"githubWorkflowRepository", "acme/model"}, {"githubWorkflowRef", "refs/tags/v1.2.3"}, {"githubWorkflowSha", kCommit}, {"githubWorkflowTrigger", "push"}};
    CHECK(bind(runner_claims(), signer_claims(fulcio)).problem.empty());
    fulcio.claims["githubWorkflowSha"] = std::string(40, 'b');
    CHECK_FALSE(bind(runner_claims(), signer_claims(fulcio)).problem.empty());
}

TEST_CASE("the fact of provenance says what its certificate bears out") {
    Statement verified;
    verified.where.path = "m.intoto.jsonl";
    verified.signers = {"ci"};
    verified.key_ids = {std::string(64, 'e')};
    auto fact = provenance_fact(kProvenanceV1, json(v1(kBuilder)), verified);
    REQUIRE(fact.ok());
    CHECK(fact->problem.empty());  // a key binds nothing: the policy says for whom it speaks
    CHECK(fact->signers == verified.signers);
    CHECK(fact->source == kSource);
    verified.identity = CertifiedIdentity{"https://issuer.example", kWorkflow + "@refs/tags/v1.2.3", {{"source-repository", kSource}}, std::string(64, 'f')};
    fact = provenance_fact(kProvenanceV1, json(v1("https://ci.example/builder")), verified);
    REQUIRE(fact.ok());
    CHECK_THAT(fact->problem, Catch::StartsWith("builder: "));
    fact = provenance_fact(kProvenanceV1, json(v1(kBuilder)), verified);
    REQUIRE(fact.ok());
    CHECK(fact->delegator == verified.identity->subject);
    CHECK_FALSE(provenance_fact(kProvenanceV1, json("{}"), verified).ok());
}

TEST_CASE("who is wanted is named, and is who built it") {
    const std::optional<BuildSigner> by(BuildSigner{kBuilder, std::string(40, 'c')});
    const BuildClaims claims = trusted_claims();
    CHECK(demand_problem(claims, demand(), by).empty());
    CHECK(demand_problem(claims, demand(), std::nullopt).empty());
    ProvenanceDemand other = demand();
    other.builder = "";
    CHECK_THAT(demand_problem(claims, other, by), Catch::Contains("none is named"));
    other = demand();
    other.builder += "@v1.0.0";
    CHECK(demand_problem(claims, other, by).empty());
    other.builder += "1";
    CHECK_THAT(demand_problem(claims, other, by), Catch::StartsWith("builder: "));
    other = demand();
    other.source = "";
    CHECK_THAT(demand_problem(claims, other, by), Catch::Contains("none is named"));
    for (const std::string source : {"https://github.com/acme/model", "git+https://github.com/acme/model"}) {
        other.source = source;
        CHECK(demand_problem(claims, other, by).empty());
    }
    for (const std::string source : {"github.com/acme/mode", "github.com/acme/modell", "github.com/acme/*", "http://github.com/acme/model", "github.com.evil.example/acme/model"}) {
        other.source = source;
        INFO(source);
        CHECK_THAT(demand_problem(claims, other, by), Catch::StartsWith("source: "));
    }
}

TEST_CASE("a builder at a branch is refused, unless it is the source's own commit") {
    const std::string at_branch = replaced(kBuilder, "refs/tags/v1.0.0", "refs/heads/main");
    const BuildClaims claims = claims_of(kProvenanceV1, v1(at_branch));
    ProvenanceDemand wanted = demand();
    CHECK_THAT(demand_problem(claims, wanted, BuildSigner{at_branch, std::string(40, 'c')}), Catch::Contains("no release tag"));
    wanted.release_builder = false;
    CHECK(demand_problem(claims, wanted, BuildSigner{at_branch, std::string(40, 'c')}).empty());
    const std::string own = kWorkflow + "@refs/heads/main";
    wanted = demand();
    wanted.builder = kWorkflow;
    CHECK(demand_problem(claims_of(kProvenanceV1, v1(own)), wanted, BuildSigner{own, kCommit}).empty());
    CHECK_FALSE(demand_problem(claims_of(kProvenanceV1, v1(own)), wanted, BuildSigner{own, std::string(40, 'c')}).empty());
    // Of another repository at a commit of the same number, of one whose name begins so, or without a commit that anybody certified.
    for (const std::string& other : {replaced(own, "acme/model/", "acme/models/"), replaced(own, "acme/", "evil/")}) {
        wanted.builder = split_builder(other).path;
        CHECK_THAT(demand_problem(claims_of(kProvenanceV1, v1(other)), wanted, BuildSigner{other, kCommit}), Catch::Contains("no release tag"));
    }
    wanted.builder = kWorkflow;
    CHECK_FALSE(demand_problem(claims_of(kProvenanceV1, v1(own)), wanted, BuildSigner{own, ""}).empty());
    // The source's own workflow speaks for itself: what it delegates to at a branch is refused as ever.
    wanted = demand();
    CHECK_THAT(demand_problem(claims_of(kProvenanceV1, v1(at_branch)), wanted, BuildSigner{own, kCommit}), Catch::Contains("no release tag"));
    // A service that runs builds is at no ref; the workflow that it ran is.
    wanted = demand();
    wanted.builder = kRunner;
    CHECK(demand_problem(runner_claims(), wanted, BuildSigner{kWorkflow + "@refs/tags/v1.2.3", ""}).empty());
    CHECK_FALSE(demand_problem(runner_claims(), wanted, BuildSigner{"https://ci.example/acme/x.yml@refs/heads/main", ""}).empty());
    // A delegator at a branch signs for a builder at a tag.
    CHECK_FALSE(demand_problem(trusted_claims(), demand(), BuildSigner{at_branch, ""}).empty());
}

TEST_CASE("refs: branch, tag, version") {
    BuildClaims claims = trusted_claims();
    ProvenanceDemand wanted = demand();
    wanted.tag = "v1.2.3";
    CHECK(demand_problem(claims, wanted, std::nullopt).empty());
    wanted.tag = "v1.2";
    CHECK_THAT(demand_problem(claims, wanted, std::nullopt), Catch::StartsWith("ref: "));
    wanted = demand();
    wanted.versioned_tag = "v1";
    CHECK(demand_problem(claims, wanted, std::nullopt).empty());
    wanted = demand();
    wanted.branch = "main";
    CHECK_THAT(demand_problem(claims, wanted, std::nullopt), Catch::StartsWith("ref: "));
    claims.ref = "refs/heads/main";
    CHECK(demand_problem(claims, wanted, std::nullopt).empty());
    wanted.versioned_tag = "v1";
    CHECK_THAT(demand_problem(claims, wanted, std::nullopt), Catch::Contains("asked for is a tag"));
    wanted = demand();
    wanted.ref = "refs/heads/main";
    CHECK(demand_problem(claims, wanted, std::nullopt).empty());
    claims.ref.clear();
    CHECK_FALSE(demand_problem(claims, demand(), std::nullopt).empty());
}

TEST_CASE("versions of tags") {
    struct Case {
        std::string_view wanted, tag;
        bool same;
    };
    for (const Case& one : {Case{"v13", "v13.0.30", true}, {"v13.0", "v13.0.30", true}, {"v13.0.30", "v13.0.30", true}, {"v14.0", "v14", true}, {"v14.0.0", "v14", true},
                            {"v13", "v130.0.0", false}, {"v13.0.3", "v13.0.30", false}, {"v14.1", "v14", false}, {"v1", "v1.0.0-rc.1", false}, {"v1.0.0-rc.1", "v1.0.0-rc.1", true},
                            {"13", "v13.0.0", false}, {"v01", "v1.0.0", false}, {"", "v1.0.0", false}, {"v1", "", false}, {"v", "v", false}, {"v1", "latest", false}}) {
        INFO(one.wanted << " " << one.tag);
        CHECK(tag_matches_version(one.wanted, one.tag) == one.same);
    }
}

TEST_CASE("a verification summary shows levels, or it shows nothing") {
    const std::string passed = R"({"verifier":{"id":"https://gate.example/v1"},"timeVerified":"2026-01-01T00:00:00Z","resourceUri":"pkg:x","verificationResult":"PASSED",)"
                               R"("verifiedLevels":["ACME_L1","SLSA_BUILD_LEVEL_2"]})";
    const Instant now = *parse_instant("2026-01-02T00:00:00Z");
    const VsaDemand wanted{"https://gate.example/v1", "pkg:x", {"ACME_L1", "SLSA_BUILD_LEVEL_1"}, now};
    CHECK(vsa_problem(json(passed), wanted).empty());
    const auto refused = [&](const std::string& predicate, const VsaDemand& demand, const std::string& why) {
        INFO(predicate);
        CHECK_THAT(vsa_problem(json(predicate), demand), Catch::Contains(why));
    };
    refused(replaced(passed, "PASSED", "FAILED"), wanted, "result: ");
    refused(replaced(passed, "gate.example/v1", "gate.example/v2"), wanted, "verifier: ");
    refused(replaced(passed, "pkg:x", "pkg:y"), wanted, "resource: ");
    refused(replaced(passed, "ACME_L1", "FAILED"), wanted, "FAILED is among them");
    refused(replaced(passed, "SLSA_BUILD_LEVEL_2", "SLSA_BUILD_LEVEL_0"), wanted, "does not show");
    refused(replaced(passed, "SLSA_BUILD_LEVEL_2", "SLSA_SOURCE_LEVEL_3"), wanted, "does not show");
    refused(replaced(passed, "SLSA_BUILD_LEVEL_2", "SLSA_BUILD_LEVEL_UNEVALUATED"), wanted, "no SLSA level");
    refused(replaced(passed, R"(["ACME_L1","SLSA_BUILD_LEVEL_2"])", "[]"), wanted, "missing or empty");
    refused(replaced(passed, "2026-01-01T00:00:00Z", "yesterday"), wanted, "no time");
    refused(passed, {"", "pkg:x", {"ACME_L1"}, now}, "none is named");
    refused(passed, {"https://gate.example/v1", "", {"ACME_L1"}, now}, "none is named");
    refused(passed, {"https://gate.example/v1", "pkg:x", {}, now}, "none is asked for");
    refused("[]", wanted, "no object");
}

TEST_CASE("a verification summary has an age") {
    const std::string passed = R"({"verifier":{"id":"https://gate.example/v1"},"timeVerified":"2026-01-01T00:00:00Z","resourceUri":"pkg:x","verificationResult":"PASSED",)"
                               R"("verifiedLevels":["ACME_L1"]})";
    VsaDemand wanted{"https://gate.example/v1", "pkg:x", {"ACME_L1"}, *parse_instant("2026-01-01T01:00:00Z")};
    const auto problem = [&](const std::string& predicate) { return vsa_problem(json(predicate), wanted); };
    CHECK(problem(passed).empty());
    wanted.max_age = 3600;
    CHECK(problem(passed).empty());                                                   // just so
    CHECK_THAT(problem(replaced(passed, "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z")), Catch::Contains("too old"));
    CHECK(problem(replaced(passed, "2026-01-01T00:00:00Z", "2026-01-01T01:05:00Z")).empty());  // another clock
    CHECK_THAT(problem(replaced(passed, "2026-01-01T00:00:00Z", "2026-01-01T01:05:01Z")), Catch::Contains("from the future"));
    const std::string timeless = replaced(passed, R"("timeVerified":"2026-01-01T00:00:00Z",)", "");
    CHECK_THAT(problem(timeless), Catch::Contains("missing"));
    wanted.max_age.reset();
    CHECK(problem(timeless).empty());                                                 // optional, for who asks for no age
    CHECK_THAT(problem(replaced(passed, "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z")), Catch::Contains("from the future"));
}
