// What traits of a package come to, one by one and together.
#include "checkers/content.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "model/layers.hpp"

using namespace headgate;

namespace {

class NoData final : public RuleData {
  public:
    std::optional<ByteView> file(std::string_view) const override { return std::nullopt; }
};

struct World {
    Subject subject;
    Evidence evidence;
    Settings settings;

    World() {
        subject.kind = Kind::package;
        subject.has_bytes = true;
        subject.ref = "file:pkg.whl";
    }
    World& with(std::string trait, std::string detail = "", std::string member = "pkg/__init__.py") {
        evidence.traits.push_back({{"pkg.whl", std::move(member), std::nullopt, 7}, std::move(trait), std::move(detail)});
        return *this;
    }
    CheckRun run() const {
        const Policy policy;
        const NoData data;
        return checkers::content_checker().run({subject, evidence, settings, policy, data, {}});
    }
    std::string ids() const {
        std::string all;
        for (const Finding& finding : run().findings) all += (all.empty() ? "" : " ") + finding.id + ":" + std::string(to_string(finding.severity));
        return all;
    }
};

}  // namespace

TEST_CASE("a package without traits passes, and a bare name is skipped") {
    World world;
    CHECK(world.run().status == RunStatus::complete);
    CHECK(world.run().findings.empty());
    world.subject.has_bytes = false;
    CHECK(world.run().status == RunStatus::skipped);
}

TEST_CASE("of an image it is asked about packages in layers that were read; others it has not passed") {
    World world;
    world.subject.kind = Kind::container;
    CHECK(world.run().status == RunStatus::skipped);
    world.subject.is_manifest = true;                // which has no layers
    CHECK(world.run().status == RunStatus::complete);
    world.subject.is_manifest = false;
    world.evidence.formats.push_back({{"blobs/sha256/aa", {}, {}, {}}, std::string(kLayersRead), false, false});
    CHECK(world.run().status == RunStatus::complete);
    CHECK(world.with("decoded-code-at-import").ids() == "content.decoded-code-at-import:high");
}

TEST_CASE("what is normal is no finding, what nobody does who has nothing to hide is high") {
    for (const char* silent : {"runs-at-install", "runs-at-prepare", "process-at-install", "native-binary", "encoded-literal", "install-command", "environment-at-install", "identity-at-install"}) {
        CHECK(World().with(silent).ids().empty());
    }
    CHECK(World().with("network-at-import").ids() == "content.network-at-import:low");
    CHECK(World().with("network-at-install").ids() == "content.network-at-install:medium");
    CHECK(World().with("decoded-code-at-import").ids() == "content.decoded-code-at-import:high");
    CHECK(World().with("downloaded-code-at-install").ids() == "content.downloaded-code-at-install:critical");
    CHECK(World().with("decoded-code-at-start").ids() == "content.decoded-code-at-start:critical");
}

TEST_CASE("a finding says where, what, why and how to go on") {
    const CheckRun run = World().with("process-at-import", "os.system(ls)").run();
    REQUIRE(run.findings.size() == 1);
    CHECK(run.findings[0].message == "pkg/__init__.py starts a program when it is imported: os.system(ls)");
    CHECK(run.findings[0].where.line == 7U);
    CHECK_FALSE(run.findings[0].why.empty());
    CHECK_FALSE(run.findings[0].fix.empty());
}

TEST_CASE("traits of one file count together, those of two do not") {
    World together;
    together.with("network-at-import").with("process-at-import");
    CHECK(together.ids() == "content.network-at-import:low content.process-at-import:low content.fetches-then-starts-at-import:high");
    World apart;
    apart.with("network-at-import").with("process-at-import", "", "pkg/other.py");
    CHECK(apart.ids() == "content.network-at-import:low content.process-at-import:low");
    World script;
    script.with("environment-at-install", "", "build.rs").with("network-at-install", "", "build.rs");
    CHECK(script.ids() == "content.network-at-install:medium content.environment-sent-at-install:high");
    World reads;
    reads.with("environment-at-install", "", "build.rs");
    CHECK(reads.ids().empty());
}

TEST_CASE("keys of package.json that say what runs count for more") {
    CHECK(World().with("duplicate-key", "devDependencies.jest").ids() == "content.duplicate-key:low");
    CHECK(World().with("duplicate-key", "scripts.test").ids() == "content.duplicate-key:low");
    CHECK(World().with("duplicate-key", "scripts.postinstall").ids() == "content.duplicate-hook:medium");
    CHECK(World().with("duplicate-key", "version").ids() == "content.duplicate-hook:medium");
}

TEST_CASE("what a policy accepts is not reported") {
    World world;
    world.with("network-at-install").with("decoded-code-at-install");
    world.settings.set("accept", std::vector<std::string>{"network-at-install"});
    CHECK(world.ids() == "content.decoded-code-at-install:high");
    World together;
    together.with("network-at-import").with("process-at-import");
    together.settings.set("accept", std::vector<std::string>{"network-at-import"});
    CHECK(together.ids() == "content.process-at-import:low content.fetches-then-starts-at-import:high");
}

TEST_CASE("a trait that no row knows is an error, never passed over") {
    CHECK(World().with("no-such-trait").run().status == RunStatus::error);
}

TEST_CASE("a thousand of one kind are a hundred and one finding that counts the rest") {
    World world;
    for (int i = 0; i < 1000; ++i) world.with("far-right", "", "m" + std::to_string(i) + ".py");
    const CheckRun run = world.run();
    REQUIRE(run.findings.size() == 101);
    CHECK(run.findings.back().id == "content.far-right");
    CHECK(run.findings.back().message == "and 900 more like these, which are not listed");
}
