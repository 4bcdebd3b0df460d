// regex.hpp: what a regular expression of a policy takes, for those who judge the expression itself. Private to policy/.
#pragma once

#include <string>
#include <string_view>

namespace headgate::policy {

/// True if the expression, which is fine, takes the whole text.
bool regex_takes(const std::string& regex, std::string_view text);

}  // namespace headgate::policy
