#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "io/directory.hpp"

namespace headgate::io {
namespace {

// The temporary file being written, for the signal handler: a buffer that is only read while the flag is set.
char pending_path[4096];
volatile std::sig_atomic_t pending = 0;

extern "C" void remove_pending_and_raise(int signal_number) {
    if (pending != 0) ::unlink(pending_path);
    ::signal(signal_number, SIG_DFL);
    ::raise(signal_number);
}

Error write_error(const std::string& path, int error_number) {
    return {ErrorCode::io, path + ": cannot write: " + std::strerror(error_number)};
}

bool write_all(int fd, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// A device or pipe (/dev/stdout) is written to, never replaced.
Result<void> write_in_place(const std::string& path, std::string_view content) {
    const Descriptor descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!descriptor.valid() || !write_all(descriptor.get(), content)) return write_error(path, errno);
    return {};
}

}  // namespace

Result<void> write_file_atomically(const std::string& path, std::string_view content, unsigned mode) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) return write_in_place(path, content);
    std::string temporary = path + ".XXXXXX";
    if (temporary.size() >= sizeof pending_path) return write_error(path, ENAMETOOLONG);
    Descriptor descriptor(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!descriptor.valid()) return write_error(path, errno);
    std::memcpy(pending_path, temporary.c_str(), temporary.size() + 1);
    pending = 1;
    // mkostemp makes the file 0600.
    const bool written = ::fchmod(descriptor.get(), mode) == 0 && write_all(descriptor.get(), content) &&
                         ::fsync(descriptor.get()) == 0 && ::rename(temporary.c_str(), path.c_str()) == 0;
    const int error_number = errno;
    if (!written) ::unlink(temporary.c_str());
    pending = 0;
    if (!written) return write_error(path, error_number);
    return {};
}

void clean_up_on_signals() {
    struct sigaction action {};
    action.sa_handler = remove_pending_and_raise;
    sigemptyset(&action.sa_mask);
    for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal_number, &action, nullptr);
}

}  // namespace headgate::io
