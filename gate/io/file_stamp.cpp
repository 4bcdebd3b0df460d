#include "io/file_stamp.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace headgate::io {

Result<FileStamp> stamp_of(int descriptor, const std::string& name) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return Error{ErrorCode::io, name + ": " + std::strerror(errno)};
    if (!S_ISREG(status.st_mode)) {
        return Error{ErrorCode::io, name + ": not a regular file (a FIFO, socket, device or folder is never read)"};
    }
    return FileStamp{status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                     status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
}

bool is_fresh(const FileStamp& stamp) {
    constexpr std::int64_t kSettled = 2;         // seconds: the coarsest steps of file systems in use
    timespec now{};
    return ::clock_gettime(CLOCK_REALTIME, &now) != 0 || now.tv_sec - stamp.changed_s <= kSettled;
}

}  // namespace headgate::io
