// member_names.hpp: names inside containers: what is no plain relative path, and what collides on some file system.
//
// models.md section 2.5: names are relative, no `..`, no backslash, no NUL, no drive; unique by bytes and by case
// folding and Unicode normalisation (macOS and Windows extract `A` over `a`).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::formats {

/// Why a member name must not be extracted, one clause ("leaves the folder by '..'"), or nullopt for a plain relative
/// path. A trailing '/' (a folder) is fine here.
std::optional<std::string> bad_member_name(std::string_view name);

/// Canonical decomposition of the case-folded name, without a trailing '/': equal for names that a case-insensitive or
/// normalising file system takes for one.
std::string fold_member_name(std::string_view name);

/// Names seen so far, with the entry's number. O(log n) each.
class NameSet {
  public:
    struct Clash {
        std::size_t other = 0;   // number of the earlier entry
        bool exact = false;      // the same bytes; else equal only when folded
    };
    /// Adds a name; the clash with an earlier one, if any.
    std::optional<Clash> add(std::string_view name, std::size_t number);

  private:
    struct Seen {
        std::string name;
        std::size_t number = 0;
    };
    std::map<std::string, Seen, std::less<>> seen_;
};

/// First component of a path, "" when there is only one.
std::string_view top_folder(std::string_view name);

}  // namespace headgate::formats
