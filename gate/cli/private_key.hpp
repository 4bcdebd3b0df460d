// private_key.hpp: the key that a command signs with: a PEM file, or a key on a PKCS#11 token.
#pragma once

#include <string>

#include "base/result.hpp"
#include "crypto/keys.hpp"

namespace headgate::cli {

/// PEM at `key`; an encrypted one is opened with HEADGATE_KEY_PASSPHRASE. Or a "pkcs11:" URI (RFC 7512): its PIN is its pin-value,
/// what stands in its pin-source, or HEADGATE_KEY_PIN; its module is its module-path, PKCS11_MODULE_PATH, or what p11-kit is
/// configured for. Error{io}, Error{key} with the name of the key, never with a PIN.
Result<crypto::PrivateKey> read_private_key(const std::string& key);

/// How a key is named in messages: a URI without its PIN.
std::string key_name(const std::string& key);

}  // namespace headgate::cli
