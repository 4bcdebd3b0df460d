#include "sigstore/chain_cache.hpp"

namespace headgate::sigstore {

std::optional<std::vector<crypto::Certificate>> ChainCache::find(const std::string& key) const {
    const auto found = chains_.find(key);
    return found == chains_.end() ? std::nullopt : std::optional(found->second);
}

void ChainCache::add(const std::string& key, std::vector<crypto::Certificate> chain) {
    if (chains_.size() >= kCapacity) chains_.clear();
    chains_.insert_or_assign(key, std::move(chain));
}

}  // namespace headgate::sigstore
