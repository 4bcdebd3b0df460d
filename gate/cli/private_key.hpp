// private_key.hpp: the key that a command signs with.
#pragma once

#include <string>

#include "base/result.hpp"
#include "crypto/keys.hpp"

namespace headgate::cli {

/// PEM at `path`; an encrypted one is opened with HEADGATE_KEY_PASSPHRASE. Error{io}, Error{key} with the path.
Result<crypto::PrivateKey> read_private_key(const std::string& path);

}  // namespace headgate::cli
