#include "checkers/card.hpp"

#include <catch2/catch.hpp>

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
        subject.has_bytes = subject.is_folder = true;
        settings.set("require", std::vector<std::string>{"license", "datasets"});
        settings.set("severity", Severity::low);
    }
    CheckRun run() const {
        const Policy policy;
        const NoData data;
        return checkers::card_checker().run({subject, evidence, settings, policy, data, {}});
    }
};

Card card(std::string path, std::vector<std::pair<std::string, std::string>> fields) {
    return {{std::move(path), {}, {}, 1}, std::move(fields), {}};
}

}  // namespace

TEST_CASE("a card that says what is asked for passes") {
    World world;
    world.evidence.cards.push_back(card("README.md", {{"license", "mit"}, {"datasets", "a, b"}, {"other", ""}}));
    CHECK(world.run().status == RunStatus::complete);
    CHECK(world.run().findings.empty());
}

TEST_CASE("a card that is missing, broken or silent is a finding of the severity asked for") {
    World world;
    REQUIRE(world.run().findings.size() == 1);
    CHECK(world.run().findings[0].id == "card.missing");
    CHECK(world.run().findings[0].severity == Severity::low);
    world.evidence.cards.push_back(card("sub/README.md", {{"license", "mit"}, {"datasets", "a"}}));
    CHECK(world.run().findings.at(0).id == "card.missing");
    world.evidence.cards.push_back(card("Readme.md", {{"license", " "}}));
    REQUIRE(world.run().findings.size() == 2);
    CHECK(world.run().findings[0].id == "card.field-missing");
    CHECK(world.run().findings[0].message == "the card does not say 'license'");
    CHECK(world.run().findings[1].message == "the card does not say 'datasets'");
    world.evidence.cards.back().problem = "3:1: duplicate key 'license'";
    REQUIRE(world.run().findings.size() == 1);
    CHECK(world.run().findings[0].id == "card.malformed");
    CHECK(world.run().findings[0].message == "the card cannot be read: 3:1: duplicate key 'license'");
}

TEST_CASE("the card of an image that is a model's lies where the model does, and counts where that was read as a model") {
    World world;
    world.evidence.cards.push_back(card("blobs/sha256/aa", {{"license", "mit"}, {"datasets", "a"}}));
    world.evidence.cards[0].where.member = "models/README.md";
    CHECK(world.run().findings.at(0).id == "card.missing");
    world.evidence.formats.push_back({{"blobs/sha256/bb", {}, {}, {}}, std::string(kModelLayersRead), false, false});
    CHECK(world.run().findings.empty());
    world.evidence.cards[0].where.member = "models/a/README.md";
    CHECK(world.run().findings.at(0).id == "card.missing");
}

TEST_CASE("a single file and a bare name have no place for a card") {
    World world;
    world.subject.is_folder = false;
    CHECK(world.run().status == RunStatus::skipped);
    world.subject.has_bytes = false;
    CHECK(world.run().status == RunStatus::skipped);
}

TEST_CASE("what names models is none, and has no card") {
    World world;
    world.subject.is_folder = false;
    CHECK(world.run().status == RunStatus::skipped);
    world.evidence.formats = {{{"a.py", {}, {}, {}}, "manifest:Python source", true, false}};
    CHECK(world.run().status == RunStatus::complete);
    CHECK(world.run().findings.empty());
}
