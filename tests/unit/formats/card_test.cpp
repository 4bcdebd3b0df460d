#include "formats/card.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

namespace {

struct Parsed {
    bool found = false;
    Evidence evidence;
};

Parsed parse(std::string_view text) {
    Parsed parsed;
    const Limits limits;
    Budget budget(limits);
    formats::ParseContext context{limits, budget, parsed.evidence, "README.md", {}, 0};
    parsed.found = formats::parse_card(as_bytes(text), context);
    CHECK(parsed.evidence.cards.size() == (parsed.found ? 1U : 0U));
    CHECK(parsed.evidence.findings.empty());
    return parsed;
}

std::string problem_of(std::string_view text) {
    const Parsed parsed = parse(text);
    REQUIRE(parsed.found);
    CHECK(parsed.evidence.cards[0].fields.empty() == !parsed.evidence.cards[0].problem.empty());
    return parsed.evidence.cards[0].problem;
}

}  // namespace

TEST_CASE("front matter becomes fields in their order") {
    const Parsed parsed = parse("\n---\r\nlicense: mit\r\nlanguage: [en, de]\ndatasets:\n- a\n- b\nmodel-index: [{name: x}]\nempty:\n---\r\n# Title\n---\n");
    REQUIRE(parsed.found);
    const Card& card = parsed.evidence.cards[0];
    CHECK(card.problem.empty());
    CHECK(card.fields == std::vector<std::pair<std::string, std::string>>{
                             {"license", "mit"}, {"language", "en, de"}, {"datasets", "a, b"}, {"model-index", "(nested)"}, {"empty", ""}});
    CHECK(card.where.path == "README.md");
}

TEST_CASE("Markdown without front matter is no card") {
    for (const char* text : {"", "\n", "# Title\n---\nlicense: mit\n---\n", "-- -\n", "license: mit\n---\n", "----\nlicense: mit\n---\n"}) {
        CAPTURE(std::string(text));
        CHECK_FALSE(parse(text).found);
    }
}

TEST_CASE("front matter that cannot be read says why") {
    CHECK(problem_of("---\nlicense: mit\n").find("does not end") != std::string::npos);
    CHECK(problem_of("---\nlicense: mit\nlicense: gpl\n---\n") == "3:1: duplicate key 'license'; it is there already, in line 2");
    CHECK(problem_of("---\na: &x 1\n---\n") == "2:4: anchors are not accepted; if text begins with '&', quote it");
    CHECK(problem_of("---\n- a\n---\n") == "the front matter is no mapping of keys to values");
    CHECK(problem_of("---\n---\n") == "the front matter is no mapping of keys to values");
    CHECK(problem_of("---\na: [\n---\n").find(':') != std::string::npos);
    CHECK(problem_of("---\n" + std::string(2U << 20U, '#') + "\n---\n").find("does not end") != std::string::npos);
}

TEST_CASE("every prefix of a card is a card or none") {
    const std::string text = "---\nlicense: mit\ntags: [a, 'b']\n---\n# Title\n";
    std::size_t cards = 0;
    for (std::size_t length = 0; length <= text.size(); ++length) {
        if (parse(std::string_view(text).substr(0, length)).found) ++cards;
    }
    CHECK(cards > 30);
}
