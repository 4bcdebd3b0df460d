// Configurations of Keras, as such and as JSON that holds some. Oracle: whole without a finding, or a finding; and whatever is called
// is imported too.
#include "formats/keras_config.hpp"

#include "fuzz/oracle.hpp"

using namespace headgate;

namespace {

void names_are_called(const Evidence& evidence) {
    ORACLE(evidence.imports.size() == evidence.calls.size());
    for (std::size_t i = 0; i < evidence.imports.size(); ++i) {
        ORACLE(evidence.imports[i].module + "." + evidence.imports[i].name == evidence.calls[i].callee);
    }
}

}  // namespace

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
    names_are_called(evidence);

    const auto document = codec::parse_json({data, size});
    if (!document.ok()) return 0;
    Evidence loose;
    Budget left(limits);
    formats::ParseContext inside{limits, left, loose, "m.json", "", 0, nullptr};
    formats::KerasObjects objects(inside);
    objects.look(*document, 0);
    objects.look(*document, size);
    ORACLE((objects.finish() == formats::Examined::whole) == loose.findings.empty());
    ORACLE(objects.any() || loose.imports.empty());
    names_are_called(loose);
    return 0;
}
