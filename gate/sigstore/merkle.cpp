#include "sigstore/merkle.hpp"

#include <algorithm>

namespace headgate::sigstore {
namespace {

crypto::Sha256Digest node_hash(ByteView left, ByteView right) {
    constexpr std::uint8_t kNode = 1;
    crypto::Sha256 hash;
    hash.update({&kNode, 1});
    hash.update(left);
    hash.update(right);
    return hash.finish();
}

}  // namespace

crypto::Sha256Digest leaf_hash(ByteView entry) {
    constexpr std::uint8_t kLeaf = 0;
    crypto::Sha256 hash;
    hash.update({&kLeaf, 1});
    hash.update(entry);
    return hash.finish();
}

std::optional<crypto::Sha256Digest> root_of_inclusion(std::uint64_t index, std::uint64_t tree_size, ByteView leaf,
                                                      std::span<const Bytes> hashes) {
    crypto::Sha256Digest node{};
    if (index >= tree_size || leaf.size() != node.size()) return std::nullopt;
    std::copy(leaf.begin(), leaf.end(), node.begin());
    std::uint64_t at = index;
    std::uint64_t last = tree_size - 1;
    for (const Bytes& hash : hashes) {
        if (last == 0 || hash.size() != node.size()) return std::nullopt;  // more hashes than levels
        if ((at & 1U) != 0 || at == last) {
            node = node_hash(hash, node);
            // Levels where this node has no sibling to its right are not in the proof.
            while ((at & 1U) == 0 && at != 0) {
                at >>= 1U;
                last >>= 1U;
            }
        } else {
            node = node_hash(node, hash);
        }
        at >>= 1U;
        last >>= 1U;
    }
    if (last != 0) return std::nullopt;  // fewer hashes than levels
    return node;
}

}  // namespace headgate::sigstore
