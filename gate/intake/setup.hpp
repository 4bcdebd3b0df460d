// setup.hpp: what setup.py and setup.cfg share: the lists of setuptools that name packages. Private to intake/setup_*.cpp.
#pragma once

#include <string>
#include <string_view>

#include "intake/requirements.hpp"

namespace headgate::intake::setup {

/// One item of such a list: a requirement, with when it is installed. False, with an Opaque, if not understood.
bool add(std::string_view requirement, const std::string& marker, std::uint32_t line, IntakeContext& context);
/// `dependency_links`, `find_links`: a page with archives of any package. False, with an Opaque, when no more may be recorded.
bool add_link(std::string_view url, std::string_view written, std::uint32_t line, IntakeContext& context);

/// When the packages of a list are installed: "build" for setup_requires, "test" for tests_require, "" for install_requires.
/// nullopt: it is no list of packages.
std::optional<std::string> marker_of_list(std::string_view key);

}  // namespace headgate::intake::setup
