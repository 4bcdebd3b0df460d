#include "io/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace headgate::io {

Result<FolderLock> FolderLock::take(const std::string& folder, std::chrono::milliseconds patience) {
    constexpr std::chrono::milliseconds kPause{20};
    Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor.valid()) return Error{ErrorCode::io, folder + ": " + std::strerror(errno)};
    for (std::chrono::milliseconds waited{0}; ::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0; waited += kPause) {
        if (errno != EWOULDBLOCK && errno != EINTR) return Error{ErrorCode::io, folder + ": cannot be locked: " + std::strerror(errno)};
        if (waited >= patience) return Error{ErrorCode::io, folder + ": another program has been writing to it for too long; try again"};
        std::this_thread::sleep_for(kPause);
    }
    return FolderLock(std::move(descriptor));
}

}  // namespace headgate::io
