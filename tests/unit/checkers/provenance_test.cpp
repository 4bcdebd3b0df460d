#include "checkers/provenance.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

namespace {

class NoData final : public RuleData {
  public:
    std::optional<ByteView> file(std::string_view) const override { return std::nullopt; }
};

using Texts = std::vector<std::string>;
const std::string kWorkflow = "https://git.example/acme/ci/.github/workflows/build.yml";

Provenance built() {
    Provenance fact;
    fact.where.path = "m.intoto.jsonl";
    fact.predicate_type = "https://slsa.dev/provenance/v1";
    fact.signers = {"ci"};
    fact.key_ids = {std::string(64, 'e')};
    fact.builder = kWorkflow + "@refs/tags/v1.0.0";
    fact.build_type = "https://ci.example/t";
    fact.source = "https://git.example/acme/model";
    fact.ref = "refs/tags/v1.2.3";
    return fact;
}

Settings asks(std::vector<TrustedBuilder> builders = {{kWorkflow, {"ci"}, 2}}) {
    Settings settings;
    settings.set("builders", std::move(builders));
    settings.set("delegators", Texts{});
    settings.set("source", Texts{"**"});
    settings.set("level", std::int64_t{0});
    settings.set("pinned", true);
    return settings;
}

CheckRun run(const std::vector<Provenance>& facts, const Settings& settings, const std::string& reference = "file:m.safetensors", bool bytes = true) {
    Subject subject;
    subject.reference = parse_reference(reference).value();
    subject.has_bytes = bytes;
    Evidence evidence;
    evidence.provenances = facts;
    const Policy policy;
    const NoData data;
    return checkers::provenance_checker().run({subject, evidence, settings, policy, data, {1'800'000'000}});
}

void check_passes(const CheckRun& result) {
    CHECK(result.status == RunStatus::complete);
    CHECK(result.findings.empty());
}
void check_fails(const CheckRun& result, const std::string& id) {
    CHECK(result.status == RunStatus::complete);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings.front().id == id);
}

template <typename Value>
Settings with(std::string key, Value value) {
    Settings settings = asks();
    settings.set(std::move(key), std::move(value));
    return settings;
}

}  // namespace

TEST_CASE("provenance by an allowed builder passes, none does not") {
    check_passes(run({built()}, asks()));
    check_fails(run({}, asks()), "provenance.missing");
}

TEST_CASE("the builder is an allowed one, at a release") {
    check_fails(run({built()}, asks({{"https://git.example/acme/ci/.github/workflows/other.yml", {"ci"}, 2}})), "provenance.builder");
    check_passes(run({built()}, asks({{kWorkflow + "@v1.0.0", {"ci"}, 2}})));
    check_fails(run({built()}, asks({{kWorkflow + "@v1.0.1", {"ci"}, 2}})), "provenance.builder");
    Provenance branch = built();
    branch.builder = kWorkflow + "@refs/heads/main";
    check_fails(run({branch}, asks()), "provenance.builder");
    check_passes(run({branch}, asks({{kWorkflow + "@refs/heads/main", {"ci"}, 2}})));
}

TEST_CASE("only the builder's own signers speak for it, and only what their certificate bears out") {
    check_fails(run({built()}, asks({{kWorkflow, {"release"}, 2}})), "provenance.builder");
    check_passes(run({built()}, asks({{kWorkflow, {"release"}, 2}, {kWorkflow + "@v1.0.0", {"ci"}, 2}})));
    Provenance unborne = built();
    unborne.problem = "source: the statement says \"a\", the certificate \"b\"";
    check_fails(run({unborne}, asks()), "provenance.not-bound");
    Provenance delegated = built();
    delegated.delegator = "https://git.example/acme/ci/.github/workflows/delegator.yml@refs/tags/v1.0.0";
    check_fails(run({delegated}, asks()), "provenance.not-bound");
    check_passes(run({delegated}, with("delegators", Texts{"https://git.example/acme/ci/.github/workflows/delegator.yml"})));
    delegated.delegator = "https://git.example/acme/ci/.github/workflows/delegator.yml@refs/heads/main";
    check_fails(run({delegated}, with("delegators", Texts{"https://git.example/acme/ci/.github/workflows/delegator.yml"})), "provenance.not-bound");
}

TEST_CASE("source, ref, build type and level are asked") {
    check_passes(run({built()}, with("source", Texts{"https://git.example/acme/*"})));
    check_fails(run({built()}, with("source", Texts{"https://git.example/acm/*"})), "provenance.source");
    check_fails(run({built()}, with("source", Texts{"https://git.example/acme/mode"})), "provenance.source");
    check_fails(run({built()}, with("source", Texts{})), "provenance.source");
    Provenance silent = built();
    silent.source.clear();
    silent.ref.clear();
    check_passes(run({silent}, asks()));
    check_fails(run({silent}, with("source", Texts{"https://git.example/acme/*"})), "provenance.source");
    check_passes(run({built()}, with("ref", std::string("refs/tags/*"))));
    check_fails(run({built()}, with("ref", std::string("refs/heads/*"))), "provenance.ref");
    check_fails(run({silent}, with("ref", std::string("refs/tags/*"))), "provenance.ref");
    check_passes(run({built()}, with("build-type", std::string("https://ci.example/t"))));
    check_fails(run({built()}, with("build-type", std::string("https://ci.example/"))), "provenance.build-type");
    check_passes(run({built()}, with("level", std::int64_t{2})));
    check_fails(run({built()}, with("level", std::int64_t{3})), "provenance.level");
}

TEST_CASE("one good provenance suffices, whatever lies beside it") {
    Provenance bad = built();
    bad.builder = "https://evil.example/builder";
    check_passes(run({bad, built(), bad}, asks()));
    CHECK(run({bad, bad}, asks()).findings.size() == 2);
}

TEST_CASE("an artifact of a hub is pinned to a commit") {
    Settings pin;
    pin.set("pinned", true);
    const std::string commit(40, 'a');
    for (const std::string scheme : {"hf", "hf-dataset"}) {
        check_passes(run({}, pin, scheme + ":acme/tiny@" + commit, false));
        check_fails(run({}, pin, scheme + ":acme/tiny@main", false), "provenance.not-pinned");
        check_fails(run({}, pin, scheme + ":acme/tiny", true), "provenance.not-pinned");
        check_fails(run({}, pin, scheme + ":acme/tiny@" + commit.substr(1), true), "provenance.not-pinned");
    }
    // Nothing that could be asked is no pass.
    CHECK(run({}, pin).status == RunStatus::skipped);
    pin.set("pinned", false);
    CHECK(run({}, pin, "hf:acme/tiny@" + commit).status == RunStatus::skipped);
    // Both are asked of a hub artifact with bytes; of a name only what names can answer.
    check_fails(run({built()}, asks(), "hf:acme/tiny@main"), "provenance.not-pinned");
    check_passes(run({built()}, asks(), "hf:acme/tiny@" + commit));
    CHECK(run({}, asks(), "hf:acme/tiny@" + commit, false).status == RunStatus::skipped);
    check_fails(run({}, asks(), "hf:acme/tiny", false), "provenance.not-pinned");
}

TEST_CASE("what could never do anything is said when the policy loads") {
    const auto problem = [](const Settings& settings, std::string_view key) { return checkers::provenance_checker().problem(settings, key, nullptr); };
    CHECK(problem(asks(), "builders").empty());
    CHECK_FALSE(problem(with("level", std::int64_t{3}), "level").empty());
    CHECK(problem(with("level", std::int64_t{2}), "level").empty());
    CHECK_FALSE(problem(with("ref", std::string("main")), "ref").empty());
    CHECK_FALSE(problem(with("source", Texts{}), "source").empty());
    CHECK_FALSE(problem(with("delegators", Texts{"delegator.yml"}), "delegators").empty());
    Settings nothing;
    nothing.set("pinned", false);
    CHECK_FALSE(problem(nothing, "pinned").empty());
    nothing.set("ref", std::string("refs/tags/*"));
    CHECK_FALSE(problem(nothing, "ref").empty());
}

TEST_CASE("the level is that of the entry under which the best provenance counts") {
    CHECK(run({built()}, asks()).slsa_build_level == 2);
    CHECK(run({built()}, asks({{kWorkflow, {"ci"}, 0}})).slsa_build_level == 0);
    CHECK(run({built()}, asks({{kWorkflow, {"ci"}, 1}, {kWorkflow + "@v1.0.0", {"ci"}, 3}})).slsa_build_level == 3);
    CHECK(run({built()}, asks({{kWorkflow, {"ci"}, 2}, {kWorkflow, {"other"}, 3}})).slsa_build_level == 2);
    CHECK(run({built()}, with("level", std::int64_t{2})).slsa_build_level == 2);

    // What does not count shows nothing, and takes nothing from what does.
    CHECK(run({built()}, with("level", std::int64_t{3})).slsa_build_level == 0);
    CHECK(run({}, asks()).slsa_build_level == 0);
    Provenance unbound = built();
    unbound.problem = "source";
    CHECK(run({unbound}, asks()).slsa_build_level == 0);
    CHECK(run({unbound, built()}, asks()).slsa_build_level == 2);
    Provenance weaker = built();
    weaker.builder = "https://git.example/acme/ci/.github/workflows/weak.yml@refs/tags/v1.0.0";
    const std::vector<TrustedBuilder> both = {{kWorkflow, {"ci"}, 3}, {"https://git.example/acme/ci/.github/workflows/weak.yml", {"ci"}, 1}};
    CHECK(run({weaker}, asks(both)).slsa_build_level == 1);
    CHECK(run({weaker, built()}, asks(both)).slsa_build_level == 3);
    CHECK(run({built()}, asks(), "hf:acme/model@main").slsa_build_level == 0);
}
