// ONNX: format, tensors, operators and index entries if and only if there is no `onnx.*` finding.
#include "formats/onnx.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    static const Limits kLimits = fuzz::small_limits();
    Budget budget(kLimits);
    Evidence evidence;
    MemorySource source({data, size});
    formats::ParseContext context{kLimits, budget, evidence, "model.onnx", {}, 0};
    const auto examined = formats::parse_onnx(source, context);
    const bool refused = !evidence.findings.empty();
    ORACLE((examined == formats::Examined::whole) != refused);
    ORACLE(evidence.formats.empty() == refused);
    for (const Finding& finding : evidence.findings) ORACLE(finding.id.starts_with("onnx."));
    if (refused) ORACLE(evidence.tensors.empty() && evidence.operators.empty() && evidence.index_entries.empty());
    for (const IndexEntry& entry : evidence.index_entries) ORACLE(!entry.file.empty() && ("/" + entry.file + "/").find("/../") == std::string::npos && entry.file.front() != '/');
    // What the sniff takes, the parser has a word for; what the parser takes whole, the sniff takes.
    ORACLE(refused || formats::sniff_onnx(source, {}));
    return 0;
}
