// Oracle: a Card is added if and only if parse_card says so, and it has fields or a problem, never both; no finding.
#include <cassert>

#include "formats/card.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const Limits limits;
    Budget budget(limits);
    Evidence evidence;
    formats::ParseContext context{limits, budget, evidence, "README.md", {}, 0};
    const bool found = formats::parse_card({data, size}, context);
    assert(evidence.cards.size() == (found ? 1U : 0U));
    assert(evidence.findings.empty());
    if (found) assert(evidence.cards[0].fields.empty() || evidence.cards[0].problem.empty());
    return 0;
}
