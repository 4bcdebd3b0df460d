#include "sigstore/timestamp_authority.hpp"

namespace headgate::sigstore {

Result<void> verify_timestamp(const crypto::Timestamp& timestamp, ByteView signature, const Authority& authority) {
    const std::span<const crypto::Certificate> chain(authority.chain);
    const std::span<const crypto::Certificate> between = chain.size() > 2 ? chain.subspan(1, chain.size() - 2) : chain.first(0);
    return timestamp.verify(signature, {chain.front(), between, chain.last(1)});
}

}  // namespace headgate::sigstore
