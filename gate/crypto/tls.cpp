#include "crypto/tls.hpp"

#include "crypto/tls_session.hpp"

namespace headgate::crypto {

struct TlsContext::Handle {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    Handle() = default;
    ~Handle() { SSL_CTX_free(context); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
};

struct TlsSession::State {
    std::shared_ptr<TlsContext::Handle> context;
    SSL* session = nullptr;
    ~State() { SSL_free(session); }
};

namespace {

TlsProgress waiting_for(SSL* session, int returned) { return progress_after(SSL_get_error(session, returned)); }

}  // namespace

Result<TlsContext> TlsContext::load(const Files& files) {
    auto handle = std::make_shared<Handle>();
    SSL_CTX* const context = handle->context;
    if (context == nullptr) return tls_error("TLS: no context");
    set_common(context);
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_read_ahead(context, 1);                  // a record with what stands before it, at once
    // Of TLS 1.2 only what has forward secrecy and authenticated encryption; TLS 1.3 has nothing else.
    if (SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) return tls_error("TLS: no cipher that is taken");
    // A passphrase is never asked for on a terminal.
    SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
        return tls_error(files.certificate + ": no certificate chain (PEM) can be read from it");
    }
    if (SSL_CTX_use_PrivateKey_file(context, files.private_key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return tls_error(files.private_key + ": no unencrypted private key (PEM) that fits the certificate");
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        return tls_error(files.private_key + ": does not belong to " + files.certificate);
    }
    if (!files.client_ca.empty()) {
        if (SSL_CTX_load_verify_locations(context, files.client_ca.c_str(), nullptr) != 1) {
            return tls_error(files.client_ca + ": no CA certificate (PEM) can be read from it");
        }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        static constexpr unsigned char kSessionId[] = "headgate";
        SSL_CTX_set_session_id_context(context, kSessionId, sizeof kSessionId - 1);
    }
    return TlsContext(std::move(handle));
}

TlsSession::TlsSession(const TlsContext& context, int descriptor) : state_(std::make_unique<State>()) {
    state_->context = context.handle();
    state_->session = SSL_new(context.handle()->context);
    if (state_->session != nullptr) {
        SSL_set_fd(state_->session, descriptor);
        SSL_set_accept_state(state_->session);
    }
}
TlsSession::~TlsSession() = default;
TlsSession::TlsSession(TlsSession&&) noexcept = default;
TlsSession& TlsSession::operator=(TlsSession&&) noexcept = default;

TlsProgress TlsSession::handshake() {
    if (state_->session == nullptr) return TlsProgress::closed;
    const int returned = SSL_do_handshake(state_->session);
    return returned == 1 ? TlsProgress::done : waiting_for(state_->session, returned);
}

TlsProgress TlsSession::read(std::uint8_t* to, std::size_t size, std::size_t& count) {
    const int returned = SSL_read_ex(state_->session, to, size, &count);
    return returned == 1 ? TlsProgress::done : waiting_for(state_->session, returned);
}

TlsProgress TlsSession::write(ByteView bytes, std::size_t& count) {
    const int returned = SSL_write_ex(state_->session, bytes.data(), bytes.size(), &count);
    return returned == 1 ? TlsProgress::done : waiting_for(state_->session, returned);
}

bool TlsSession::holds_bytes() const { return state_->session != nullptr && SSL_has_pending(state_->session) == 1; }

void TlsSession::shut_down() {
    if (state_->session != nullptr) SSL_shutdown(state_->session);
    ERR_clear_error();
}

}  // namespace headgate::crypto
