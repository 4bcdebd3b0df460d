// near_names.hpp: the protected name that a name looks like, if any. Exact names first, then canonical forms, then one
// edit; the kind of edit decides how much it says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "checkers/edit_kind.hpp"
#include "checkers/name_index.hpp"
#include "model/kinds.hpp"

namespace headgate::checkers {

struct NearName {
    std::string target;
    EditKind kind = EditKind::substitution;
    Severity severity = Severity::low;
};

/// How much a kind says in this ecosystem: a short target, or an edit in a short word of it, says less.
Severity severity_of(EditKind kind, std::string_view ecosystem, std::size_t target_length, std::size_t word_length);

/// Looks `name` (folded) up. A protected name itself has no near name.
std::optional<NearName> nearest_protected(const NameIndex& index, std::string_view ecosystem, std::string_view name);

/// The same against one target: for names that a policy adds.
std::optional<NearName> compare_names(std::string_view ecosystem, std::string_view target, std::string_view name);

}  // namespace headgate::checkers
