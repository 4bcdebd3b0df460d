// SigningConfig documents: what is read has services with a URL, and what is chosen from them is in use, of one interface, and one an operator.
#include <set>

#include "fuzz/oracle.hpp"
#include "sigstore/signing_config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const auto config = sigstore::parse_signing_config({data, size});
    if (!config.ok()) {
        ORACLE(!config.error().message.empty());
        return 0;
    }
    const Instant now{1'767'225'600};  // 2026
    const std::vector<std::uint64_t> versions = {2, 1};
    const auto chosen = sigstore::choose_services(config->logs, config->log_selection, versions, now, "logs");
    if (!chosen.ok()) return 0;
    ORACLE(!chosen->empty());
    std::set<std::string> operators;
    for (const sigstore::Service& one : *chosen) {
        ORACLE(one.valid_for.contains(now) && one.version == chosen->front().version && !one.url.empty());
        ORACLE(operators.insert(one.operated_by).second);
    }
    return 0;
}
