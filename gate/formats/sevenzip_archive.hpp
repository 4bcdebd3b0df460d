// sevenzip_archive.hpp: the headers of a 7z archive: the signature header at the start, the header at the end, which may be packed
// itself, and that they account for every byte of the file.
#pragma once

#include "formats/container_report.hpp"
#include "formats/sevenzip_files.hpp"
#include "formats/sevenzip_folder.hpp"

namespace headgate::formats {

struct SevenZipArchive {
    SevenZipStreams streams;
    SevenZipFiles files;
    std::uint64_t header = 0;          // offset of the header in the file
};

/// nullopt: no list of members could be read; `report` says why, as it does of all that is wrong with what could.
std::optional<SevenZipArchive> read_sevenzip_archive(ByteSource& source, const Limits& limits, Budget& budget, ContainerReport& report);

/// Tells why a folder is not undone; `what` is what its output would be.
void report_unread(const SevenZipPlan& plan, const std::string& what, std::uint64_t offset, ContainerReport& report);
/// Tells why the output of a folder stopped.
void report_stopped(const SevenZipOutput& output, const std::string& what, std::uint64_t offset, ContainerReport& report);
/// Compares the CRCs that the header states of the packed streams of a folder, of those of at most `most` bytes; false when one does
/// not hold.
bool check_packed(ByteSource& source, const SevenZipStreams& streams, const SevenZipFolder& folder, std::uint64_t most,
                  ContainerReport& report);

inline constexpr std::string_view kSevenZipMagic{"7z\xBC\xAF\x27\x1C", 6};

}  // namespace headgate::formats
