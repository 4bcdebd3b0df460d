#include "cli/private_key.hpp"

#include <cstdlib>

#include "io/file_source.hpp"

namespace headgate::cli {

Result<crypto::PrivateKey> read_private_key(const std::string& path) {
    const Bytes pem = TRY(io::read_file(path, 64U << 10U));
    const char* const passphrase = std::getenv("HEADGATE_KEY_PASSPHRASE");
    auto key = crypto::PrivateKey::from_pem(
        as_text(pem), passphrase == nullptr ? std::nullopt : std::optional<std::string>(passphrase));
    if (!key.ok()) return Error{ErrorCode::key, path + ": " + key.error().message};
    return key;
}

}  // namespace headgate::cli
