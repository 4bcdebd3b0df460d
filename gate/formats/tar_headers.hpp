// tar_headers.hpp: the blocks of a tar file (POSIX.1-2017 pax, ustar, GNU): header fields, pax records, long names.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace headgate::formats {

inline constexpr std::uint64_t kTarBlock = 512;

struct TarHeader {
    std::string name;             // with the ustar prefix
    std::string link;
    char type = '0';
    std::uint64_t size = 0;
    std::vector<std::string> problems;  // one clause each
};

/// A plain file in an archive.
struct TarEntry {
    std::string name;
    std::uint64_t header_offset = 0;
    std::uint64_t data_offset = 0;
    std::uint64_t size = 0;
};

bool is_zero_block(ByteView block);
/// True if the checksum field fits (unsigned or signed sum, as old tars wrote) and the magic is ustar, GNU or empty (v7).
bool has_tar_checksum(ByteView block);
bool has_tar_magic(ByteView block);

/// nullopt: checksum or size field is no number.
std::optional<TarHeader> read_tar_header(ByteView block);

/// pax extended header: "LENGTH KEY=VALUE\n" records. nullopt: malformed, or a key twice.
std::optional<std::map<std::string, std::string>> read_pax(ByteView data);

/// The content of a GNU long name or link ('L', 'K') without the NULs at its end. nullopt: it is empty, or goes on behind a NUL: some
/// readers pass over it or end there, and others do not.
std::optional<std::string> read_long_name(ByteView data);
/// A pax path or link: not empty (some readers keep the header's then, and some have none), and without NUL.
bool is_pax_name(std::string_view value);

/// Whether the header's field says `in_header` where a pax header says `size`: the same, or what writers put there when the field cannot
/// hold it: 0, its largest number, the low digits.
bool agrees_with_pax_size(std::uint64_t in_header, std::uint64_t size);

/// Decimal without sign, nothing else.
std::optional<std::uint64_t> read_decimal(std::string_view text);

}  // namespace headgate::formats
