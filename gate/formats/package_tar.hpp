// package_tar.hpp: packages of source code that are tar archives: sdists of Python, packages of npm, crates of Rust.
//
// Told by content: one top folder for all, and in it what its installer looks for. A package is code by nature, so that its FormatFact
// says `code`: judged as a model it is denied by that alone. Members are listed with their digests; what runs when the package is
// installed or imported becomes traits (package_python.hpp, package_npm.hpp, package_crate.hpp). Other archives within are not opened:
// their FormatFact says what they are.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/parser.hpp"
#include "formats/tar_headers.hpp"

namespace headgate::formats {

enum class PackageKind : std::uint8_t {
    none,
    sdist,       // NAME-VERSION/PKG-INFO (PEP 517, "source distributions")
    npm,         // package/package.json; under another top folder where the file is called .tgz
    crate        // NAME-VERSION/Cargo.toml in a file called .crate
};

PackageKind package_kind(const std::vector<TarEntry>& members, const ParseContext& context);
Examined examine_package(ByteSource& source, PackageKind kind, const std::vector<TarEntry>& members, ParseContext& context);

/// Members of such an archive by their paths below the top folder.
class PackageMembers {
  public:
    PackageMembers(ByteSource& source, const std::vector<TarEntry>& members, ParseContext& context);

    std::string_view top() const;
    /// Calls `use` with the path below the top folder, the content, and the context of each member that can be read.
    void each(const std::function<void(std::string_view path, ByteView content, ParseContext& inner)>& use) const;
    bool has(std::string_view path) const { return find(path) != nullptr; }
    std::optional<ByteView> content(std::string_view path) const;
    ParseContext inside(std::string_view path) const;
    ParseContext& context() const { return context_; }
    /// Name of the file that the archive was, before it was expanded.
    std::string_view file_name() const;

  private:
    const TarEntry* find(std::string_view path) const;

    ByteSource& source_;
    const std::vector<TarEntry>& members_;
    ParseContext& context_;
    std::map<std::string_view, const TarEntry*> by_path_;
};

}  // namespace headgate::formats
