// npm_entry.hpp: how npm, yarn, pnpm and bun write what a package is and where it comes from (npm-package-arg; their documentation).
#pragma once

#include <string>
#include <string_view>

#include "codec/tree.hpp"
#include "intake/entry.hpp"

namespace headgate::intake::npm {

/// "name@rest" at the '@' behind the name: {"@scope/name", "^1.0.0"}; the rest is "" without one.
struct NameAndRest {
    std::string_view name;
    std::string_view rest;
};
NameAndRest split_name(std::string_view text);

/// What a manifest asks for under a name: a range, a tag, an alias, a repository, a URL, a path. False if not understood.
bool add_specifier(std::string_view name, std::string_view specifier, std::string_view marker, std::uint32_t line, IntakeContext& context);

/// What a lockfile says that the project asks for (Evidence::declared). What is not understood of it is declared as computed.
void declare(std::string_view name, std::string_view specifier, std::string_view marker, std::uint32_t line, IntakeContext& context);
/// The same name is asked for at one version, and another is installed for it.
void declare_resolved(std::string_view name, std::string_view asked, std::string_view version, std::uint32_t line, IntakeContext& context);
/// Patterns of the folders of a project that are packages themselves, each as `written` of a workspace without a name.
void declare_workspaces(const codec::Tree& patterns, IntakeContext& context);
/// The name that a rule about others ("parent@1>name", "**/name", "name@^1") is about.
std::string_view overridden_name(std::string_view rule);

/// "user/repository#ref", which npm takes for one of GitHub's.
bool is_shorthand(std::string_view text);

/// Sets source and URL by what a lockfile says was fetched: an archive of a registry, another URL, git, a path.
bool set_resolved(Entry& entry, std::string_view resolved);

/// The path that registries use for archives, <name>/-/<base>-<version>.tgz, beside the name and version that are claimed.
enum class Archive { fits, other_name, other_version };
Archive compare_archive(std::string_view name, std::string_view version, std::string_view url);
/// The same as findings.
void check_archive(const Entry& entry, std::string_view url, IntakeContext& context);
/// The name that is asked for and the name that is installed differ, and no alias says so.
void name_differs(std::string_view asked, const Entry& entry, IntakeContext& context);

/// Three numbers, with what may follow them.
bool is_version(std::string_view text);

}  // namespace headgate::intake::npm
