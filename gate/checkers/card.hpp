// card.hpp: is origin, licence, base model, training data documented as the policy asks?
#pragma once

#include "model/checker.hpp"

namespace headgate::checkers {

Checker card_checker();

}  // namespace headgate::checkers
