// pair_pass.hpp: compares the tensors of a file with those of a base model while its bytes are hashed, so that what was compared is
// what was hashed. The base's bytes are streamed beside them; memory is one block of each, and a sample of one tensor.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "formats/tensor_pair.hpp"
#include "pipeline/base_model.hpp"

namespace headgate::pipeline {

class PairPass {
  public:
    /// `base` may be nullptr: then there is nothing to compare.
    PairPass(std::span<const Tensor> tensors, const BaseModel* base);
    ~PairPass();

    bool empty() const { return parts_.empty(); }
    /// The bytes of the file from the first to the last, in pieces as they come.
    void take(std::uint64_t offset, ByteView bytes);
    /// What each tensor is to the base's, once all was taken. Error{io}: the base could not be read, or changed.
    Result<std::vector<TensorRelation>> finish();

  private:
    struct Part {
        std::uint64_t begin = 0, end = 0;
        const Tensor* here = nullptr;
        const Tensor* base = nullptr;
    };
    class Pair;                          // one part, while its bytes pass by

    void fail(Error error);

    const BaseModel* base_ = nullptr;
    std::vector<Part> parts_;            // by `begin`, none overlaps another
    std::size_t at_ = 0;
    std::unique_ptr<Pair> pair_;
    std::map<std::string, std::unique_ptr<io::FileSource>> files_;
    std::vector<TensorRelation> relations_;
    std::optional<Error> error_;
};

/// Relations of the base's tensors that the subject does not have under their name. `here`: all tensors of the subject.
std::vector<TensorRelation> absent_tensors(const BaseModel& base, std::span<const Tensor> here);

}  // namespace headgate::pipeline
