// hdf5_recipe.hpp: HDF5 files, block by block, so that a test can get one field wrong. Addresses and lengths have 8 bytes.
//
//   Hdf5Recipe file;
//   const auto data = file.put(std::string(16, '\1'));
//   const auto weights = file.object({space({4}), float_type(), contiguous(data, 16)});
//   const std::string bytes = file.finish(file.object({link("w", weights)}));
//
// object() and finish() write what libraries call "latest" (checksums, links in the header); object1(), group1() and finish1()
// what they write by default (symbol tables).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "formats/hdf5_file.hpp"
#include "recipes/tensor_recipe.hpp"

namespace headgate::recipes {

inline constexpr std::uint64_t kNoAddress = UINT64_MAX;

struct Hdf5MessageRecipe {
    std::uint16_t kind;
    std::string bytes;
};
using Hdf5Messages = std::vector<Hdf5MessageRecipe>;

inline std::string with_checksum(const std::string& bytes) { return bytes + u32(formats::hdf5_checksum(as_bytes(bytes))); }

inline std::string space_bytes(const std::vector<std::uint64_t>& shape) {
    std::string out = little(2, 1) + little(shape.size(), 1) + little(0, 1) + little(shape.empty() ? 0 : 1, 1);
    for (const std::uint64_t extent : shape) out += u64(extent);
    return out;
}
inline std::string float_bytes() {
    return little(0x11, 1) + std::string("\x20\x1f\x00", 3) + u32(4) + little(0, 2) + little(32, 2) + std::string("\x17\x08\x00\x17", 4) + u32(127);
}
inline std::string text_bytes(std::uint32_t size) { return little(0x13, 1) + little(0, 3) + u32(size); }

inline Hdf5MessageRecipe space(const std::vector<std::uint64_t>& shape) { return {1, space_bytes(shape)}; }
inline Hdf5MessageRecipe float_type() { return {3, float_bytes()}; }
inline Hdf5MessageRecipe contiguous(std::uint64_t address, std::uint64_t length) { return {8, little(3, 1) + little(1, 1) + u64(address) + u64(length)}; }
inline Hdf5MessageRecipe compact(const std::string& data) { return {8, little(3, 1) + little(0, 1) + little(data.size(), 2) + data}; }
/// Chunked by a B-tree of version 1; `extents` end with the size of an element.
inline Hdf5MessageRecipe chunked(std::uint64_t tree, const std::vector<std::uint32_t>& extents) {
    std::string out = little(3, 1) + little(2, 1) + little(extents.size(), 1) + u64(tree);
    for (const std::uint32_t extent : extents) out += u32(extent);
    return {8, out};
}
inline Hdf5MessageRecipe filter(std::uint16_t id) { return {11, little(2, 1) + little(1, 1) + little(id, 2) + (id >= 256 ? little(0, 2) : "") + little(0, 2) + little(0, 2)}; }
inline Hdf5MessageRecipe link(const std::string& name, std::uint64_t address) {
    return {6, little(1, 1) + little(0, 1) + little(name.size(), 1) + name + u64(address)};
}
inline Hdf5MessageRecipe soft_link(const std::string& name, const std::string& target) {
    return {6, little(1, 1) + little(8, 1) + little(1, 1) + little(name.size(), 1) + name + little(target.size(), 2) + target};
}
inline Hdf5MessageRecipe external_link(const std::string& name, const std::string& file) {
    const std::string value = std::string(1, '\0') + file + std::string(1, '\0') + "/x" + std::string(1, '\0');
    return {6, little(1, 1) + little(8, 1) + little(64, 1) + little(name.size(), 1) + name + little(value.size(), 2) + value};
}
inline Hdf5MessageRecipe text_attribute(const std::string& name, const std::string& value) {
    const std::string type = text_bytes(static_cast<std::uint32_t>(value.size()));
    const std::string shape = space_bytes({});
    return {12, little(3, 1) + little(0, 1) + little(name.size() + 1, 2) + little(type.size(), 2) + little(shape.size(), 2) + little(0, 1) + name +
                    std::string(1, '\0') + type + shape + value};
}

class Hdf5Recipe {
  public:
    explicit Hdf5Recipe(std::uint64_t superblock = 48) : out_(superblock, '\0') {}

    /// Appends bytes at a multiple of 8 and returns their address.
    std::uint64_t put(const std::string& bytes) {
        out_.resize((out_.size() + 7) / 8 * 8, '\0');
        const std::uint64_t address = out_.size();
        out_ += bytes;
        return address;
    }
    std::uint64_t object(const Hdf5Messages& messages) {
        std::string content;
        for (const Hdf5MessageRecipe& message : messages) {
            content += little(message.kind, 1) + little(message.bytes.size(), 2) + little(0, 1) + message.bytes;
        }
        return put(with_checksum("OHDR" + little(2, 1) + little(2, 1) + u32(static_cast<std::uint32_t>(content.size())) + content));
    }
    std::uint64_t object1(const Hdf5Messages& messages) {
        std::string content;
        for (const Hdf5MessageRecipe& message : messages) {
            std::string bytes = message.bytes;
            bytes.resize((bytes.size() + 7) / 8 * 8, '\0');
            content += little(message.kind, 2) + little(bytes.size(), 2) + little(0, 4) + bytes;
        }
        return put(little(1, 2) + little(messages.size(), 2) + u32(1) + u32(static_cast<std::uint32_t>(content.size())) + u32(0) + content);
    }
    /// A group by symbol table, of at most 8 links (leaf K 4, internal K 16).
    std::uint64_t group1(const std::vector<std::pair<std::string, std::uint64_t>>& links) {
        std::string names(8, '\0');
        std::string entries;
        for (const auto& [name, address] : links) {
            entries += u64(names.size()) + u64(address) + u64(0) + std::string(16, '\0');
            names += name + std::string(8 - name.size() % 8, '\0');
        }
        entries.resize(8 * 40, '\0');
        const std::uint64_t node = put("SNOD" + little(1, 2) + little(links.size(), 2) + entries);
        const std::uint64_t segment = put(names);
        const std::uint64_t heap = put("HEAP" + u32(0) + u64(names.size()) + u64(kNoAddress) + u64(segment));
        std::string tree = "TREE" + little(0, 2) + little(1, 2) + u64(kNoAddress) + u64(kNoAddress) + u64(0) + u64(node) + u64(names.size() - 8);
        tree.resize(24 + 33 * 8 + 32 * 8, '\0');
        return object1({{0x11, u64(put(tree)) + u64(heap)}});
    }
    std::string finish(std::uint64_t root) {
        const std::string head = with_checksum("\x89HDF\r\n\x1a\n" + std::string("\2\x08\x08\0", 4) + u64(0) + u64(kNoAddress) + u64(out_.size()) + u64(root));
        return head + out_.substr(head.size());
    }
    /// With a superblock of version 0: begin with Hdf5Recipe(96).
    std::string finish1(std::uint64_t root) {
        const std::string head = "\x89HDF\r\n\x1a\n" + std::string("\0\0\0\0\0\x08\x08\0", 8) + little(4, 2) + little(16, 2) + u32(0) + u64(0) + u64(kNoAddress) +
                                 u64(out_.size()) + u64(kNoAddress) + u64(0) + u64(root) + u64(0) + std::string(16, '\0');
        return head + out_.substr(head.size());
    }

  private:
    std::string out_;
};

}  // namespace headgate::recipes
