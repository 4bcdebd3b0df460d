// pkcs11_engine.hpp: a private key that never leaves its token, through OpenSSL's PKCS#11 engine (Debian: libengine-pkcs11-openssl).
#pragma once

#include <string>

#include "crypto/keys.hpp"
#include "crypto/pkcs11_uri.hpp"

namespace headgate::crypto {

/// Whether this machine's OpenSSL has the engine; the Error{key} says how to get it.
Result<void> has_pkcs11_engine();

/// The key that `uri` names, by the module at that path. The name must be of exactly one key and the PIN right (io/token.hpp sees
/// to both): the engine takes the first key that fits, and says little. `pin` "" where the token asks for none. The first
/// module that a process uses is the only one that it ever does. The key's pem() does not exist.
Result<PrivateKey> open_engine_key(const std::string& module, const Pkcs11Uri& uri, const std::string& pin);

}  // namespace headgate::crypto
