// python_identifiers.hpp: identifiers as Python compares them: by their compatibility form (NFKC), as far as that form is ASCII.
// Private to intake/python*.cpp.
#pragma once

#include <string>
#include <string_view>

namespace headgate::intake::python {

/// "trust_remote_cod\uFF45" is trust_remote_code to Python: letters, digits and underscores whose NFKC form is ASCII become that form.
/// Everything else stays, malformed UTF-8 too. "" when nothing changes, which is nearly always.
std::string folded(std::string_view text);

}  // namespace headgate::intake::python
