// tensor_pass.hpp: looks at the values of a file's tensors while its bytes are hashed, so that they are read once and what was
// looked at is what was hashed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formats/tensor_values.hpp"
#include "model/fact.hpp"

namespace headgate::pipeline {

/// Fills `statistics` of each tensor that lies in the file as plain floating-point values: not inside a compressed member, not
/// quantised, and not where part of another tensor lies, too. Holds one block of one tensor at a time.
class TensorPass {
  public:
    explicit TensorPass(std::span<Tensor> tensors);

    bool empty() const { return order_.empty(); }
    /// The bytes of the file from the first to the last, in pieces as they come.
    void take(std::uint64_t offset, ByteView bytes);

  private:
    struct Part {
        std::uint64_t begin = 0, end = 0;
        formats::ValueType type{};
        std::vector<Tensor*> tensors;        // one, or several that share their bytes
    };
    std::vector<Part> order_;            // by `begin`, none overlaps another
    std::size_t at_ = 0;
    std::optional<formats::ValueTally> tally_;   // of order_[at_], once it has begun
};

}  // namespace headgate::pipeline
