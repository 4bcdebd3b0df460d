// manifest.hpp: manifests and lockfiles -> requirements (members of a subject). Hermetic: bytes in, facts out.
//
// What is not understood is counted (an Opaque with the line) and denies by default; a computed name is a Requirement
// with `dynamic`. To add a format: one file, one row in all.cpp, a fuzz target, an every-prefix test, cases.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "model/fact.hpp"
#include "model/kinds.hpp"

namespace headgate::intake {

struct IntakeContext {
    const Limits& limits;
    Evidence& evidence;          // requirements, index options, includes, opaques, findings, one FormatFact
    std::string path;            // of the manifest within the subject: Location.path of every fact
    /// Where what is read stands within the file, when it is a part of it: "cell 3", "spec.containers[0]".
    std::string member = {};
    std::uint32_t lines_before = 0;   // of the file, in front of that part

    /// URL prefixes under which build tools are published (rules/registries.yaml), lent by whoever calls. nullptr: none are known, and each
    /// place that a wrapper names is a requirement.
    std::span<const std::string> (*build_tools)() = nullptr;

    /// Whether the time of whoever waits for it is over, by that one's clock: then nothing has room any more. nullptr: nobody waits.
    const std::function<bool()>* is_over = nullptr;

    Location at_line(std::uint32_t line) const { return {path, member, std::nullopt, line + lines_before}; }
    void finding(std::string id, Severity severity, std::string message, Location where, std::string why,
                 std::string fix);
    void opaque(std::string why, Location where);
    /// The one FormatFact, "manifest:<name>": checkers know by it that the subject is a list of others.
    void format(std::string_view name);
    /// False, with a finding and an Opaque once, when no more facts may be recorded; or with an Opaque alone, when the time is over.
    bool room();
    /// The same, and nothing is said.
    bool has_room() const;

    bool full_ = false;
    bool late_ = false;
};

/// Reference of a requirement whose name is computed: '?' stands in no real name, so that no pattern but a glob over all
/// names matches it.
inline Reference computed(std::string_view scheme, std::string_view type, std::string_view spelling) {
    Reference reference;
    reference.scheme = scheme;
    reference.type = type;
    reference.base = spelling;
    reference.canonical = spelling;
    return reference;
}

/// A file that chooses the sources of what manifests name, and where a tool looks for it.
struct SettingsFile {
    std::string_view name;
    enum class Reach {
        beside,                  // the manifest, and nowhere else
        nearest,                 // beside it, or in the first folder above that has one
        above,                   // beside it and in every folder above; the nearer decides
        workspace,               // beside it, and in the root of the workspace that it is a part of
    } reach = Reach::beside;
    /// The tool that looks for it writes this FormatFact; "" for every form of the manifest.
    std::string_view of = {};
};

struct ManifestFormat {
    std::string_view name;       // "requirements.txt"
    Kind kind;                   // of the subject and of its members: package or container
    bool (*matches)(std::string_view file_name);   // last path component only
    /// Answers true if every line was understood.
    bool (*parse)(ByteView bytes, IntakeContext& context);
    std::string_view folder = {};  // in which such a file must be: the last parts of its path; "" for any
    /// Each that is there is read too.
    std::span<const SettingsFile> settings = {};
    /// Manifests beside a lockfile that say what it is to hold, by their names, parted by spaces; "*.csproj" is any of that ending, if
    /// there is just one.
    std::string_view declares = {};
    /// A lockfile beside a manifest that has the hashes of what it names.
    std::string_view hashes = {};
};

/// All formats, in order; the first that matches wins.
std::span<const ManifestFormat> manifest_formats();
/// The format of a file by its name and folder, nullptr if it is no manifest we know.
const ManifestFormat* find_manifest(std::string_view path);
/// The same of a file that is asked for by a name from within its folder: where that tells nothing, a format that is bound to a folder
/// (.github/workflows) is told by where the file lies.
const ManifestFormat* find_manifest(std::string_view path, std::string_view absolute);
/// The format of a Python script that says what it needs (PEP 723), by its content. nullptr: it does not.
const ManifestFormat* script_format(std::string_view path, ByteView bytes);

/// Formats that are told by content, whose rows match no name: sources and notebooks that name models, objects of Kubernetes, settings
/// that name models, script blocks.
///
/// Could the content tell? By the ending of the name.
bool has_telling_name(std::string_view path);
/// A search for words: the one format that it could be, nullptr: it is none.
const ManifestFormat* content_format(std::string_view path, ByteView bytes);
/// What it is, now that the parser of the candidate has read it; nullptr when it names nothing.
const ManifestFormat* settled_format(const ManifestFormat& candidate, std::string_view path, ByteView bytes, const Evidence& facts);
/// The format by which a file is read that another includes.
const ManifestFormat* included_format(const ManifestFormat* including, std::string_view path);

}  // namespace headgate::intake
