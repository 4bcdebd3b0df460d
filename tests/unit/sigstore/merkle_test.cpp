#include "sigstore/merkle.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/encoding.hpp"
#include "codec/json.hpp"

using namespace headgate;
using namespace headgate::sigstore;

namespace {

Bytes copy(const crypto::Sha256Digest& digest) { return {digest.begin(), digest.end()}; }

Bytes node(const Bytes& left, const Bytes& right) {
    Bytes input = {1};
    input.insert(input.end(), left.begin(), left.end());
    input.insert(input.end(), right.begin(), right.end());
    return copy(crypto::sha256(input));
}

// RFC 6962, 2.1: the tree's hash and the path to a leaf, by the definition.
Bytes tree_hash(const std::vector<Bytes>& leaves, std::size_t begin, std::size_t end) {
    if (end - begin == 1) return leaves[begin];
    std::size_t split = 1;
    while (split * 2 < end - begin) split *= 2;
    return node(tree_hash(leaves, begin, begin + split), tree_hash(leaves, begin + split, end));
}
std::vector<Bytes> path(const std::vector<Bytes>& leaves, std::size_t index, std::size_t begin, std::size_t end) {
    if (end - begin == 1) return {};
    std::size_t split = 1;
    while (split * 2 < end - begin) split *= 2;
    const bool left = index < begin + split;
    auto hashes = left ? path(leaves, index, begin, begin + split) : path(leaves, index, begin + split, end);
    hashes.push_back(left ? tree_hash(leaves, begin + split, end) : tree_hash(leaves, begin, begin + split));
    return hashes;
}

std::vector<Bytes> leaves_of(std::size_t count) {
    std::vector<Bytes> leaves;
    for (std::size_t i = 0; i < count; ++i) leaves.push_back(copy(leaf_hash(as_bytes("leaf " + std::to_string(i)))));
    return leaves;
}

bool holds(std::uint64_t index, std::uint64_t size, const Bytes& leaf, const std::vector<Bytes>& hashes, const Bytes& root) {
    const auto found = root_of_inclusion(index, size, leaf, hashes);
    return found && copy(*found) == root;
}

}  // namespace

TEST_CASE("a leaf's hash is not a node's") {
    CHECK(to_hex(leaf_hash({})) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    CHECK(copy(leaf_hash(as_bytes("x"))) != copy(crypto::sha256(as_bytes("x"))));
}

TEST_CASE("every leaf of every small tree has one path, and nothing else leads to the root") {
    for (std::size_t size = 1; size <= 17; ++size) {
        const auto leaves = leaves_of(size);
        const Bytes root = tree_hash(leaves, 0, size);
        for (std::size_t index = 0; index < size; ++index) {
            const auto proof = path(leaves, index, 0, size);
            CHECK(holds(index, size, leaves[index], proof, root));
            for (std::size_t other = 0; other < size + 2; ++other) {
                if (other != index) CHECK_FALSE(holds(other, size, leaves[index], proof, root));
            }
            auto more = proof;
            more.push_back(root);
            CHECK_FALSE(holds(index, size, leaves[index], more, root));
            more = proof;
            more.insert(more.begin(), leaves[0]);
            CHECK_FALSE(holds(index, size, leaves[index], more, root));
            if (proof.empty()) continue;
            auto fewer = proof;
            fewer.pop_back();
            CHECK_FALSE(holds(index, size, leaves[index], fewer, root));
            auto changed = proof;
            changed.front()[5] ^= 1U;
            CHECK_FALSE(holds(index, size, leaves[index], changed, root));
            changed = proof;
            changed.back().pop_back();
            CHECK_FALSE(holds(index, size, leaves[index], changed, root));
        }
    }
}

TEST_CASE("sizes and indices at the edge") {
    const auto leaves = leaves_of(1);
    CHECK_FALSE(root_of_inclusion(0, 0, leaves[0], {}).has_value());
    CHECK_FALSE(root_of_inclusion(1, 1, leaves[0], {}).has_value());
    CHECK_FALSE(root_of_inclusion(0, 1, Bytes(31), {}).has_value());
    const std::uint64_t most = ~std::uint64_t{0};
    CHECK_FALSE(root_of_inclusion(most - 1, most, leaves[0], {}).has_value());
    CHECK(root_of_inclusion(0, most, leaves[0], std::vector<Bytes>(64, Bytes(32))).has_value());
    CHECK_FALSE(root_of_inclusion(0, most, leaves[0], std::vector<Bytes>(65, Bytes(32))).has_value());
}

TEST_CASE("the inclusion proofs of the corpus") {
    const char* const corpus = std::getenv("HEADGATE_CORPUS");
    if (corpus == nullptr || !std::filesystem::exists(std::filesystem::path(corpus) / "merkle")) {
        WARN("skipped: HEADGATE_CORPUS names no folder with merkle/");
        SUCCEED();
        return;
    }
    const std::filesystem::path folder = std::filesystem::path(corpus) / "merkle";
    std::ifstream manifest(folder / "manifest.jsonl");
    std::size_t rows = 0;
    for (std::string line; std::getline(manifest, line);) {
        const auto row = codec::parse_json(as_bytes(line)).value();
        std::ifstream file(folder / *row.find_text("file"));
        const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        const auto proof = codec::parse_json(as_bytes(text)).value();
        const auto bytes = [](const codec::Json* value) { return value == nullptr || !value->is_text() ? Bytes() : from_base64(value->text).value_or(Bytes()); };
        std::vector<Bytes> hashes;
        const codec::Json* const list = proof.find("proof");
        if (list != nullptr && list->is_array()) {
            for (const auto& item : list->items) hashes.push_back(bytes(&item));
        }
        // Numbers above 2^63 are spelled out.
        const auto number = [&](const char* name) { return std::stoull(proof.find(name)->text); };
        const bool good = holds(number("leafIdx"), number("treeSize"), bytes(proof.find("leafHash")), hashes, bytes(proof.find("root")));
        CAPTURE(*row.find_text("case"));
        CHECK(good == (*row.find_text("expect") == "pass"));
        ++rows;
    }
    CHECK(rows > 0);
}
