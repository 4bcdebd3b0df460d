// publishers.hpp: who publishes under a name, as far as the name says so.
#pragma once

#include <string_view>

namespace headgate::checkers {

/// "@scope" of npm, "host/owner" of a Go module, the group of Maven ("group/artifact"); "" where the name does not say it. Folded names.
std::string_view publisher_of(std::string_view ecosystem, std::string_view name);

/// Both names say that the same one publishes them.
bool same_publisher(std::string_view ecosystem, std::string_view one, std::string_view other);

}  // namespace headgate::checkers
