#include "crypto/tls_client.hpp"

#include <openssl/x509v3.h>

#include "crypto/must.hpp"
#include "crypto/openssl.hpp"
#include "crypto/tls_session.hpp"

namespace headgate::crypto {

struct TlsTrust::Context {
    std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>> handle;
};

struct TlsClient::State {
    std::unique_ptr<SSL, Deleter<SSL_free>> session;
    bool ended = false;
    std::string failure;
};

namespace {

bool is_address(const std::string& host) {
    const std::unique_ptr<ASN1_OCTET_STRING, Deleter<ASN1_OCTET_STRING_free>> address(a2i_IPADDRESS(host.c_str()));
    return address != nullptr;
}

TlsProgress after(TlsClient::State& state, int returned) {
    const int reason = SSL_get_error(state.session.get(), returned);
    const TlsProgress progress = progress_after(reason);
    if (progress == TlsProgress::closed) state.ended = reason == SSL_ERROR_ZERO_RETURN;
    return progress;
}

std::string reason_of_failure(SSL* session) {
    const long verified = SSL_get_verify_result(session);
    if (verified != X509_V_OK) return std::string("the server's certificate is not trusted: ") + X509_verify_cert_error_string(verified);
    const char* const reason = ERR_reason_error_string(ERR_peek_error());
    return reason == nullptr ? "the server ended the TLS handshake" : std::string("TLS: ") + reason;
}

}  // namespace

TlsClient::TlsClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsClient::~TlsClient() = default;
TlsClient::TlsClient(TlsClient&&) noexcept = default;
TlsClient& TlsClient::operator=(TlsClient&&) noexcept = default;

TlsTrust::TlsTrust(std::unique_ptr<Context> context) : context_(std::move(context)) {}
TlsTrust::~TlsTrust() = default;

Result<std::shared_ptr<const TlsTrust>> TlsTrust::load(const std::string& ca_file, bool beside_system) {
    auto made = std::make_unique<Context>();
    made->handle.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX* const context = made->handle.get();
    must(context != nullptr);
    set_common(context);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if ((ca_file.empty() || beside_system) && SSL_CTX_set_default_verify_paths(context) != 1) {
        return tls_error("the system's certificates: no CA certificate (PEM) can be read");
    }
    if (!ca_file.empty() && SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) != 1) {
        return tls_error(ca_file + ": no CA certificate (PEM) can be read");
    }
    return std::shared_ptr<const TlsTrust>(new TlsTrust(std::move(made)));
}

Result<TlsClient> TlsClient::start(int descriptor, const std::string& host, const std::string& ca_file) {
    const auto trust = TRY(TlsTrust::load(ca_file));
    return start(descriptor, host, *trust);
}

Result<TlsClient> TlsClient::start(int descriptor, const std::string& host, const TlsTrust& trust) {
    auto state = std::make_unique<State>();
    // The session keeps the context alive by a count of its own.
    state->session.reset(SSL_new(trust.context().handle.get()));
    SSL* const session = state->session.get();
    must(session != nullptr && SSL_set_fd(session, descriptor) == 1);
    SSL_set_connect_state(session);
    SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (is_address(host)) {
        must(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1);
    } else {
        must(SSL_set1_host(session, host.c_str()) == 1);
        // What SSL_set_tlsext_host_name() is, without its cast.
        std::string name = host;
        must(SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1);
    }
    ERR_clear_error();
    return TlsClient(std::move(state));
}

TlsProgress TlsClient::handshake() {
    const int returned = SSL_do_handshake(state_->session.get());
    if (returned == 1) return TlsProgress::done;
    const int wants = SSL_get_error(state_->session.get(), returned);
    if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE) state_->failure = reason_of_failure(state_->session.get());
    return after(*state_, returned);
}

TlsProgress TlsClient::read(std::uint8_t* to, std::size_t size, std::size_t& count) {
    const int returned = SSL_read_ex(state_->session.get(), to, size, &count);
    return returned == 1 ? TlsProgress::done : after(*state_, returned);
}

TlsProgress TlsClient::write(ByteView bytes, std::size_t& count) {
    const int returned = SSL_write_ex(state_->session.get(), bytes.data(), bytes.size(), &count);
    return returned == 1 ? TlsProgress::done : after(*state_, returned);
}

bool TlsClient::ended() const { return state_->ended; }
const std::string& TlsClient::failure() const { return state_->failure; }

}  // namespace headgate::crypto
