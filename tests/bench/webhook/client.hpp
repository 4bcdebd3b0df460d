// client.hpp: what load.cpp and soak.cpp ask with: one TLS connection that stays open, a POST at a time, each answer read whole (HTTP/1.1, as the
// API server does).
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace webhook {

inline std::string post(const std::string& host, int port, const std::string& path, const std::string& body) {
    return "POST " + path + " HTTP/1.1\r\nHost: " + host + ":" + std::to_string(port) + "\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// SHA-256 of a certificate; "" of none.
inline std::string fingerprint(const X509* certificate) {
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), reinterpret_cast<unsigned char*>(digest.data()), &size) != 1) size = 0;
    digest.resize(size);
    return digest;
}

struct Answer {
    int status = 0;
    bool stays = true;               // the server keeps the connection
    std::string_view body;           // until the next question
};

class Client {
  public:
    /// Whose certificate is taken is the context's affair. open() says whether there is a connection.
    Client(SSL_CTX* context, const std::string& host, int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), tls_(SSL_new(context)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        const int on = 1;
        open_ = socket_ >= 0 && tls_ != nullptr && ::inet_pton(AF_INET, host.c_str(), &to.sin_addr) == 1 &&
                ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0 && ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
                SSL_set_fd(tls_, socket_) == 1 && SSL_connect(tls_) == 1;
    }
    ~Client() {
        if (open_) SSL_shutdown(tls_);
        SSL_free(tls_);
        if (socket_ >= 0) ::close(socket_);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    bool open() const { return open_; }
    /// Why it is not, as far as OpenSSL knows, else the system.
    static std::string problem() {
        const unsigned long code = ERR_peek_last_error();
        return code == 0 ? std::strerror(errno) : ERR_error_string(code, nullptr);
    }

    /// Between two questions: the server has hung up, or says something that nobody asked for (its tickets came before the first answer).
    bool hung_up() const {
        pollfd one{socket_, POLLIN, 0};
        return asked_ && ::poll(&one, 1, 0) > 0;
    }

    /// False where no whole answer came.
    bool ask(const std::string& request, Answer& answer) {
        if (SSL_write(tls_, request.data(), static_cast<int>(request.size())) != static_cast<int>(request.size())) return false;
        bytes_.clear();
        asked_ = true;
        std::size_t head = std::string::npos;
        std::size_t whole = 0;
        char buffer[65536];
        while (head == std::string::npos || bytes_.size() < whole) {
            const int got = SSL_read(tls_, buffer, sizeof buffer);
            if (got <= 0) return false;
            bytes_.append(buffer, static_cast<std::size_t>(got));
            if (head != std::string::npos) continue;
            head = bytes_.find("\r\n\r\n");
            if (head == std::string::npos) continue;
            std::string lower = bytes_.substr(0, head);
            std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
            const std::size_t length = lower.find("content-length:");
            if (length == std::string::npos || !lower.starts_with("http/1.1 ")) return false;
            whole = head + 4 + std::strtoull(lower.c_str() + length + 15, nullptr, 10);
            answer.stays = lower.find("\r\nconnection: close") == std::string::npos;
        }
        if (bytes_.size() != whole) return false;      // more than was asked for
        answer.status = std::atoi(bytes_.c_str() + 9);
        answer.body = std::string_view(bytes_).substr(head + 4);
        return true;
    }

    /// SHA-256 of the certificate that the server showed.
    std::string certificate() const {
        X509* const shown = SSL_get1_peer_certificate(tls_);
        std::string digest = fingerprint(shown);
        X509_free(shown);
        return digest;
    }

  private:
    int socket_;
    SSL* tls_;
    bool open_ = false, asked_ = false;
    std::string bytes_;
};

}  // namespace webhook
