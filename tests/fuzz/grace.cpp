// Oracle: what was admitted is read whole or not at all, and what was read is what would be written.
#include "fuzz/oracle.hpp"
#include "pipeline/grace.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    pipeline::AdmittedBefore admitted;
    const auto loaded = admitted.load({data, size});
    if (!loaded.ok()) {
        ORACLE(!loaded.error().message.empty() && admitted.size() == 0);
        return 0;
    }
    const std::size_t count = admitted.size();
    admitted.forget({-1});
    ORACLE(admitted.size() == count && !admitted.save());
    // One more, so that there is something to write: everything that was there is written as it was.
    pipeline::AdmissionJudgement judgement;
    judgement.outcome = pipeline::AdmissionJudgement::Outcome::allowed;
    judgement.judged = true;
    pipeline::AdmissionJudgement::Named named;
    named.digest = "sha256:" + std::string(64, '0');
    named.allowed = true;
    judgement.named.push_back(named);
    admitted.remember("zzz", judgement, {999'999'999'999});
    const auto text = admitted.save();
    if (!text) return 0;                 // it knew that one, of then or later
    pipeline::AdmittedBefore again;
    ORACLE(again.load(as_bytes(*text)).ok() && again.size() == admitted.size());
    const std::string_view given(reinterpret_cast<const char*>(data), size);
    if (admitted.size() == count + 1 && text->ends_with("zzz " + named.digest + " 999999999999\n")) ORACLE(text->starts_with(given));
    return 0;
}
