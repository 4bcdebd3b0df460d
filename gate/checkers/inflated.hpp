// inflated.hpp: versions that no honest release reaches. Of the checker `namespace`. Private to checkers/.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/reference.hpp"
#include "model/rule_data.hpp"

namespace headgate::checkers {

/// The first number of a version; nullopt when it has none, or is a date ("2024.1", "20240131").
std::optional<std::int64_t> major_version(std::string_view version);

/// Its major version is `limit` or more, in an ecosystem where versions say something, and its name is not among the popular ones, of which
/// some have such versions by right.
bool is_inflated(const Reference& reference, std::int64_t limit, const RuleData& data);

}  // namespace headgate::checkers
