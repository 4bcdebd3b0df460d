// Oracle: a format fact always; what was not read whole comes with a finding.

#include "formats/npy.hpp"
#include "fuzz/oracle.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Limits limits;
    limits.steps = 2'000'000;
    Budget budget(limits);
    Evidence evidence;
    MemorySource source(ByteView(data, size));
    formats::ParseContext context{limits, budget, evidence, "a.npy", "", 0, nullptr};
    const formats::Examined examined = formats::parse_npy(source, context);
    ORACLE(!evidence.formats.empty());
    ORACLE(examined == formats::Examined::whole || !evidence.findings.empty());
    return 0;
}
