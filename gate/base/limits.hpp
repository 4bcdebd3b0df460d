// limits.hpp: what a parser may spend. Limits are inputs, counted in steps and bytes (never seconds), so that a
// verdict is reproducible. Running out is the file's fault: a finding `<area>.unscannable`.
#pragma once

#include <cstdint>

namespace headgate {

struct Limits {
    std::uint64_t steps = 400'000'000;                // opcodes, JSON tokens, directory entries, ... per file
    std::uint64_t expanded_bytes = 4ULL << 30U;       // decompressed bytes per file
    std::uint64_t expansion_ratio = 100;              // decompressed : compressed, above `ratio_floor`
    std::uint64_t ratio_floor = 16ULL << 20U;         // below this many decompressed bytes the ratio is not asked
    std::uint64_t member_bytes = 512ULL << 20U;       // one member held in memory
    std::uint32_t members = 100'000;                  // entries of one container
    std::uint32_t depth = 8;                          // containers in containers
    std::uint32_t nesting = 100;                      // JSON, literals
    std::uint64_t header_bytes = 100'000'000;         // safetensors header
    std::uint32_t facts = 200'000;                    // facts recorded per file
};

/// What is left of the limits while one file is examined. Not shared between threads.
class Budget {
  public:
    explicit Budget(const Limits& limits) : steps_(limits.steps), expanded_(limits.expanded_bytes) {}

    /// False once the budget is used up; stays false.
    bool step(std::uint64_t count = 1) { return spend(steps_, count); }
    bool expand(std::uint64_t bytes) { return spend(expanded_, bytes); }
    bool exhausted() const { return exhausted_; }

  private:
    bool spend(std::uint64_t& left, std::uint64_t count) {
        if (count > left) {
            left = 0;
            exhausted_ = true;
            return false;
        }
        left -= count;
        return true;
    }
    std::uint64_t steps_;
    std::uint64_t expanded_;
    bool exhausted_ = false;
};

}  // namespace headgate
