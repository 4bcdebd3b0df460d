// serialization.hpp: can loading it run code, escape its folder, or crash the loader? Is it really the format it claims?
//
// Default-deny: every import must be in a list (rules/globals/<profile>.txt, `allow-globals`) and every call a use that the
// list names, with the arguments that call_rules.hpp asks for. The list of dangerous names only raises severity and explains.
// What the parsers found, and what nobody could read, is this checker's finding too.
#pragma once

#include "model/checker.hpp"

namespace headgate::checkers {

Checker serialization_checker();

}  // namespace headgate::checkers
