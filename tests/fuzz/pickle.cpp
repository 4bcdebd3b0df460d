// Oracle: a format fact always; what was not read whole comes with a finding.

#include "formats/pickle.hpp"
#include "formats/torch_legacy.hpp"
#include "fuzz/oracle.hpp"

using namespace headgate;

namespace {

void run(ByteView bytes, formats::Examined (*parse)(ByteSource&, formats::ParseContext&)) {
    Limits limits;
    limits.steps = 2'000'000;
    Budget budget(limits);
    Evidence evidence;
    MemorySource source(bytes);
    formats::ParseContext context{limits, budget, evidence, "model.pkl", "", 0, nullptr};
    const formats::Examined examined = parse(source, context);
    ORACLE(!evidence.formats.empty());
    ORACLE(examined == formats::Examined::whole || !evidence.findings.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    MemorySource source(bytes);
    formats::sniff_pickle(source, "model.txt");
    run(bytes, formats::parse_pickle);
    if (formats::sniff_torch_legacy(source, "model.pt")) run(bytes, formats::parse_torch_legacy);
    return 0;
}
