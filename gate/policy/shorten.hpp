// shorten.hpp: what a verdict leaves out for its readers' sake.
#pragma once

#include "model/verdict.hpp"

namespace headgate::policy {

/// When everything is decided: of one rule's findings of one id no more are told than anybody reads, and how many others there are.
void shorten(SubjectVerdict& verdict);

}  // namespace headgate::policy
