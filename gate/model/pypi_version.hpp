// pypi_version.hpp: spellings of one version that installers take for the same (PEP 440, "Normalization").
#pragma once

#include <string>
#include <string_view>

namespace headgate {

/// "v2.03.0-RC_1" -> "2.3rc1": lower case, no leading v, zeros or epoch 0, no trailing ".0", one spelling of pre-, post- and
/// development releases and of the local part. What is no version of PEP 440 comes back as it is.
std::string normalise_pypi_version(std::string_view version);

}  // namespace headgate
