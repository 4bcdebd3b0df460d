// token.hpp: what lies on PKCS#11 tokens (smart cards, hardware security modules): which one key does a URI name, and does the PIN
// open it? The module is loaded only when somebody asks. Signing is left to OpenSSL's engine (crypto/pkcs11_engine.hpp), which
// takes the first key that fits and says little about one that does not.
#pragma once

#include <string>

#include "crypto/pkcs11_uri.hpp"

namespace headgate::io {

struct TokenKey {
    crypto::Pkcs11Uri uri;       // exactly this key on exactly this token; no query
    bool beside_edwards = false; // an Edwards-curve key lies on the token too, which the engine of Debian 12 stumbles over
};

/// The private key that `uri` names, found with the module at `path`. One attempt is made with the PIN ("" for none).
/// Error{key}: the module does not load; no token, or several, of that name; no PIN, a wrong or locked one; no key, or several; a
/// key of a kind that is not taken, or that may not sign. The PIN is in no message.
Result<TokenKey> find_token_key(const std::string& path, const crypto::Pkcs11Uri& uri, const std::string& pin);

}  // namespace headgate::io
