#include "io/sparse_copy.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace headgate::io {

Result<SparseCopy> SparseCopy::make(std::uint64_t size) {
    Descriptor writer(::memfd_create("ranges", MFD_CLOEXEC));
    if (writer.get() < 0 || ::ftruncate(writer.get(), static_cast<off_t>(size)) != 0) return Error{ErrorCode::io, "no file can be made in memory"};
    Descriptor reader(::open(("/proc/self/fd/" + std::to_string(writer.get())).c_str(), O_RDONLY | O_CLOEXEC));
    if (reader.get() < 0) return Error{ErrorCode::io, "a file in memory cannot be opened (is /proc there?)"};
    return SparseCopy(std::move(writer), std::move(reader));
}

Result<void> SparseCopy::fill(std::uint64_t offset, ByteView bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t put = ::pwrite(writer_.get(), bytes.data() + at, bytes.size() - at, static_cast<off_t>(offset + at));
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return Error{ErrorCode::io, "a file in memory has no more room"};
        at += static_cast<std::size_t>(put);
    }
    return {};
}

}  // namespace headgate::io
