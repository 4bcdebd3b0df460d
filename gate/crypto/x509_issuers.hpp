// x509_issuers.hpp: the ways from a certificate up to an anchor, by keys. OpenSSL looks for an issuer by name and key identifier; where
// several bear one name and no identifier tells them apart, it takes one and fails if it was another. Private to crypto/.
#pragma once

#include <functional>

#include "crypto/x509.hpp"

namespace headgate::crypto {

/// Two different certificates among those of the request bear the name of one subject.
bool has_namesakes(const ChainRequest& request);

inline constexpr std::size_t kMaxIssuersTried = 64;   // signatures that are verified to find who issued what

/// `accept` gets each way on which every certificate's signature verifies under the next one's key: what is between leaf and anchor
/// (the leaf's issuer first), and the anchor. Ends with the first one that it takes. False when it took none;
/// Error{key} when more than kMaxIssuersTried issuers would have to be tried.
Result<bool> each_way_up(const Certificate& leaf, const ChainRequest& request,
                         const std::function<bool(std::span<const Certificate> between, const Certificate& anchor)>& accept);

}  // namespace headgate::crypto
