// package_lock_entry.hpp: one package of a package-lock, read alike from both halves of the file. Private to
// intake/package_lock*.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.hpp"
#include "intake/manifest.hpp"

namespace headgate::intake::package_lock {

/// Byte offsets -> line numbers.
class LineTable {
  public:
    explicit LineTable(ByteView bytes);
    std::uint32_t line_of(std::uint64_t offset) const;

  private:
    std::vector<std::uint64_t> ends_;
};

/// What npm would install at one place below node_modules.
struct Entry {
    std::string place;                   // "node_modules/a/node_modules/b"
    std::string folder_name;             // name of its folder: what `require` finds
    std::string name;                    // real package: differs from folder_name for an alias
    std::string version;                 // "" when only a place is given
    std::string resolved;                // URL, git URL or path; "" = the configured registry
    std::vector<std::string> integrity;  // "sha512:<hex>"
    bool bundled = false;                // inside the archive of its parent
    bool link = false;
    bool install_script = false;
    std::string_view odd = {};           // a key whose value is of no type that npm writes
    std::uint32_t line = 0;
};

/// Reads name, version and source. `in_packages`: of the `packages` half (lockfile 2 and 3), else of `dependencies`.
Entry read_entry(std::string place, std::string folder_name, const codec::Json& value, bool in_packages,
                 std::uint32_t line, IntakeContext& context);

/// Adds the requirement and what is wrong with it by itself. False, with an Opaque, if it is not understood.
bool add_entry(Entry entry, IntakeContext& context);

}  // namespace headgate::intake::package_lock
