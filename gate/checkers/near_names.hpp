// near_names.hpp: the protected name that a name looks like, if any. Exact names first, then one edit and
// canonical forms; how much that says, likeness.hpp knows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "checkers/likeness.hpp"
#include "checkers/name_index.hpp"

namespace headgate::checkers {

struct NearName {
    std::string target;
    EditKind kind = EditKind::substitution;
    Severity severity = Severity::low;
};

/// Looks `name` (folded) up. A protected name itself has no near name.
std::optional<NearName> nearest_protected(const NameIndex& index, std::string_view ecosystem, std::string_view name);

/// The same against one target.
std::optional<NearName> compare_names(std::string_view ecosystem, std::string_view target, std::string_view name);

}  // namespace headgate::checkers
