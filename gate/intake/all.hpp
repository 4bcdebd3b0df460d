// all.hpp: the parsers behind the table of manifest formats (all.cpp).
#pragma once

#include "intake/manifest.hpp"

namespace headgate::intake {

bool matches_requirements(std::string_view file_name);
bool parse_requirements(ByteView bytes, IntakeContext& context);

bool matches_package_lock(std::string_view file_name);
bool parse_package_lock(ByteView bytes, IntakeContext& context);

bool matches_dockerfile(std::string_view file_name);
bool parse_dockerfile(ByteView bytes, IntakeContext& context);

}  // namespace headgate::intake
