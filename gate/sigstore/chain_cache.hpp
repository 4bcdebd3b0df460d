// chain_cache.hpp: certificate chains whose signatures have been verified. Signatures do not age: what depends on the time (every
// certificate's validity, the authority's validFor) is asked anew at each use, by whoever uses the chain.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/x509.hpp"

namespace headgate::sigstore {

/// Not shared between threads: one a thread, or none. Holds at most 1024 chains, then starts anew.
class ChainCache {
  public:
    /// `key`: leaf and authority, both by digest.
    std::optional<std::vector<crypto::Certificate>> find(const std::string& key) const;
    void add(const std::string& key, std::vector<crypto::Certificate> chain);

  private:
    static constexpr std::size_t kCapacity = 1024;
    std::map<std::string, std::vector<crypto::Certificate>> chains_;
};

}  // namespace headgate::sigstore
