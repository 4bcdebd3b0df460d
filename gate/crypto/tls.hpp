// tls.hpp: the server side of TLS over a non-blocking socket. TLS 1.3, and TLS 1.2 with ECDHE and an AEAD; no renegotiation.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate::crypto {

/// Certificate, key and client CA, loaded once; sessions of one context share it. To reload, make a new context.
class TlsContext {
  public:
    struct Files {
        std::string certificate;         // PEM chain, leaf first
        std::string private_key;         // PEM
        std::string client_ca;           // PEM; "" asks no client certificate, else a client must have one from it
    };
    /// Error{key} when a file is missing, does not parse, or key and certificate do not belong together.
    static Result<TlsContext> load(const Files& files);

    struct Handle;
    explicit TlsContext(std::shared_ptr<Handle> handle) : handle_(std::move(handle)) {}
    const std::shared_ptr<Handle>& handle() const { return handle_; }

  private:
    std::shared_ptr<Handle> handle_;
};

enum class TlsProgress { done, wants_read, wants_write, closed };

/// One connection. The descriptor stays the caller's.
class TlsSession {
  public:
    TlsSession(const TlsContext& context, int descriptor);
    ~TlsSession();
    TlsSession(TlsSession&&) noexcept;
    TlsSession& operator=(TlsSession&&) noexcept;

    TlsProgress handshake();
    /// At most `size` bytes into `to`; `count` says how many when done.
    TlsProgress read(std::uint8_t* to, std::size_t size, std::size_t& count);
    TlsProgress write(ByteView bytes, std::size_t& count);
    /// Bytes have been taken from the socket that nobody has read yet: the socket does not tell of them any more.
    bool holds_bytes() const;
    /// Sends close_notify if that needs no waiting.
    void shut_down();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace headgate::crypto
