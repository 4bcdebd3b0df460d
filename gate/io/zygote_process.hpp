// zygote_process.hpp: the other side of zygote.hpp: the zygote itself, and what a child of it does before and after it is locked in.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "io/zygote.hpp"

namespace headgate::io {

/// Made by the host before the fork: the zygote makes system calls and nothing else.
struct ZygotePlan {
    int door = -1;                       // SOCK_SEQPACKET to the host: what comes is the port of a worker to make
    int ruleset = -1;                    // Landlock's; -1 for none
    std::vector<sock_filter> filter;     // empty for none
    WorkerLimits limits;
    Work work = nullptr;
    int host = 0;                        // its process number
};

/// Numbers in a worker: where its order comes and its answer goes, its input. The filter knows them.
inline constexpr int kWorkerPort = 5;
inline constexpr int kWorkerInput = 3;

// What passes through the port. Worker: its process number (four bytes), and kReady once it has locked itself in but for system calls.
// Host: the length of the order (four bytes), which comes with the input, and the order. Worker, now that system calls are closed to it
// too: the length of its answer (eight bytes), and the answer.
inline constexpr char kReady = '\n';
inline constexpr std::size_t kMostOrder = 1U << 20U;

/// Never returns.
[[noreturn]] void be_zygote(const ZygotePlan& plan);

}  // namespace headgate::io
