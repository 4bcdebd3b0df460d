// regex.hpp: what a regular expression of a policy takes, for those who judge the expression itself. Private to policy/.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace headgate::policy {

/// True if the expression, which is fine, takes the whole text.
bool regex_takes(const std::string& regex, std::string_view text);

/// Subjects of nobody whom a policy could mean: a run in somebody's repository on each of the services that issue certificates, a URL, and
/// an address. They have nothing in common: what takes two of them takes anybody.
std::span<const std::string_view> strangers();

}  // namespace headgate::policy
