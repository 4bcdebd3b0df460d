// must.hpp: what has to hold in every build. A digest that OpenSSL did not make (no provider, no memory) would otherwise be
// zeros, the same for every file; `assert` is not there in a release.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace headgate::crypto {

inline void must(bool holds) {
    if (holds) return;
    std::fputs("headgate: the cryptographic library failed; nothing can be judged\n", stderr);
    std::abort();
}

}  // namespace headgate::crypto
