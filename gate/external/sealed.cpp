#include "external/sealed.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace headgate::external {
namespace {

Error failed(const char* what) { return {ErrorCode::io, std::string(what) + ": " + std::strerror(errno)}; }

}  // namespace

Result<io::Descriptor> sealed(ByteView bytes) {
    io::Descriptor file(::memfd_create("input", MFD_ALLOW_SEALING | MFD_CLOEXEC));
    if (!file.valid()) return failed("memfd_create");
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t put = ::write(file.get(), bytes.data() + at, bytes.size() - at);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return failed("cannot copy an input into memory");
        at += static_cast<std::size_t>(put);
    }
    if (::fchmod(file.get(), 0444) != 0 || ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
        return failed("cannot seal an input in memory");
    }
    return opened_again(file.get());
}

Result<io::Descriptor> opened_again(int descriptor) {
    const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
    io::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return failed("cannot open an input again (is /proc there?)");
    return file;
}

}  // namespace headgate::external
