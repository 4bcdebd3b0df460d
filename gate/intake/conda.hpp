// conda.hpp: how conda writes what a package is (its MatchSpec), and what the file name of an archive says. Private to intake/conda*.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "intake/entry.hpp"

namespace headgate::intake::conda {

/// [channel[/subdir]::]name[=version[=build]], or a name and comparisons. nullopt: a form that is not read.
std::optional<Entry> read_match_spec(std::string_view written, std::uint32_t line);

/// <name>-<version>-<build>.conda or .tar.bz2, of which only the name may hold a '-'.
struct ArchiveName {
    std::string name;
    std::string version;
};
std::optional<ArchiveName> read_archive_name(std::string_view url);

/// Sets the URL of the archive, or its path. A finding where its file name is that of another package, or of another version.
void set_archive(Entry& entry, std::string_view url, IntakeContext& context);

}  // namespace headgate::intake::conda
