// build_arguments.hpp: what a build is given in place of the defaults of a Dockerfile's ARGs. Private to intake/compose.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.hpp"

namespace headgate::intake {

/// nullopt: a value that is not known here.
using BuildArguments = std::map<std::string, std::optional<std::string>, std::less<>>;

/// The Dockerfile with those values in its ARGs, line for line; an ARG whose value is not known, or could be no part of an image's name,
/// has no default then. A text that is no Dockerfile stays as it is.
std::string with_build_arguments(const std::string& dockerfile, const BuildArguments& given, const Limits& limits);

/// "host.example/name:tag", and no place of source code, whose hosts serve no images.
bool names_image_of_host(std::string_view text);

}  // namespace headgate::intake
