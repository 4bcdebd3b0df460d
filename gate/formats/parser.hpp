// parser.hpp: what every format parser gets and how it answers.
//
// The oracle (asserted by the fuzz targets, tests/fuzz): a parser yields no facts if and only if it adds a finding that
// says why. `examine()` reports whether every byte of the source was read by something that understood it.
//
// To add a format: one pair of files with a sniff and a parse function, one row in all.cpp, a fuzz target, cases.
#pragma once

#include <string>
#include <string_view>

#include "base/limits.hpp"
#include "base/source.hpp"
#include "model/fact.hpp"

namespace headgate::formats {

class PackageWords;

struct ParseContext {
    const Limits& limits;
    Budget& budget;              // of the outermost file, shared by its members
    Evidence& evidence;          // facts and findings go here
    std::string path;            // of the file within the subject; for content that is neither, its name
    std::string member;          // chain inside containers, "" at the top
    std::uint32_t depth = 0;     // containers above
    /// Lower-case hex SHA-256, set by the pipeline (formats know no crypto). nullptr: digests stated inside the artifact
    /// cannot be compared, which becomes an Opaque.
    std::string (*sha256_hex)(ByteView bytes) = nullptr;
    /// The lists of rules/content (package_words.hpp), lent by the pipeline as well. nullptr, or where it answers nullptr: what a package
    /// does when it is installed or imported cannot be told, which becomes an Opaque.
    const PackageWords* (*package_words)() = nullptr;

    /// Innermost name, for the extension: last component of the member chain, else of the path.
    std::string_view name() const;
    Location at(std::uint64_t offset) const { return {path, member, offset, std::nullopt}; }
    Location whole() const { return {path, member, std::nullopt, std::nullopt}; }

    void format(std::string format, bool inert = false, bool code = false);
    void finding(std::string id, Severity severity, std::string message, Location where, std::string why,
                 std::string fix);
    /// The file's budget ran out or a limit was met: `<area>.unscannable`.
    void unscannable(std::string_view area, std::string message, Location where);
    /// A region that nothing can read; `bytes` long.
    void opaque(std::string why, std::uint64_t bytes);
    /// Context of a member of this container.
    ParseContext inside(std::string_view member_name) const;
};

/// How much of the source the parser understood.
enum class Examined : bool { partly = false, whole = true };

struct Format {
    std::string_view name;
    /// Decides by content (the name may break ties); reads little. `size` may be 0.
    bool (*sniff)(ByteSource& source, std::string_view name);
    Examined (*parse)(ByteSource& source, ParseContext& context);
};

/// Finds what the content is and parses it; containers call it again for their members (depth-limited by
/// `limits.depth`). Content that no parser takes becomes an Opaque. Returns `whole` only if every byte was understood.
Examined examine(ByteSource& source, ParseContext& context);

/// Name of the format, "" if unknown (JSON that is a model has a name of its own): used to decide whether a loose file is a subject.
std::string_view detect(ByteSource& source, std::string_view name);
/// True if the format can carry a model, dataset or archive (not text, JSON, images, ...): loose files of such formats
/// are subjects.
bool is_artifact_format(std::string_view format);

}  // namespace headgate::formats
