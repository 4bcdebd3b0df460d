// tls_session.hpp: what both ends of a TLS connection (tls.hpp, tls_client.hpp) ask of OpenSSL. Included by those two alone.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string>

#include "crypto/tls.hpp"

namespace headgate::crypto {

/// TLS 1.2 or later, no renegotiation, no compression; writes may take a part of what they are given.
inline void set_common(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

/// After a call that did not return 1: what the session waits for. `reason`: SSL_get_error() of that call.
inline TlsProgress progress_after(int reason) {
    ERR_clear_error();
    if (reason == SSL_ERROR_WANT_READ) return TlsProgress::wants_read;
    if (reason == SSL_ERROR_WANT_WRITE) return TlsProgress::wants_write;
    return TlsProgress::closed;
}

inline Error tls_error(const std::string& what) {
    ERR_clear_error();
    return {ErrorCode::key, what};
}

}  // namespace headgate::crypto
