// The signed statement of a model signature: the input is the payload, as if its signature had verified.
#include "attest/oms.hpp"
#include "fuzz/oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    static const std::vector<FileRecord> kFiles = {{"a", 7, std::string(64, 'a'), true, false},
                                                   {"b/c", 0, std::string(64, 'b'), true, false}};
    attest::Envelope envelope;
    envelope.bundle = true;
    envelope.material = attest::Envelope::Material::public_key;
    envelope.payload_type = attest::kInTotoPayload;
    envelope.payload.assign(data, data + size);
    Subject subject;
    for (const bool folder : {true, false}) {
        subject.is_folder = folder;
        const auto files = folder ? std::span(kFiles) : std::span(kFiles).first(1);
        const attest::OmsCoverage coverage = attest::oms_coverage(envelope, subject, files);
        ORACLE(coverage.covers == coverage.problem.empty());  // refused if and only if it says why
        ORACLE(!coverage.covers || coverage.unsigned_files.size() < files.size());
    }
    return 0;
}
