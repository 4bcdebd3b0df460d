// names.hpp: the checkers about names, sources and completeness, one file each.
#pragma once

#include "model/checker.hpp"

namespace headgate::checkers {

const Checker& registry_checker();
const Checker& namespace_checker();
const Checker& typosquat_checker();
const Checker& integrity_checker();
const Checker& install_script_checker();
const Checker& freshness_checker();

}  // namespace headgate::checkers
