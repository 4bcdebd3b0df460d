// system_calls.hpp: the system calls that a contained process may make, as a seccomp filter.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/result.hpp"

namespace headgate::io {

struct SystemCalls {
    bool network = false;                // sockets
    bool signals = false;                // kill: only where Landlock keeps signals inside (ABI 6)
};

/// An allow-list for programs of other people, in any language: files, memory, threads, processes, time. What is not on it is
/// answered EPERM, clone3 ENOSYS (so that libc takes clone); a call of another architecture kills. Not on it: sockets unless
/// `network`, new sessions and process groups (the deadline ends a group), namespaces, ptrace and its kin, mounts, keys, BPF,
/// io_uring, and prctl but for names of threads. The filter is made in the parent: the child only installs it.
Result<std::vector<sock_filter>> system_calls_of_programs(const SystemCalls& granted);

/// A much smaller one for parsers, whose bytes are there already: to write to `port`, to pread and map `input`, memory that is not to
/// be run, random numbers, the end. Any other call ends the process (SIGSYS). A build with AddressSanitizer has what its runtime asks.
Result<std::vector<sock_filter>> system_calls_of_parsers(int port, int input);

}  // namespace headgate::io
