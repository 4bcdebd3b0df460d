// entry.hpp: one package as a manifest or lockfile states it -> a Requirement. What all parsers of packages share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "intake/manifest.hpp"

namespace headgate::intake {

struct Entry {
    std::string_view type;                 // of the purl: "pypi", "npm", ...
    std::string name;                      // "@scope/name", "group:artifact", "host/path" as the ecosystem writes it
    std::string written = {};              // in the manifest, where it differs (an alias)
    std::string version = {};              // the one that is installed; "" for a range
    bool pinned = false;                   // by something else than a version: a commit
    Requirement::Source source = Requirement::Source::registry;
    std::string url = {};
    std::vector<std::string> integrity = {};
    bool runs_install_script = false;
    std::string markers = {};
    std::vector<std::string> files = {};
    std::string range = {};                // of versions, where `version` is ""
    std::optional<std::int64_t> released = {};  // seconds since the epoch
    std::string spelled = {};              // the whole reference, where the manifest writes one (a purl): then `type` and `version` are not asked
    std::uint32_t line = 0;
};

/// Adds the requirement. False, with a finding and an Opaque, for a name or version that cannot be normalised.
bool record(Entry entry, IntakeContext& context);
/// A requirement whose name only the environment, or a program, knows. Always true: it is understood, and nothing can be judged.
bool record_computed(std::string_view type, std::string_view written, std::uint32_t line, IntakeContext& context);
/// What is recorded while it lives is what a lockfile says of the manifest that it was made from (Evidence::declared), and no package
/// to install.
class Declaring {
  public:
    explicit Declaring(IntakeContext& context) : context_(context), before_(context.evidence.requirements.size()) {}
    ~Declaring();
    Declaring(const Declaring&) = delete;
    Declaring& operator=(const Declaring&) = delete;

  private:
    IntakeContext& context_;
    std::size_t before_;
};
/// Something that the manifest asked for. What no entry of the lockfile can be called is left out; where there is no room, that is.
void declare(Entry entry, IntakeContext& context);
/// What stands in Evidence::declared and is asked of nobody: a package that the project itself holds, ...
void declare_local(std::string_view type, std::string_view name, std::uint32_t line, IntakeContext& context);
/// ... a name whose version something else than its own line decides (an override) ...
void declare_override(std::string_view type, std::string_view name, std::uint32_t line, IntakeContext& context);
/// ... and that not all can be told: a program may have changed it.
void declare_computed(std::string_view type, std::string_view why, std::uint32_t line, IntakeContext& context);
/// Makes it a package from a repository, at a revision.
void from_git(Entry& entry, std::string_view repository, std::string_view revision);
/// Which versions are asked for, where that is not any.
void set_range(Entry& entry, std::string_view written);
/// When an archive was published. The last time counts: to a version that is old an archive may be added.
void set_released(Entry& entry, std::optional<std::int64_t> seconds);
/// Seconds since the epoch of a date, or a date and time, as lockfiles write them: RFC 3339, with a space for its T, or without a
/// zone, which is then UTC. nullopt: none that can be read.
std::optional<std::int64_t> seconds_of(std::string_view written);
/// Notes the URL of an archive, if its host is none that is known by now.
void add_file(Entry& entry, std::string_view url);

/// An Opaque. Always false.
bool not_understood(IntakeContext& context, const std::string& why, std::uint32_t line);
/// The whole document is not what its name says: a finding and an Opaque. Always false.
bool malformed(IntakeContext& context, std::string_view format, const std::string& why);
/// The same of something within a document whose format is told already.
bool malformed_part(IntakeContext& context, std::string_view format, const std::string& why);
/// UTF-8 text without NUL and without a carriage return that stands alone, a BOM cut off; nullopt when it is `malformed`.
std::optional<std::string_view> plain_text(ByteView bytes, IntakeContext& context, std::string_view format);

/// "sha256:<hex>" in lower case if `algorithm` and `hex` fit together (md5 and sha1 too: they are weak, not malformed).
std::optional<std::string> hash_of(std::string_view algorithm, std::string_view hex);
/// The same for "sha256:<hex>", and for a word of subresource integrity: "sha512-<base64>", whose options behind '?' are cut.
std::optional<std::string> hash_of(std::string_view written);
/// Adds the hashes, parted by spaces. What is none is a finding: installers skip it.
void add_hashes(Entry& entry, std::string_view written, IntakeContext& context);

/// A URL without the login it may carry, and with "***" for what its query signs or opens it with: facts never hold secrets (base/redact.hpp).
std::string without_login(std::string_view url);
/// "host" of "scheme://login@host:port/path", lower case, with its port; "" when there is none.
std::string host_of(std::string_view url);
/// A name, path or flag joined to what a requirement has as markers.
void add_marker(std::string& markers, std::string_view more);
/// A version that can only be one: no operator, wildcard, range, variable or word for "newest".
bool is_exact(std::string_view version);

}  // namespace headgate::intake
