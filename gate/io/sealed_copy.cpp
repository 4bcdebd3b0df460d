#include "io/sealed_copy.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace headgate::io {
namespace {

Error failed(const char* what) { return {ErrorCode::io, std::string("a copy for a worker: ") + what + ": " + std::strerror(errno)}; }

}  // namespace

Result<Descriptor> sealed_copy(ByteView bytes) {
    Descriptor copy(::memfd_create("bytes", MFD_ALLOW_SEALING | MFD_CLOEXEC));
    if (!copy.valid()) return failed("memfd_create");
    while (!bytes.empty()) {
        const ssize_t put = ::write(copy.get(), bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return failed("write");
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    if (::fcntl(copy.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) return failed("its seals");
    return copy;
}

}  // namespace headgate::io
