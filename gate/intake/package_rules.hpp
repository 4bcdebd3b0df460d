// package_rules.hpp: what package.json, pnpm-workspace.yaml and .yarnrc.yml say in the same words: which versions take the place of others,
// what packages that lack a dependency get, what a version is called in many manifests, what pnpm fetches before all others.
// Private to intake/package_json.cpp, intake/pnpm_lock.cpp and intake/npm_rc.cpp.
#pragma once

#include <string_view>

#include "intake/npm_entry.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake::npm {

class Rules : public TreeReader {
  public:
    using TreeReader::TreeReader;

  protected:
    /// A table of names and specifiers.
    void dependencies(const Tree& in, std::string_view key, std::string_view marker);
    void specifier(std::string_view name, const Tree& value, std::string_view marker, std::uint32_t line);
    /// yarn and pnpm: "parent/name", "parent@1>name", "**/name". "-" takes a package away.
    void resolutions(const Tree& in, std::string_view key);
    /// yarn and pnpm: {"name@range": {"dependencies": {...}}}
    void extensions(const Tree& in, std::string_view key);
    /// pnpm: {"name": "1.0.0+sha512-..."}, installed before everything else; it may hold programs that pnpm runs.
    void config_dependencies(const Tree& in, std::string_view key);
    /// pnpm: `catalog`, and `catalogs` by their names.
    void catalogs(const Tree& in);

  private:
    void catalog(const Tree& in, std::string_view key);
};

}  // namespace headgate::intake::npm
