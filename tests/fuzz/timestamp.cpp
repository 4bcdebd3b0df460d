// RFC 3161 responses and tokens under the seeds' authority: what verifies says the time that was signed.
#include "crypto/timestamp.hpp"

#include "fuzz/sigstore_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const auto& chain = fuzz::request().trust.roots.front().timestamp_authorities.front().chain;
    for (const auto& timestamp : {crypto::Timestamp::from_response({data, size}), crypto::Timestamp::from_token({data, size})}) {
        if (!timestamp.ok()) {
            ORACLE(!timestamp.error().message.empty());
            continue;
        }
        ORACLE(timestamp->imprint().size() == crypto::digest_size(timestamp->hash()));
        const auto verified = timestamp->verify(as_bytes(fuzz::kArtifact), {chain.front(), {}, std::span(chain).last(1)});
        if (verified.ok()) ORACLE(timestamp->gen_time() == Instant{recipes::kNow + 1});
    }
    return 0;
}
