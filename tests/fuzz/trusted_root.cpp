// TrustedRoot documents: what is read has logs with the id of their key, and authorities with a chain.
#include "fuzz/oracle.hpp"
#include "sigstore/trusted_root.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const auto root = sigstore::parse_trusted_root({data, size});
    if (!root.ok()) {
        ORACLE(!root.error().message.empty());
        return 0;
    }
    for (const auto& logs : {root->logs, root->ct_logs}) {
        for (const sigstore::LogInstance& log : logs) ORACLE(log.id.size() == 32 && (log.origin.empty() == (log.id == log.key.spki_sha256())));
    }
    for (const auto& authorities : {root->certificate_authorities, root->timestamp_authorities}) {
        for (const sigstore::Authority& authority : authorities) ORACLE(!authority.chain.empty() && authority.chain.size() <= sigstore::kMaxAuthorityChain);
    }
    return 0;
}
