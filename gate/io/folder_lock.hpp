// folder_lock.hpp: one writer at a time in a folder. Nothing is left behind in it, not even when the process dies.
#pragma once

#include <chrono>
#include <string>

#include "base/result.hpp"
#include "io/directory.hpp"

namespace headgate::io {

/// Held until it is destroyed. Only programs that ask for it too are kept out (flock(2) on the folder).
class FolderLock {
  public:
    /// Waits for others. Error{io} when the folder cannot be opened or locked, or is still held after `patience`.
    static Result<FolderLock> take(const std::string& folder, std::chrono::milliseconds patience = std::chrono::seconds(30));

  private:
    explicit FolderLock(Descriptor held) : held_(std::move(held)) {}
    Descriptor held_;
};

}  // namespace headgate::io
