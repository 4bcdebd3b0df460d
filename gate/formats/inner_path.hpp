// inner_path.hpp: paths that one file of an artifact names another by.
#pragma once

#include <string_view>

namespace headgate::formats {

/// True for a relative path of plain components, '/' between them: no "." or "..", drive, URL, backslash, wildcard or control
/// character. Wherever it is looked up, it leads to something below the folder that it is relative to.
bool is_inner_path(std::string_view path);

}  // namespace headgate::formats
