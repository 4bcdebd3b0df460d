// heap.hpp: room for a short run that fills memory quickly.
#pragma once

namespace headgate::io {

/// Takes room for what a large manifest comes to (48 MiB of addresses, no memory yet), in huge pages where the kernel has them: a
/// fifth of such a run went into page faults. Keeps what is freed. For a program that ends soon, once, before the work; what the
/// system does not give is done without.
void expect_much_memory();

}  // namespace headgate::io
