// TensorFlow: graphs and the files beside them, and indexes of checkpoints. Facts if and only if there is no `tensorflow.*` finding;
// configurations of Keras add findings and facts of their own.
#include "formats/tensorflow.hpp"

#include "formats/tensorflow_checkpoint.hpp"
#include "fuzz/container_oracle.hpp"

namespace {

using namespace headgate;

void judge(ByteView bytes, std::string name, formats::Examined (*parse)(ByteSource&, formats::ParseContext&)) {
    static const Limits kLimits = fuzz::small_limits();
    Budget budget(kLimits);
    Evidence evidence;
    MemorySource source(bytes);
    formats::ParseContext context{kLimits, budget, evidence, std::move(name), {}, 0};
    const auto examined = parse(source, context);
    bool refused = false;
    for (const Finding& finding : evidence.findings) refused = refused || finding.id.starts_with("tensorflow.");
    ORACLE(refused == evidence.formats.empty());
    ORACLE(examined == formats::Examined::whole || !evidence.findings.empty());
    if (refused) ORACLE(evidence.operators.empty() && evidence.tensors.empty() && evidence.index_entries.empty());
    for (const IndexEntry& entry : evidence.index_entries) ORACLE(entry.file.starts_with("a.data-") && entry.offset && entry.bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    for (const char* name : {"saved_model.pb", "keras_metadata.pb", "fingerprint.pb", "frozen.pb"}) judge(bytes, name, formats::parse_tensorflow);
    judge(bytes, "a.index", formats::parse_tensorflow_checkpoint);
    fuzz::run(bytes, "a.index", formats::sniff_tensorflow_checkpoint, formats::parse_tensorflow_checkpoint);
    return 0;
}
