// content.hpp: what does a package do by itself, and what does it hide? Traits of its files, judged one by one and together.
#pragma once

#include "model/checker.hpp"

namespace headgate::checkers {

Checker content_checker();

}  // namespace headgate::checkers
