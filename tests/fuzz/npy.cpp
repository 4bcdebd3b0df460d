// Oracle: a format fact always; what was not read whole comes with a finding.
#include <cstdlib>

#include "formats/npy.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Limits limits;
    limits.steps = 2'000'000;
    Budget budget(limits);
    Evidence evidence;
    MemorySource source(ByteView(data, size));
    formats::ParseContext context{limits, budget, evidence, "a.npy", "", 0, nullptr};
    const formats::Examined examined = formats::parse_npy(source, context);
    if (evidence.formats.empty()) std::abort();
    if (examined == formats::Examined::partly && evidence.findings.empty()) std::abort();
    return 0;
}
