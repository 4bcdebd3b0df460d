// oracle.hpp: what every fuzz target states about its parser. ORACLE(condition) prints the condition and its place and
// aborts where it does not hold, in every build; the code under test keeps its own assert() too, so NDEBUG is refused.
#pragma once

#include <cstdio>
#include <cstdlib>

#ifdef NDEBUG
#error "fuzz targets without assert() find half: configure with `cmake --preset fuzz`, which does not define NDEBUG"
#endif

namespace headgate::fuzz {

[[noreturn]] inline void broken(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "oracle broken: %s (%s:%d)\n", condition, file, line);
    std::abort();
}

}  // namespace headgate::fuzz

// A macro, for the text of the condition; variadic, because a condition may hold commas.
#define ORACLE(...) ((__VA_ARGS__) ? static_cast<void>(0) : ::headgate::fuzz::broken(#__VA_ARGS__, __FILE__, __LINE__))
