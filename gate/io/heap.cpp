#include "io/heap.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace headgate::io {
namespace {

constexpr int kRoom = 48 << 20;
constexpr int kKept = 1 << 30;           // far more than such a run frees at its end
constexpr int kLargest = 32 << 20;       // above, an allocation is a mapping of its own (the most that malloc takes)
constexpr int kMapped = 256 << 10;       // of a server: above, an allocation is a mapping of its own; malloc would learn to keep ever larger ones
constexpr int kArenas = 4;               // each keeps what its threads once needed
constexpr std::uintptr_t kHugePage = 2U << 20U;
constexpr std::uintptr_t kFar = 96U << 20U;   // twice kRoom

}  // namespace

void expect_much_memory() {
    mallopt(M_TRIM_THRESHOLD, kKept);
    mallopt(M_MMAP_THRESHOLD, kLargest);
    mallopt(M_TOP_PAD, kRoom);
    void* const first = std::malloc(1U << 20U);
    const auto from = reinterpret_cast<std::uintptr_t>(first);
    const std::uintptr_t skipped = (kHugePage - from % kHugePage) % kHugePage;
    const auto end = reinterpret_cast<std::uintptr_t>(sbrk(0)) / kHugePage * kHugePage;
    // Another allocator (a sanitizer's) has its memory elsewhere.
    if (first != nullptr && from + skipped < end && end - from - skipped <= kFar) {
        madvise(static_cast<char*>(first) + skipped, end - from - skipped, MADV_HUGEPAGE);
    }
    std::free(first);
    mallopt(M_TOP_PAD, 1 << 20);
}

void expect_many_requests() {
    mallopt(M_MMAP_THRESHOLD, kMapped);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
    mallopt(M_ARENA_MAX, kArenas);
}

}  // namespace headgate::io
