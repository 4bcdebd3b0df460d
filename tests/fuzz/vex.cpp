// Oracle: statements about products with a version, each with a name of a flaw, or an Error that says why.
#include "advisories/vex.hpp"
#include "fuzz/oracle.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 65536) return 0;
    const auto json = codec::parse_json({data, size});
    if (!json.ok()) return 0;
    static const std::vector<advisories::VexSubject> kSubjects = {{"pkg:pypi/acme-tool@1.0", std::string(64, 'a')}, {"image", ""}};
    for (const bool bound : {false, true}) {
        const auto read = advisories::read_vex(*json, bound ? std::optional(kSubjects) : std::nullopt);
        if (!read.ok()) {
            ORACLE(!read.error().message.empty());
            continue;
        }
        for (const VexStatement& statement : *read) {
            ORACLE(!statement.vulnerability.empty() && !statement.vulnerability.front().empty());
            ORACLE(!statement.product.version.empty() || !statement.product.digest.empty());
            if (bound) ORACLE(statement.product.canonical == kSubjects.front().name);
        }
    }
    return 0;
}
