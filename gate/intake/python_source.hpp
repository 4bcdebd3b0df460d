// python_source.hpp: calls in Python source that fetch models and datasets -> requirements. Shared with notebook.cpp.
#pragma once

#include <functional>

#include "intake/manifest.hpp"
#include "intake/python_tokens.hpp"

namespace headgate::intake::python {

/// Where a line of the tokens stands in the file.
using Locate = std::function<Location(std::uint32_t line)>;

/// Records each model, dataset, repository and URL once, at the first place that names it. A name that only running the program tells is a
/// requirement that says so. False, with an Opaque, for one that cannot be normalised.
bool read_names(const Tokens& tokens, const Locate& locate, IntakeContext& context);

/// The text has a word without which nothing would be recorded.
bool may_name_models(std::string_view text);

}  // namespace headgate::intake::python
