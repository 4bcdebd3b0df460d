// worker_source.hpp: the bytes of a subject as a worker sees them: a sealed copy that is mapped, or ranges of an open file that are read
// as the parser asks and held, so that the host can be told which they were.
#pragma once

#include "io/held_ranges.hpp"

namespace headgate::io {

class WorkerSource final : public HoldingSource {
  public:
    enum class Kind : bool { file = false, sealed = true };

    /// The descriptor outlives it. Memory that cannot be mapped is a failure().
    WorkerSource(int descriptor, std::uint64_t size, Kind kind);
    ~WorkerSource() override;

    std::uint64_t size() const override { return size_; }
    std::optional<ByteView> view(std::uint64_t offset, std::uint64_t length) override;
    /// Of a file only from the first byte on, without a gap.
    bool read_through(std::uint64_t offset, std::span<std::uint8_t> to) override;
    std::optional<Error> failure() const override { return failure_; }
    bool exhausted() const override { return exhausted_; }

    /// Every range of the file that it showed, with its digest. Of a sealed copy there are none to tell. Ask once, at the end.
    std::vector<SeenRange> seen();

  private:
    bool fill(std::uint64_t offset, std::span<std::uint8_t> to);

    int descriptor_;
    std::uint64_t size_;
    Kind kind_;
    ByteView mapped_;
    HeldRanges held_;
    ReadThrough through_;
    std::optional<Error> failure_;
    bool exhausted_ = false;
};

}  // namespace headgate::io
