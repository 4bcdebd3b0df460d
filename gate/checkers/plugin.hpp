// plugin.hpp: the row of external checkers. What they are asked, and how their answers come back, is pipeline/plugins.hpp's.
#pragma once

#include "model/checker.hpp"

namespace headgate::checkers {

Checker plugin_checker();

}  // namespace headgate::checkers
