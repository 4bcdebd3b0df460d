#include "io/append_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace headgate::io {
namespace {

Error failed(const std::string& path, const char* what) { return {ErrorCode::io, path + ": " + what + ": " + std::strerror(errno)}; }

}  // namespace

Result<std::unique_ptr<AppendFile>> AppendFile::open(const std::string& path) {
    std::unique_ptr<AppendFile> made(new AppendFile(path));
    TRY_VOID(made->open_file());
    return made;
}

Result<void> AppendFile::open_file() {
    // Not blocking: a pipe by this name has no reader, and is refused below.
    Descriptor file(::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644));
    if (!file.valid()) return failed(path_, "cannot be opened");
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return failed(path_, "cannot be looked at");
    if (!S_ISREG(status.st_mode)) return Error{ErrorCode::io, path_ + ": not a regular file"};
    if (unsynced_ && ::fdatasync(file_.get()) != 0) return failed(path_, "the file before it cannot be brought to the disk");
    file_ = std::move(file);
    device_ = status.st_dev;
    number_ = status.st_ino;
    unsynced_ = false;
    // Whoever wrote there before may have ended in the middle of a record.
    char last = '\n';
    torn_ = status.st_size > 0 && (::pread(file_.get(), &last, 1, status.st_size - 1) != 1 || last != '\n');
    return {};
}

bool AppendFile::is_elsewhere() const {
    struct stat status {};
    return ::stat(path_.c_str(), &status) != 0 || status.st_dev != device_ || status.st_ino != number_;
}

// A record that found no room is taken back, where nobody has written behind it.
void AppendFile::undo(std::size_t written) {
    torn_ = written > 0;
    struct stat status {};
    const off_t end = ::lseek(file_.get(), 0, SEEK_CUR);
    if (!torn_ || end < 0 || ::fstat(file_.get(), &status) != 0 || status.st_size != end) return;
    if (::ftruncate(file_.get(), end - static_cast<off_t>(written)) == 0) torn_ = false;
}

Result<void> AppendFile::append(std::string_view record) {
    const std::scoped_lock lock(mutex_);
    if (reopen_.exchange(false) || is_elsewhere()) TRY_VOID(open_file());
    std::string ended;
    if (torn_) {
        ended = "\n" + std::string(record);
        record = ended;
    }
    const ssize_t written = ::write(file_.get(), record.data(), record.size());
    if (written == static_cast<ssize_t>(record.size())) {
        torn_ = false;
        unsynced_ = true;
        return {};
    }
    const Error error = written < 0 ? failed(path_, "cannot be written") : Error{ErrorCode::io, path_ + ": no room for a whole record"};
    if (written > 0) undo(static_cast<std::size_t>(written));
    return error;
}

Result<void> AppendFile::sync() {
    Descriptor copy;
    {
        const std::scoped_lock lock(mutex_);
        if (!unsynced_) return {};
        unsynced_ = false;
        copy = Descriptor(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0));
    }
    // Outside the lock: a disk may take its time, and reviews do not wait for it.
    if (copy.valid() && ::fdatasync(copy.get()) == 0) return {};
    return failed(path_, "cannot be brought to the disk");
}

}  // namespace headgate::io
