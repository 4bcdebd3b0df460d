// append_file.hpp: a file of lines that only grows: records are put behind what is there, each whole or not at all, and the file may be taken away and
// made anew by whoever keeps it short (logrotate): the next record goes to the file that then has the name.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "io/directory.hpp"

namespace headgate::io {

class AppendFile {
  public:
    /// Makes the file (0644) where there is none. Error{io}, also for what is no regular file.
    static Result<std::unique_ptr<AppendFile>> open(const std::string& path);

    /// One write() at the end (O_APPEND), so that writers do not mix. On an Error{io} nothing of the record stays, or what does ends before
    /// the next record begins. From any thread.
    Result<void> append(std::string_view record);
    /// Waits until what was appended is on the disk, if anything was since the last time. Error{io}: it may be lost.
    Result<void> sync();
    /// The next append() opens the file by its name again. From a signal handler too.
    void reopen() { reopen_ = true; }

  private:
    explicit AppendFile(std::string path) : path_(std::move(path)) {}
    Result<void> open_file();
    bool is_elsewhere() const;
    void undo(std::size_t written);

    std::string path_;
    std::mutex mutex_;                   // of all below
    Descriptor file_;
    std::uint64_t device_ = 0, number_ = 0;
    bool torn_ = false;                  // the file ends within a record
    bool unsynced_ = false;
    std::atomic<bool> reopen_{false};
};

}  // namespace headgate::io
