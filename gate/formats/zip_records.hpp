// zip_records.hpp: the records of a zip file as bytes (PKWARE APPNOTE 4.3): end of central directory, zip64, central and
// local headers, extra fields. Decoding only; what must hold between them is zip_directory.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace headgate::formats {

inline constexpr std::uint32_t kLocalSignature = 0x04034b50;
inline constexpr std::uint32_t kCentralSignature = 0x02014b50;
inline constexpr std::uint32_t kDescriptorSignature = 0x08074b50;
inline constexpr std::uint64_t kEndSize = 22;
inline constexpr std::uint64_t kLocatorSize = 20;
inline constexpr std::uint64_t kEnd64Size = 56;
inline constexpr std::uint64_t kLocalSize = 30;
inline constexpr std::uint32_t kSaturated32 = 0xFFFFFFFF;
inline constexpr std::uint16_t kSaturated16 = 0xFFFF;

inline constexpr std::uint16_t kFlagEncrypted = 0x0001;
inline constexpr std::uint16_t kFlagDescriptor = 0x0008;
inline constexpr std::uint16_t kFlagPatched = 0x0020;
inline constexpr std::uint16_t kFlagStrong = 0x0040;
inline constexpr std::uint16_t kFlagUtf8 = 0x0800;
inline constexpr std::uint16_t kFlagMasked = 0x2000;

/// 4.3.16
struct ZipEnd {
    std::uint16_t disk = 0, directory_disk = 0, entries_here = 0, entries = 0;
    std::uint32_t directory_size = 0, directory_offset = 0;
    std::uint16_t comment_length = 0;
};
/// 4.3.15
struct ZipLocator {
    std::uint32_t disk = 0;
    std::uint64_t offset = 0;
    std::uint32_t disks = 0;
};
/// 4.3.14
struct ZipEnd64 {
    std::uint64_t record_size = 0;
    std::uint32_t disk = 0, directory_disk = 0;
    std::uint64_t entries_here = 0, entries = 0, directory_size = 0, directory_offset = 0;
};
/// 4.3.12; the views point into the buffer that was decoded.
struct ZipCentral {
    std::uint16_t made_by = 0, needed = 0, flags = 0, method = 0;
    std::uint32_t crc = 0, compressed = 0, size = 0;
    std::uint16_t disk = 0;
    std::uint32_t external = 0, header_offset = 0;
    std::string_view name, comment;
    ByteView extra;
};
/// 4.3.7 without name and extra field.
struct ZipLocal {
    std::uint16_t needed = 0, flags = 0, method = 0;
    std::uint32_t crc = 0, compressed = 0, size = 0;
    std::uint16_t name_length = 0, extra_length = 0;
};

/// nullopt: the signature is not there or the bytes end.
std::optional<ZipEnd> read_end(ByteView bytes);
std::optional<ZipLocator> read_locator(ByteView bytes);
std::optional<ZipEnd64> read_end64(ByteView bytes);
std::optional<ZipCentral> read_central(Reader& reader);
std::optional<ZipLocal> read_local(ByteView bytes);

/// 4.5: what the extra field of a header says.
struct ZipExtra {
    bool zip64 = false;
    ByteView zip64_data;
    bool encryption = false;          // AES (0x9901) or strong encryption (0x0017)
    std::string problem;              // malformed, repeated, or of an unknown kind: one clause
};
/// `name` is the header's, to compare with an Info-ZIP Unicode path (0x7075).
ZipExtra read_extra(ByteView extra, std::string_view name);

}  // namespace headgate::formats
