// all.hpp: the table of checkers.
#pragma once

#include <span>

#include "model/checker.hpp"

namespace headgate::checkers {

/// Every checker of this build, in the order of `headgate checkers`.
std::span<const Checker> all();
const Checker* find(std::string_view id);

}  // namespace headgate::checkers
