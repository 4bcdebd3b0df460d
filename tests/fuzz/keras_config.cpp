// Configurations of Keras. Oracle: whole without a finding, or a finding; and whatever is called is imported too.
#include "formats/keras_config.hpp"

#include "fuzz/oracle.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Limits limits;
    limits.steps = 2'000'000;
    limits.facts = 500;
    Budget budget(limits);
    Evidence evidence;
    formats::ParseContext context{limits, budget, evidence, "m.keras", "config.json", 1, nullptr};
    const formats::Examined examined = formats::check_keras_config({data, size}, context);
    ORACLE((examined == formats::Examined::whole) == evidence.findings.empty());
    ORACLE(!evidence.formats.empty() || !evidence.findings.empty());
    ORACLE(evidence.imports.size() == evidence.calls.size());
    for (std::size_t i = 0; i < evidence.imports.size(); ++i) {
        ORACLE(evidence.imports[i].module + "." + evidence.imports[i].name == evidence.calls[i].callee);
    }
    return 0;
}
