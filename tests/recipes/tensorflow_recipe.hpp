// tensorflow_recipe.hpp: graphs, SavedModels and checkpoint indexes of TensorFlow from their parts.
#pragma once

#include <utility>
#include <vector>

#include "recipes/protobuf_recipe.hpp"

namespace headgate::recipes {

inline std::string tf_node(std::string_view op, std::string_view more = "") { return part(1, "n") + part(2, op) + std::string(more); }
/// A node with an attribute of AttrValue `value`.
inline std::string tf_node_with(std::string_view op, std::string_view key, std::string_view value) {
    return tf_node(op, part(5, part(1, key) + part(2, value)));
}
/// FunctionDef `name` whose body has one node of `op`.
inline std::string tf_function(std::string_view name, std::string_view op) { return part(1, part(1, name)) + part(3, tf_node(op)); }

/// GraphDef of such nodes and functions.
inline std::string tf_graph(const std::vector<std::string>& nodes, const std::vector<std::string>& functions = {}) {
    std::string graph;
    std::string library;
    for (const std::string& node : nodes) graph += part(1, node);
    for (const std::string& function : functions) library += part(1, function);
    return graph + part(4, number(1, 1000)) + (library.empty() ? "" : part(2, library));
}
inline std::string tf_meta_graph(std::string_view graph, std::string_view more = "") {
    return part(1, part(4, "serve") + part(5, "2.21.0")) + part(2, graph) + std::string(more);
}
inline std::string tf_saved_model(std::string_view graph, std::string_view more = "") {
    return number(1, 1) + part(2, tf_meta_graph(graph, more));
}

/// A sorted table in the form of LevelDB, all in one block, or one block an entry.
struct SortedTable {
    std::vector<std::pair<std::string, std::string>> entries;
    bool a_block_each = false;
    char compression = 0;
    bool wrong_checksum = false;
    std::string gap;                     // between blocks

    static std::string little(std::uint32_t value) {
        std::string bytes;
        for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xffU);
        return bytes;
    }
    static std::uint32_t crc32c(std::string_view bytes) {
        std::uint32_t crc = UINT32_MAX;
        for (const char byte : bytes) {
            crc ^= static_cast<unsigned char>(byte);
            for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82f63b78U : 0U);
        }
        return ~crc;
    }
    /// Keys are written whole but for what they share with the one before.
    static std::string block(const std::vector<std::pair<std::string, std::string>>& rows) {
        std::string bytes;
        std::string before;
        for (const auto& [key, value] : rows) {
            std::size_t shared = 0;
            while (shared < key.size() && shared < before.size() && key[shared] == before[shared]) ++shared;
            bytes += varint(shared) + varint(key.size() - shared) + varint(value.size()) + key.substr(shared) + value;
            before = key;
        }
        return bytes + little(0) + little(1);
    }
    std::string build() const {
        std::string table;
        const auto append = [&](const std::string& content) {
            const std::string handle = varint(table.size()) + varint(content.size());
            const std::uint32_t crc = crc32c(content + compression);
            table += content + compression + little(((crc >> 15U) | (crc << 17U)) + 0xa282ead8U + (wrong_checksum ? 1 : 0)) + gap;
            return handle;
        };
        std::vector<std::pair<std::string, std::string>> index;
        if (a_block_each) {
            for (const auto& entry : entries) index.emplace_back(entry.first, append(block({entry})));
        } else {
            index.emplace_back(entries.empty() ? "" : entries.back().first, append(block(entries)));
        }
        const std::string metaindex = append(block({}));
        std::string footer = metaindex + append(block(index));
        footer.resize(40, '\0');
        return table + footer + "\x57\xfb\x80\x8b\x24\x75\x47\xdb";
    }
};

/// BundleEntryProto of a FLOAT tensor of one dimension.
inline std::string tf_tensor_entry(std::uint64_t values, std::uint64_t offset, std::uint64_t bytes, std::uint64_t shard = 0) {
    return number(1, 1) + part(2, part(2, number(1, values))) + (shard == 0 ? "" : number(3, shard)) + (offset == 0 ? "" : number(4, offset)) +
           number(5, bytes) + fixed32(6, 7);
}
inline SortedTable tf_checkpoint() {
    SortedTable table;
    table.entries = {{"", number(1, 1) + part(3, number(1, 1))}, {"layer/bias", tf_tensor_entry(2, 0, 8)}, {"layer/kernel", tf_tensor_entry(4, 8, 16)}};
    return table;
}

}  // namespace headgate::recipes
