// sparse_copy.hpp: a file in memory that is as long as another one, of which only the ranges are filled in that somebody asked for; the
// rest reads as zeros and takes no room. For a process that may read it and reach nothing else.
#pragma once

#include "base/bytes.hpp"
#include "io/directory.hpp"

namespace headgate::io {

class SparseCopy {
  public:
    /// Error{io}: the kernel has no room for it.
    static Result<SparseCopy> make(std::uint64_t size);
    Result<void> fill(std::uint64_t offset, ByteView bytes);
    /// To pread, and not to write to.
    int reader() const { return reader_.get(); }

  private:
    SparseCopy(Descriptor writer, Descriptor reader) : writer_(std::move(writer)), reader_(std::move(reader)) {}

    Descriptor writer_;
    Descriptor reader_;
};

}  // namespace headgate::io
