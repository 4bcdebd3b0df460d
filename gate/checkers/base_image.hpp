// base_image.hpp: what an image was built on, as its manifest's annotations say. Part of the checker `registry`. Private to checkers/.
#pragma once

#include <string>
#include <vector>

#include "model/checker.hpp"

namespace headgate::checkers {

/// Findings about the base of each platform's image (`registry.base-unknown`, `registry.base-not-allowed`). `patterns`: reference patterns of the bases
/// that are allowed, compared with the name and, where one is stated, its digest; "**" asks nothing.
std::vector<Finding> judge_bases(const CheckInput& input, const std::vector<std::string>& patterns);

}  // namespace headgate::checkers
