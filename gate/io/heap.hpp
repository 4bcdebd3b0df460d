// heap.hpp: room for a short run that fills memory quickly, and for a long one that should not.
#pragma once

namespace headgate::io {

/// Takes room for what a large manifest comes to (48 MiB of addresses, no memory yet), in huge pages where the kernel has them: a
/// fifth of such a run went into page faults. Keeps what is freed. For a program that ends soon, once, before the work; what the
/// system does not give is done without.
void expect_much_memory();

/// For a program that serves for weeks: what is large is given back as soon as it is freed, and does not lie between what is small. Once,
/// before the first thread.
void expect_many_requests();

}  // namespace headgate::io
