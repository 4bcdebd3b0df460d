// Checkpoints under the logs of the seeds' world: a note that verifies has the text that was signed.
#include "fuzz/sigstore_oracle.hpp"
#include "sigstore/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const std::string_view note = as_text({data, size});
    const auto parsed = sigstore::parse_checkpoint(note);
    if (parsed.ok()) {
        ORACLE(!parsed->origin.empty() && parsed->root.size() == 32 && !parsed->signatures.empty());
        ORACLE(parsed->signatures.size() <= sigstore::kMaxNoteSignatures && note.starts_with(parsed->signed_text));
    } else {
        ORACLE(!parsed.error().message.empty());
    }
    const auto& logs = fuzz::request().trust.roots.front().logs;
    for (const bool tiles : {false, true}) {
        const auto verified = sigstore::verify_checkpoint(note, logs[tiles ? 1 : 0]);
        if (!verified.ok()) continue;
        ORACLE(parsed.ok());
        const std::string seed = recipes::world().checkpoint(tiles, 3, Bytes(32, 9));
        ORACLE(seed.starts_with(verified->signed_text + "\n"));
    }
    return 0;
}
