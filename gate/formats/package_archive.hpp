// package_archive.hpp: wheels (zip with *.dist-info/RECORD). Packages that are tar archives: package_tar.hpp.
//
// A package is code by nature, so its FormatFact says `code`: judged as a model it is denied by that alone. Members count as
// read because RECORD pins each of them: one DigestClaim per line (and per unlisted member). What runs without being called
// is told as traits (package_python.hpp).
// Spec: packaging.python.org, "Binary distribution format" and "Recording installed projects" (CSV: path, hash, size).
#pragma once

#include <optional>
#include <string>

#include "formats/zip_directory.hpp"

namespace headgate::formats {

/// The folder `<name>-<version>.dist-info` if exactly one stands at the top and holds RECORD and WHEEL.
std::optional<std::string> wheel_info(const ZipDirectory& directory);

Examined examine_wheel(ByteSource& source, const ZipDirectory& directory, const std::string& info, ParseContext& context);

/// One line of a RECORD file.
struct RecordLine {
    std::string path;
    std::string hash;   // "sha256=<base64url without padding>", "" for RECORD itself
    std::string size;
};
/// RFC 4180 with quoted fields; nullopt when a line has not three fields or a quote is not closed.
std::optional<RecordLine> read_record_line(std::string_view line);

/// "sha256=<base64url, no padding>" -> lower-case hex, nullopt for anything else.
std::optional<std::string> record_sha256(std::string_view hash);

}  // namespace headgate::formats
