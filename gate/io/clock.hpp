// clock.hpp: the only place that asks what time it is. The CLI and the server pass the answer on.
#pragma once

#include "base/time.hpp"

namespace headgate::io {

Instant now();

}  // namespace headgate::io
