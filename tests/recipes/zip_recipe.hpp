// zip_recipe.hpp: zip files made byte by byte, as honest writers write them, with a knob for each trick.
//
//   ZipRecipe zip;
//   zip.add("a.txt", "hello");
//   zip.add({.name = "b.txt", .content = "x", .local_name = "c.txt"});  // a trick: two names
//   const std::string bytes = zip.build();
#pragma once

#include <zlib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headgate::recipes {

inline void put16(std::string& out, std::uint64_t value) {
    out += static_cast<char>(value & 0xFFU);
    out += static_cast<char>(value >> 8U & 0xFFU);
}
inline void put32(std::string& out, std::uint64_t value) {
    put16(out, value);
    put16(out, value >> 16U);
}
inline void put64(std::string& out, std::uint64_t value) {
    put32(out, value);
    put32(out, value >> 32U);
}

inline std::uint32_t crc_of(const std::string& content) {
    return static_cast<std::uint32_t>(
        ::crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()));
}

/// zlib at its usual effort; window bits -15 raw deflate, 15 zlib, 31 gzip.
inline std::string deflated(const std::string& content, int window_bits = -15) {
    z_stream z{};
    deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
    std::string out(content.size() + content.size() / 100 + 64, '\0');
    std::string in = content;
    z.next_in = reinterpret_cast<Bytef*>(in.data());
    z.avail_in = static_cast<uInt>(in.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

struct ZipMember {
    std::string name{};
    std::string content{};
    bool deflate = false;
    bool descriptor = false;             // flag 8: sizes and CRC behind the data
    bool descriptor_signature = true;
    bool zip64 = false;                  // sizes in zip64 fields, in both headers
    std::uint16_t flags = 0;             // further flags, in both headers
    std::string extra{};                   // of both headers
    std::string local_extra{};             // of the local header only (PyTorch's padding)
    std::string comment{};
    std::uint32_t external = 0;          // Unix mode << 16
    std::uint16_t made_by = 0x0314;
    // Tricks: what one place says instead of the truth.
    std::optional<std::string> local_name{};
    std::optional<std::uint16_t> method{}, local_method{}, local_flags{};
    std::optional<std::uint32_t> crc{}, local_crc{}, size{}, local_size{}, compressed{}, local_compressed{}, descriptor_crc{};
    std::optional<std::uint32_t> header_offset{};
    std::string before{};                  // bytes in front of the local header that nothing mentions
    std::string behind{};                  // bytes behind the data, inside the compressed size
    bool listed = true;                  // false: a local header only
};

class ZipRecipe {
  public:
    std::string comment;
    std::string prefix;                  // in front of everything, counted in no offset
    std::string before_directory;        // between the last entry and the directory
    std::string suffix;                  // behind the end record
    bool zip64_end = false;              // zip64 end record and locator, as PyTorch always writes them
    std::optional<std::uint64_t> zip64_entries;
    std::optional<std::uint16_t> entries;
    std::optional<std::uint32_t> directory_offset, directory_size;

    void add(ZipMember member) { members_.push_back(std::move(member)); }
    void add(const std::string& name, const std::string& content) { add(ZipMember{.name = name, .content = content}); }

    std::string build() const {
        std::string out;
        std::string directory;
        std::size_t listed = 0;
        for (const ZipMember& member : members_) {
            out += member.before;
            append(member, out, directory);
            listed += member.listed ? 1 : 0;
        }
        out += before_directory;
        const std::uint64_t begin = out.size();
        out += directory;
        const std::uint64_t count = entries.value_or(static_cast<std::uint16_t>(listed));
        if (zip64_end) {
            const std::uint64_t record = out.size();
            put32(out, 0x06064b50);
            put64(out, 44);
            put16(out, 45);
            put16(out, 45);
            put32(out, 0);
            put32(out, 0);
            put64(out, zip64_entries.value_or(listed));
            put64(out, zip64_entries.value_or(listed));
            put64(out, directory.size());
            put64(out, begin);
            put32(out, 0x07064b50);
            put32(out, 0);
            put64(out, record);
            put32(out, 1);
        }
        put32(out, 0x06054b50);
        put16(out, 0);
        put16(out, 0);
        put16(out, count);
        put16(out, count);
        put32(out, directory_size.value_or(static_cast<std::uint32_t>(directory.size())));
        put32(out, directory_offset.value_or(static_cast<std::uint32_t>(begin)));
        put16(out, comment.size());
        return prefix + out + comment + suffix;
    }

  private:
    static std::string wide(std::uint64_t size, std::uint64_t compressed) {
        std::string field;
        put16(field, 1);
        put16(field, 16);
        put64(field, size);
        put64(field, compressed);
        return field;
    }

    static void append(const ZipMember& m, std::string& out, std::string& directory) {
        const std::string data = (m.deflate ? deflated(m.content) : m.content) + m.behind;
        const std::uint64_t offset = out.size();
        const std::uint64_t true_method = m.deflate ? 8 : 0;
        const std::uint64_t method = m.method.value_or(static_cast<std::uint16_t>(true_method));
        const std::uint64_t flags = m.flags | (m.descriptor ? 8U : 0U);
        const std::uint64_t crc = m.crc.value_or(crc_of(m.content));
        const std::uint64_t size = m.size.value_or(static_cast<std::uint32_t>(m.content.size()));
        const std::uint64_t compressed = m.compressed.value_or(static_cast<std::uint32_t>(data.size()));
        const std::string& local_name = m.local_name ? *m.local_name : m.name;
        const std::string local_extra =
            (m.zip64 ? wide(m.descriptor ? 0 : size, m.descriptor ? 0 : compressed) : std::string{}) + m.extra + m.local_extra;
        put32(out, 0x04034b50);
        put16(out, 20);
        put16(out, m.local_flags.value_or(static_cast<std::uint16_t>(flags)));
        put16(out, m.local_method.value_or(static_cast<std::uint16_t>(method)));
        put32(out, 0x58210000);
        put32(out, m.local_crc.value_or(m.descriptor ? 0 : static_cast<std::uint32_t>(crc)));
        const std::uint32_t narrow = m.zip64 ? 0xFFFFFFFF : 0;
        put32(out, m.local_compressed.value_or(m.descriptor || m.zip64 ? narrow : static_cast<std::uint32_t>(compressed)));
        put32(out, m.local_size.value_or(m.descriptor || m.zip64 ? narrow : static_cast<std::uint32_t>(size)));
        put16(out, local_name.size());
        put16(out, local_extra.size());
        out += local_name + local_extra + data;
        if (m.descriptor) {
            if (m.descriptor_signature) put32(out, 0x08074b50);
            put32(out, m.descriptor_crc.value_or(static_cast<std::uint32_t>(crc)));
            if (m.zip64) {
                put64(out, compressed);
                put64(out, size);
            } else {
                put32(out, compressed);
                put32(out, size);
            }
        }
        if (!m.listed) return;
        const std::string extra = (m.zip64 ? wide(size, compressed) : std::string{}) + m.extra;
        put32(directory, 0x02014b50);
        put16(directory, m.made_by);
        put16(directory, 20);
        put16(directory, flags);
        put16(directory, method);
        put32(directory, 0x58210000);
        put32(directory, crc);
        put32(directory, m.zip64 ? 0xFFFFFFFF : compressed);
        put32(directory, m.zip64 ? 0xFFFFFFFF : size);
        put16(directory, m.name.size());
        put16(directory, extra.size());
        put16(directory, m.comment.size());
        put16(directory, 0);
        put16(directory, 0);
        put32(directory, m.external);
        put32(directory, m.header_offset.value_or(static_cast<std::uint32_t>(offset)));
        directory += m.name + extra + m.comment;
    }

    std::vector<ZipMember> members_;
};

/// An empty npy file: uint8, shape (0,).
inline std::string tiny_npy() {
    std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (0,), }";
    while ((10 + header.size() + 1) % 64 != 0) header += ' ';
    header += '\n';
    std::string out = "\x93NUMPY\x01";
    out += '\0';
    put16(out, header.size());
    return out + header;
}

/// A zip as a member: nested archives need no other parser.
inline std::string inner_zip() {
    ZipRecipe zip;
    zip.add({.name = "empty/", .content = ""});
    return zip.build();
}

}  // namespace headgate::recipes
