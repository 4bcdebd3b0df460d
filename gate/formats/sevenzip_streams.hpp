// sevenzip_streams.hpp: "Streams Info" of 7z: which bytes of the file are packed streams, how coders make folders of them, and how
// the output of a folder is cut into the contents of members. Structure only: nothing is expanded here (sevenzip_folder.hpp).
#pragma once

#include "formats/sevenzip_cursor.hpp"

namespace headgate::formats {

/// Property numbers of 7zFormat.txt.
namespace sevenzip {
inline constexpr std::uint8_t kEnd = 0x00, kHeader = 0x01, kArchiveProperties = 0x02, kAdditionalStreams = 0x03, kMainStreams = 0x04,
                              kFiles = 0x05, kPackInfo = 0x06, kUnpackInfo = 0x07, kSubstreams = 0x08, kSize = 0x09, kCrc = 0x0A,
                              kFolder = 0x0B, kUnpackSizes = 0x0C, kSubstreamCounts = 0x0D, kEmptyStream = 0x0E, kEmptyFile = 0x0F,
                              kAnti = 0x10, kNames = 0x11, kCreated = 0x12, kAccessed = 0x13, kModified = 0x14, kAttributes = 0x15,
                              kEncodedHeader = 0x17, kStartPositions = 0x18, kDummy = 0x19;
}  // namespace sevenzip

struct SevenZipCoder {
    std::uint64_t method = 0;          // its bytes, the first one highest
    std::uint32_t inputs = 1;          // outputs: always one
    Bytes properties;
};

struct SevenZipFolder {
    struct Bind {
        std::uint32_t input = 0;       // counted over all coders
        std::uint32_t coder = 0;       // whose output it gets
    };
    std::vector<SevenZipCoder> coders;
    std::vector<Bind> binds;
    std::vector<std::uint32_t> packed; // inputs that get packed streams of the file, in their order
    std::vector<std::uint64_t> sizes;  // of what each coder gives out
    std::optional<std::uint32_t> crc;  // of what the folder gives out
    std::uint64_t packed_at = 0;       // where its first packed stream stands in the file
    std::size_t first_packed = 0;      // that stream's number
    std::size_t first_member = 0;      // number of the first of its substreams
    std::size_t members = 1;           // how many there are

    /// Coder whose output no other gets: what it gives out is the folder's.
    std::size_t last_coder() const;
    std::uint64_t size() const { return sizes[last_coder()]; }
};

struct SevenZipStreams {
    struct Substream {
        std::uint64_t size = 0;
        std::optional<std::uint32_t> crc;
    };
    std::uint64_t begin = 0;           // of the packed streams in the file; they follow each other
    std::uint64_t end = 0;
    std::vector<std::uint64_t> packed_sizes;
    SevenZipDigests packed_crcs;
    std::vector<SevenZipFolder> folders;
    std::vector<Substream> substreams; // of all folders, in order
};

/// Reads up to the kEnd of the structure, whose first property is the next byte. Packed streams lie between the signature header and
/// `limit` (an offset of the file), every one belongs to one folder, and every folder's substreams come to its size.
std::optional<SevenZipStreams> read_sevenzip_streams(SevenZipCursor& header, std::uint64_t limit);

inline constexpr std::uint64_t kSevenZipStart = 32;  // size of the signature header: positions count from here

}  // namespace headgate::formats
