#include "formats/zip_records.hpp"

#include <algorithm>
#include <set>

#include "base/encoding.hpp"
#include "formats/expand.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint16_t kZip64 = 0x0001;
constexpr std::uint16_t kUnicodePath = 0x7075;
constexpr std::uint16_t kAes = 0x9901;
constexpr std::uint16_t kStrongEncryption = 0x0017;

/// Kinds that carry times, owners or padding and change nothing about name or content.
constexpr std::uint16_t kHarmless[] = {
    0x000a,  // NTFS times
    0x4246,  // "FB": PyTorch's alignment padding
    0x5455,  // "UT": times
    0x5855,  // Info-ZIP Unix, old
    0x7855,  // "Ux"
    0x7875,  // "ux": Unix uid and gid
    0x6375,  // Unicode comment
    0xa220,  // Microsoft Open Packaging growth hint
    0xcafe,  // JAR marker
    0xd935,  // Android alignment
    0x4453,  // Windows NT security descriptor
};

/// The header's fields one after the other; `ok` turns false at the first that is not there.
class Fields {
  public:
    explicit Fields(Reader& reader) : reader_(reader) {}
    std::uint16_t u16() { return value(reader_.u16le()); }
    std::uint32_t u32() { return value(reader_.u32le()); }
    std::uint64_t u64() { return value(reader_.u64le()); }
    ByteView bytes(std::uint64_t count) { return value(reader_.take(count)); }
    bool signature(std::uint32_t expected) { return u32() == expected && ok; }
    bool ok = true;

  private:
    template <typename T>
    T value(std::optional<T> read) {
        if (!read) ok = false;
        return read.value_or(T{});
    }
    Reader& reader_;
};

}  // namespace

std::optional<ZipEnd> read_end(ByteView bytes) {
    Reader reader(bytes);
    Fields in(reader);
    if (!in.signature(0x06054b50)) return std::nullopt;
    ZipEnd end;
    end.disk = in.u16();
    end.directory_disk = in.u16();
    end.entries_here = in.u16();
    end.entries = in.u16();
    end.directory_size = in.u32();
    end.directory_offset = in.u32();
    end.comment_length = in.u16();
    return in.ok ? std::optional(end) : std::nullopt;
}

std::optional<ZipLocator> read_locator(ByteView bytes) {
    Reader reader(bytes);
    Fields in(reader);
    if (!in.signature(0x07064b50)) return std::nullopt;
    ZipLocator locator;
    locator.disk = in.u32();
    locator.offset = in.u64();
    locator.disks = in.u32();
    return in.ok ? std::optional(locator) : std::nullopt;
}

std::optional<ZipEnd64> read_end64(ByteView bytes) {
    Reader reader(bytes);
    Fields in(reader);
    if (!in.signature(0x06064b50)) return std::nullopt;
    ZipEnd64 end;
    end.record_size = in.u64();
    in.u16();  // made by
    in.u16();  // needed
    end.disk = in.u32();
    end.directory_disk = in.u32();
    end.entries_here = in.u64();
    end.entries = in.u64();
    end.directory_size = in.u64();
    end.directory_offset = in.u64();
    return in.ok ? std::optional(end) : std::nullopt;
}

std::optional<ZipCentral> read_central(Reader& reader) {
    Fields in(reader);
    if (!in.signature(kCentralSignature)) return std::nullopt;
    ZipCentral header;
    header.made_by = in.u16();
    header.needed = in.u16();
    header.flags = in.u16();
    header.method = in.u16();
    in.u32();  // time and date
    header.crc = in.u32();
    header.compressed = in.u32();
    header.size = in.u32();
    const std::uint16_t name_length = in.u16();
    const std::uint16_t extra_length = in.u16();
    const std::uint16_t comment_length = in.u16();
    header.disk = in.u16();
    in.u16();  // internal attributes
    header.external = in.u32();
    header.header_offset = in.u32();
    header.name = as_text(in.bytes(name_length));
    header.extra = in.bytes(extra_length);
    header.comment = as_text(in.bytes(comment_length));
    return in.ok ? std::optional(header) : std::nullopt;
}

std::optional<ZipLocal> read_local(ByteView bytes) {
    Reader reader(bytes);
    Fields in(reader);
    if (!in.signature(kLocalSignature)) return std::nullopt;
    ZipLocal header;
    header.needed = in.u16();
    header.flags = in.u16();
    header.method = in.u16();
    in.u32();  // time and date
    header.crc = in.u32();
    header.compressed = in.u32();
    header.size = in.u32();
    header.name_length = in.u16();
    header.extra_length = in.u16();
    return in.ok ? std::optional(header) : std::nullopt;
}

ZipExtra read_extra(ByteView extra, std::string_view name) {
    ZipExtra result;
    const auto problem = [&result](std::string what) {
        if (result.problem.empty()) result.problem = std::move(what);
    };
    std::set<std::uint16_t> kinds;
    Reader reader(extra);
    while (!reader.at_end()) {
        const auto kind = reader.u16le();
        const auto length = reader.u16le();
        const auto data = length ? reader.take(*length) : std::nullopt;
        if (!kind || !data) {
            problem("its extra field is malformed");
            break;
        }
        if (!kinds.insert(*kind).second) problem("its extra field holds one kind twice");
        if (*kind == kZip64) {
            result.zip64 = true;
            result.zip64_data = *data;
        } else if (*kind == kAes || *kind == kStrongEncryption) {
            result.encryption = true;
        } else if (*kind == kUnicodePath) {  // version, CRC-32 of the name, name in UTF-8
            Reader path(*data);
            const auto version = path.u8();
            const auto crc = path.u32le();
            const bool same = version && crc && *version == 1 && *crc == crc32_of(as_bytes(name)) &&
                              as_text(data->subspan(path.offset())) == name;
            if (!same) problem("its Unicode path extra field gives another name");
        } else if (std::find(std::begin(kHarmless), std::end(kHarmless), *kind) == std::end(kHarmless)) {
            const std::uint8_t big[] = {static_cast<std::uint8_t>(*kind >> 8U), static_cast<std::uint8_t>(*kind & 0xFFU)};
            problem("its extra field holds the unknown kind 0x" + to_hex(big));
        }
    }
    return result;
}

}  // namespace headgate::formats
