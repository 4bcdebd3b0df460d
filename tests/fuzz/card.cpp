// Oracle: a Card is added if and only if parse_card says so, and it has fields or a problem, never both; no finding.

#include "formats/card.hpp"
#include "fuzz/oracle.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const Limits limits;
    Budget budget(limits);
    Evidence evidence;
    formats::ParseContext context{limits, budget, evidence, "README.md", {}, 0};
    const bool found = formats::parse_card({data, size}, context);
    ORACLE(evidence.cards.size() == (found ? 1U : 0U));
    ORACLE(evidence.findings.empty());
    if (found) ORACLE(evidence.cards[0].fields.empty() || evidence.cards[0].problem.empty());
    return 0;
}
