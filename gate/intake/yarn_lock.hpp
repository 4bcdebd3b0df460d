// yarn_lock.hpp: the second of the two syntaxes of yarn.lock. Private to intake/yarn_*.cpp.
#pragma once

#include "intake/manifest.hpp"

namespace headgate::intake::yarn {

/// YAML with `__metadata`: yarn 2 and later.
bool parse_berry(ByteView bytes, IntakeContext& context);

}  // namespace headgate::intake::yarn
