// wide.hpp: runs a loop as compiled for what this processor has. The loop is the same, and so is every result: only its lanes
// are wider. A kernel is a struct whose static run() is inlined into both versions.
#pragma once

namespace headgate::formats {

#if defined(__x86_64__)
inline bool has_wide_lanes() {
    static const bool has = __builtin_cpu_supports("avx2") != 0;
    return has;
}
template <typename Kernel, typename... Arguments>
[[gnu::target("avx2")]] void run_wide(Arguments... arguments) {
    Kernel::run(arguments...);
}
#else
inline bool has_wide_lanes() { return false; }
template <typename Kernel, typename... Arguments>
void run_wide(Arguments... arguments) {
    Kernel::run(arguments...);
}
#endif

template <typename Kernel, typename... Arguments>
void run_kernel(Arguments... arguments) {
    if (has_wide_lanes()) return run_wide<Kernel>(arguments...);
    Kernel::run(arguments...);
}

}  // namespace headgate::formats
