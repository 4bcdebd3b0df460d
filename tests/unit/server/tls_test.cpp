// TLS on loopback with certificates made here.
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>

#include "recipes/temporary_folder.hpp"
#include "unit/server/loopback.hpp"

using namespace headgate;
using namespace headgate::server;

namespace {

// A self-made certificate and its key, written as NAME.crt and NAME.key.
void make_certificate(const TemporaryFolder& folder, const std::string& name) {
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, key);
    X509_NAME* const subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    REQUIRE(X509_sign(certificate, key, EVP_sha256()) > 0);
    FILE* file = std::fopen(folder.path(name + ".crt").c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(folder.path(name + ".key").c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

struct Answer {
    bool shaken = false;
    std::string response;
    int version = 0;
};

// One request over TLS; `client` names the client's own certificate, "" none.
Answer ask(int port, const TemporaryFolder& folder, const std::string& client = "", int max_version = 0) {
    Answer answer;
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context, 0);
    if (max_version != 0) {
        SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context, max_version);
    }
    if (!client.empty()) {
        SSL_CTX_use_certificate_chain_file(context, folder.path(client + ".crt").c_str());
        SSL_CTX_use_PrivateKey_file(context, folder.path(client + ".key").c_str(), SSL_FILETYPE_PEM);
    }
    const TestClient socket(port);
    SSL* const session = SSL_new(context);
    SSL_set_fd(session, socket.descriptor());
    if (SSL_connect(session) == 1) {
        answer.shaken = true;
        answer.version = SSL_version(session);
        const std::string request = post(kOneName, "Connection: close\r\n");
        SSL_write(session, request.data(), static_cast<int>(request.size()));
        char chunk[4096];
        for (int got = 0; (got = SSL_read(session, chunk, sizeof chunk)) > 0;) {
            answer.response.append(chunk, static_cast<std::size_t>(got));
        }
    }
    SSL_free(session);
    SSL_CTX_free(context);
    return answer;
}

TlsProvider provider(const crypto::TlsContext::Files& files) {
    auto context = crypto::TlsContext::load(files);
    REQUIRE(context.ok());
    return [context = *context] { return std::optional(context); };
}

}  // namespace

TEST_CASE("requests over TLS 1.2 and newer are answered; older ones and plain HTTP are not") {
    const TemporaryFolder folder;
    make_certificate(folder, "gate");
    TestServer server({}, {}, {}, provider({folder.path("gate.crt"), folder.path("gate.key"), ""}));
    const Answer newest = ask(server.port(), folder);
    CHECK(newest.version == TLS1_3_VERSION);
    CHECK(newest.response.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(ask(server.port(), folder, "", TLS1_2_VERSION).response.starts_with("HTTP/1.1 200"));
    CHECK_FALSE(ask(server.port(), folder, "", TLS1_1_VERSION).shaken);
    TestClient plain(server.port());
    REQUIRE(plain.send(post(kOneName)));
    CHECK(plain.rest().find("HTTP/1.1 200") == std::string::npos);
    // Half a handshake keeps nobody waiting.
    TestClient slow(server.port());
    REQUIRE(slow.send("\x16\x03\x01"));
    CHECK(ask(server.port(), folder).response.starts_with("HTTP/1.1 200"));
}

TEST_CASE("with a client CA, only its clients are heard") {
    const TemporaryFolder folder;
    for (const char* name : {"gate", "friend", "stranger"}) make_certificate(folder, name);
    TestServer server({}, {}, {}, provider({folder.path("gate.crt"), folder.path("gate.key"), folder.path("friend.crt")}));
    CHECK(ask(server.port(), folder, "friend").response.starts_with("HTTP/1.1 200"));
    CHECK(ask(server.port(), folder, "stranger").response.empty());
    CHECK(ask(server.port(), folder, "").response.empty());
}

TEST_CASE("certificates that do not load say which file and why") {
    const TemporaryFolder folder;
    make_certificate(folder, "a");
    make_certificate(folder, "b");
    const auto message = [&](const crypto::TlsContext::Files& files) {
        const auto context = crypto::TlsContext::load(files);
        REQUIRE_FALSE(context.ok());
        CHECK(context.error().code == ErrorCode::key);
        return context.error().message;
    };
    CHECK(message({folder.path("absent"), folder.path("a.key"), ""}).find("absent") != std::string::npos);
    CHECK(message({folder.path("a.crt"), folder.path("b.key"), ""}).find("b.key") != std::string::npos);
    CHECK(message({folder.path("a.crt"), folder.path("a.crt"), ""}).find("a.crt") != std::string::npos);
    CHECK(message({folder.path("a.crt"), folder.path("a.key"), folder.path("a.key")}).find("a.key") != std::string::npos);
}
