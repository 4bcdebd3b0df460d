// Oracle: a format fact if and only if there is no finding; then everything was read.

#include "formats/ubjson.hpp"
#include "fuzz/oracle.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Limits limits;
    limits.steps = 2'000'000;
    Budget budget(limits);
    Evidence evidence;
    MemorySource source(ByteView(data, size));
    formats::ParseContext context{limits, budget, evidence, "a.ubj", "", 0, nullptr};
    const formats::Examined examined = formats::parse_ubjson(source, context);
    ORACLE((examined == formats::Examined::whole) == evidence.findings.empty());
    ORACLE(evidence.formats.empty() != evidence.findings.empty());
    return 0;
}
