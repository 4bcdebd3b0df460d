#include "server/grace_file.hpp"

#include "io/atomic_file.hpp"
#include "io/file_source.hpp"

namespace headgate::server {

Result<void> GraceFile::read() {
    if (path_.empty()) return {};
    const auto bytes = io::read_file(path_, pipeline::AdmittedBefore::kMostBytes);
    if (!bytes.ok() && bytes.error().code == ErrorCode::not_found) return {};
    if (!bytes.ok()) return bytes.error();
    auto loaded = admitted_.load(*bytes);
    return loaded.ok() ? loaded : Error{loaded.error().code, path_ + ": " + loaded.error().message};
}

Result<void> GraceFile::write(Instant now, std::int64_t window) {
    if (window > 0) admitted_.forget({now.seconds - window});
    if (path_.empty()) return {};
    if (auto text = admitted_.save()) unwritten_ = std::move(*text);
    if (unwritten_.empty()) return {};
    TRY_VOID(io::write_file_atomically(path_, unwritten_, 0600));
    unwritten_.clear();
    return {};
}

}  // namespace headgate::server
