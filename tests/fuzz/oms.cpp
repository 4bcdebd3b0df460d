// The signed statement of a model signature: the input is the payload, as if its signature had verified. As version 1.0 and as
// version 0.2.
#include "attest/oms.hpp"
#include "attest/oms_emit.hpp"
#include "attest/oms_v0_2.hpp"
#include "base/encoding.hpp"
#include "fuzz/oracle.hpp"

namespace {

using namespace headgate;

const std::vector<attest::OmsFile> kFiles = {{"a", 7}, {"b/c", 0}};

// Names that lead nowhere else, digests of the right length, and files that are covered whole or not at all.
void check(const attest::OmsManifest& manifest) {
    ORACLE(!manifest.resources.empty());
    for (const attest::OmsResource& resource : manifest.resources) {
        ORACLE(resource.path == "." || attest::is_canonical_path(resource.path));
        ORACLE(is_lower_hex(resource.digest, 2 * crypto::digest_size(manifest.hash)));
        ORACLE(!manifest.shards || resource.begin < resource.end);
    }
    for (const std::string& path : manifest.ignore_paths) ORACLE(attest::is_canonical_path(path));
    for (const bool folder : {true, false}) {
        const auto files = folder ? std::span(kFiles) : std::span(kFiles).first(1);
        const auto answer = [](std::span<const attest::OmsDemand> demands) -> Result<std::vector<std::vector<std::string>>> {
            std::vector<std::vector<std::string>> digests;
            for (const attest::OmsDemand& demand : demands) {
                ORACLE(!demand.ranges.empty() && demand.ranges.size() == demand.resources.size());
                std::uint64_t at = 0;
                std::vector<std::string>& texts = digests.emplace_back();
                for (std::size_t i = 0; i < demand.ranges.size(); ++i) {
                    ORACLE(demand.ranges[i].begin == at);
                    at = demand.ranges[i].end;
                    texts.push_back(demand.resources[i]->digest);
                }
                ORACLE(at == kFiles.at(demand.file).size);
            }
            return digests;
        };
        const attest::OmsCoverage coverage = attest::oms_coverage(manifest, folder, files, answer).value();
        ORACLE(coverage.covers == coverage.problem.empty());  // refused if and only if it says why
        ORACLE(!coverage.covers || (coverage.missing.empty() && coverage.unlisted.empty() && coverage.differing.empty()));
        ORACLE(!coverage.covers || coverage.unsigned_files.size() < files.size());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView payload(data, size);
    const auto statement = attest::parse_statement(payload);
    const auto manifest = statement.ok() ? attest::read_oms_manifest(*statement) : Result<attest::OmsManifest>(statement.error());
    ORACLE(manifest.ok() || !manifest.error().message.empty());
    if (manifest.ok()) {
        check(*manifest);
        // Written and read again it is the same list.
        const auto written = attest::oms_statement(*manifest);
        if (written.ok()) {
            const auto again = attest::read_oms_manifest(attest::parse_statement(as_bytes(*written)).value());
            ORACLE(again.ok() && again->resources.size() == manifest->resources.size() && again->hash == manifest->hash);
        }
    }
    const auto old = attest::read_oms_manifest_v0_2(payload);
    if (old.ok()) check(*old);
    ORACLE(attest::encoding_v0_2(attest::kInTotoPayload, payload).size() >= size);
    return 0;
}
