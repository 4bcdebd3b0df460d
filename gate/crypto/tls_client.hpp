// tls_client.hpp: the client side of TLS over a non-blocking socket. TLS 1.2 and newer; the server's certificate and name are always
// verified, and there is no switch for it.
#pragma once

#include <memory>
#include <string>

#include "crypto/tls.hpp"

namespace headgate::crypto {

/// Authorities that are trusted, read once for many connections. Thread-safe.
class TlsTrust {
  public:
    /// PEM certificates of `ca_file`; "" for the system's, or those of SSL_CERT_FILE and SSL_CERT_DIR. `beside_system`: both.
    /// Error{key} for a file that cannot be read.
    static Result<std::shared_ptr<const TlsTrust>> load(const std::string& ca_file, bool beside_system = false);
    ~TlsTrust();
    TlsTrust(const TlsTrust&) = delete;
    TlsTrust& operator=(const TlsTrust&) = delete;

    struct Context;
    const Context& context() const { return *context_; }

  private:
    explicit TlsTrust(std::unique_ptr<Context> context);
    std::unique_ptr<Context> context_;
};

class TlsClient {
  public:
    /// `host`: the name or address that the server's certificate must be for. `ca_file`: PEM certificates that are trusted; "": the
    /// system's, or those of SSL_CERT_FILE and SSL_CERT_DIR. The descriptor stays the caller's. Error{key} for a CA file that cannot be
    /// read.
    static Result<TlsClient> start(int descriptor, const std::string& host, const std::string& ca_file);
    static Result<TlsClient> start(int descriptor, const std::string& host, const TlsTrust& trust);
    ~TlsClient();
    TlsClient(TlsClient&&) noexcept;
    TlsClient& operator=(TlsClient&&) noexcept;

    TlsProgress handshake();
    /// `closed` with ended() true: the server said that nothing more follows. Else the connection broke.
    TlsProgress read(std::uint8_t* to, std::size_t size, std::size_t& count);
    TlsProgress write(ByteView bytes, std::size_t& count);
    bool ended() const;
    /// Why handshake() answered `closed`: what of the certificate does not hold, or what OpenSSL says.
    const std::string& failure() const;

    struct State;

  private:
    explicit TlsClient(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace headgate::crypto
