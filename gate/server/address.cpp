#include "server/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "server/door.hpp"

namespace headgate::server {
namespace {

constexpr int kBacklog = 512;

struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;
    bool loopback = false;
};

Result<Address> parse_address(const std::string& text) {
    const Error wrong{ErrorCode::usage, text + ": expected ADDRESS:PORT, such as 127.0.0.1:8443 or [::1]:8443"};
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return wrong;
    std::uint16_t port = 0;
    const char* const begin = text.data() + colon + 1;
    const char* const end = text.data() + text.size();
    if (const auto [stop, error] = std::from_chars(begin, end, port); error != std::errc{} || stop != end) return wrong;
    std::string host = text.substr(0, colon);
    if (host == "localhost") host = "127.0.0.1";

    Address address;
    if (host.empty() || (host.front() == '[' && host.back() == ']')) {
        auto* const six = reinterpret_cast<sockaddr_in6*>(&address.storage);
        const std::string inner = host.empty() ? "::" : host.substr(1, host.size() - 2);
        if (::inet_pton(AF_INET6, inner.c_str(), &six->sin6_addr) != 1) return wrong;
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        address.length = sizeof(sockaddr_in6);
        address.loopback = IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
    } else {
        auto* const four = reinterpret_cast<sockaddr_in*>(&address.storage);
        if (::inet_pton(AF_INET, host.c_str(), &four->sin_addr) != 1) return wrong;
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        address.length = sizeof(sockaddr_in);
        address.loopback = (ntohl(four->sin_addr.s_addr) >> 24U) == 127;
    }
    return address;
}

}  // namespace

bool is_loopback(const std::string& address) {
    const auto parsed = parse_address(address);
    return parsed.ok() && parsed->loopback;
}

Result<BoundSocket> bind_and_listen(const std::string& text) {
    Address address = TRY(parse_address(text));
    BoundSocket bound{io::Descriptor(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), 0};
    const int yes = 1;
    const int no = 0;
    ::setsockopt(bound.socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    // ":PORT" means every address, of both families.
    if (address.storage.ss_family == AF_INET6) {
        ::setsockopt(bound.socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    }
    const auto* const generic = reinterpret_cast<const sockaddr*>(&address.storage);
    if (::bind(bound.socket.get(), generic, address.length) != 0 || ::listen(bound.socket.get(), kBacklog) != 0) {
        return Error{ErrorCode::io, text + ": cannot listen: " + std::strerror(errno)};
    }
    sockaddr_storage actual{};
    socklen_t length = sizeof actual;
    if (::getsockname(bound.socket.get(), reinterpret_cast<sockaddr*>(&actual), &length) == 0) {
        bound.port = ntohs(actual.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&actual)->sin6_port
                                                        : reinterpret_cast<sockaddr_in*>(&actual)->sin_port);
    }
    return bound;
}

AcceptedSocket accept_one(int listener) {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    AcceptedSocket accepted{
        io::Descriptor(::accept4(listener, reinterpret_cast<sockaddr*>(&peer), &length, SOCK_CLOEXEC | SOCK_NONBLOCK)), {}};
    if (!accepted.socket.valid()) return accepted;
    const int yes = 1;
    ::setsockopt(accepted.socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    char text[INET6_ADDRSTRLEN] = "";
    if (peer.ss_family == AF_INET6) {
        ::inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6*>(&peer)->sin6_addr, text, sizeof text);
    } else {
        ::inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(&peer)->sin_addr, text, sizeof text);
    }
    accepted.peer = text;
    return accepted;
}

}  // namespace headgate::server
