// interpolation.hpp: $NAME and ${NAME:-word} as Compose, GitLab and Kubernetes put values in their place.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace headgate::intake {

using Variables = std::map<std::string, std::string, std::less<>>;

/// With a default a variable is known; one that `known` does not have, and a replacement (":+"), are not: nullopt. "$$" is a dollar.
std::optional<std::string> interpolate(std::string_view text, const Variables& known = {});

/// $(NAME) as the kubelet expands it in commands, arguments and values; one that `known` does not have stays as it is, and "$$" is a dollar
/// that begins nothing. nullopt: it grows beyond 1 MiB.
std::optional<std::string> expand_parentheses(std::string_view text, const Variables& known);

}  // namespace headgate::intake
