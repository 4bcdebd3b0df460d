#include "formats/inner_path.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::formats {

bool is_inner_path(std::string_view path) {
    if (path.find_first_of("\\:*?\"<>|") != std::string_view::npos || has_control_characters(path)) return false;
    const std::vector<std::string_view> parts = split(path, '/');
    return std::none_of(parts.begin(), parts.end(), [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

}  // namespace headgate::formats
