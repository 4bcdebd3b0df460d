#include "io/http_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "base/text.hpp"

namespace headgate::io {
namespace {

using Four = std::array<std::uint8_t, 4>;
using Six = std::array<std::uint8_t, 16>;

// Where clouds answer who asks about the machine and hand out its credentials, outside 169.254/16.
constexpr std::array<Four, 3> kMetadata4 = {{{100, 100, 100, 200}, {192, 0, 0, 192}, {168, 63, 129, 16}}};
constexpr std::array<Six, 2> kMetadata6 = {{
    {0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54},  // fd00:ec2::254
    {0xfd, 0x20, 0x00, 0xce, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54},  // fd20:ce::254
}};

AddressKind kind_of_four(const Four& address) {
    if (std::find(kMetadata4.begin(), kMetadata4.end(), address) != kMetadata4.end()) return AddressKind::metadata;
    if (address == Four{169, 254, 169, 254}) return AddressKind::metadata;
    if (address[0] == 127) return AddressKind::loopback;
    if (address[0] == 169 && address[1] == 254) return AddressKind::link_local;
    if (address[0] == 0) return AddressKind::unspecified;
    if (address[0] >= 224) return AddressKind::multicast;  // and what is reserved above it, with the broadcast address
    return AddressKind::open;
}

bool begins(std::span<const std::uint8_t> address, std::initializer_list<std::uint8_t> prefix) {
    return std::equal(prefix.begin(), prefix.end(), address.begin());
}

AddressKind kind_of_six(const Six& address) {
    const std::span<const std::uint8_t> bytes(address);
    const auto carried = [&](std::size_t at) { return kind_of_four({address[at], address[at + 1], address[at + 2], address[at + 3]}); };
    if (std::find(kMetadata6.begin(), kMetadata6.end(), address) != kMetadata6.end()) return AddressKind::metadata;
    if (begins(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}) && address[15] <= 1) {
        return address[15] == 1 ? AddressKind::loopback : AddressKind::unspecified;
    }
    const bool mapped = begins(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff});
    const bool translated = begins(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0});     // RFC 2765
    const bool compatible = begins(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    const bool nat64 = begins(bytes, {0x00, 0x64, 0xff, 0x9b});                            // RFC 6052, and 8215's own prefix
    if (mapped || translated || compatible || nat64) return carried(12);
    if (begins(bytes, {0x20, 0x02})) return carried(2);                                    // 6to4, RFC 3056
    if (address[0] == 0xfe && (address[1] & 0xc0U) == 0x80) return AddressKind::link_local;
    if (address[0] == 0xff) return AddressKind::multicast;
    return AddressKind::open;
}

bool is_dotted_quad(std::string_view host) {
    const auto parts = split(host, '.');
    return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
               if (part.empty() || part.size() > 3 || part.find_first_not_of("0123456789") != std::string_view::npos) return false;
               if (part.size() > 1 && part.front() == '0') return false;
               return part.size() < 3 || part <= "255";
           });
}

struct HostAndPort {
    std::string_view host;
    int port = 0;                    // 0: any
};

std::optional<HostAndPort> read_entry(std::string_view entry) {
    HostAndPort read;
    std::string_view port;
    if (entry.starts_with('[')) {
        const std::size_t close = entry.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        read.host = entry.substr(1, close - 1);
        port = entry.substr(close + 1);
    } else {
        const std::size_t colon = std::min(entry.find(':'), entry.size());
        read.host = entry.substr(0, colon);
        port = entry.substr(colon);
    }
    if (read.host.empty() || read.host.find_first_of("/@*, ") != std::string_view::npos) return std::nullopt;
    if (port.empty()) return read;
    port.remove_prefix(1);
    if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    for (const char c : port) read.port = read.port * 10 + (c - '0');
    if (read.port == 0 || read.port > 65'535) return std::nullopt;
    return read;
}

}  // namespace

AddressKind address_kind(std::span<const std::uint8_t> address) {
    if (address.size() == 4) {
        Four four{};
        std::copy(address.begin(), address.end(), four.begin());
        return kind_of_four(four);
    }
    if (address.size() != 16) return AddressKind::unspecified;
    Six six{};
    std::copy(address.begin(), address.end(), six.begin());
    return kind_of_six(six);
}

std::string_view to_string(AddressKind kind) {
    switch (kind) {
        case AddressKind::open: return "open";
        case AddressKind::loopback: return "loopback";
        case AddressKind::link_local: return "link-local";
        case AddressKind::unspecified: return "no address of a machine";
        case AddressKind::multicast: return "multicast or reserved";
        case AddressKind::metadata: return "a metadata service";
    }
    return "";
}

// As the URL standard of browsers has it: what ends in a number is an IPv4 address for somebody.
bool is_disguised_address(std::string_view host) {
    if (host.find(':') != std::string_view::npos || is_dotted_quad(host)) return false;
    if (host.ends_with('.')) host.remove_suffix(1);
    const auto parts = split(host, '.');
    const std::string last = ascii_lower(parts.back());
    if (last.empty()) return true;
    if (last.find_first_not_of("0123456789") == std::string::npos) return true;
    return last.starts_with("0x") && last.find_first_not_of("0123456789abcdef", 2) == std::string::npos;
}

bool host_listed(const std::vector<std::string>& list, std::string_view host, int port) {
    return std::any_of(list.begin(), list.end(), [&](const std::string& entry) {
        const auto read = read_entry(entry);
        return read && ascii_lower(read->host) == host && (read->port == 0 || read->port == port);
    });
}

bool is_host_entry(std::string_view entry) { return read_entry(entry).has_value(); }

Result<void> AddressGuard::check_kind(const Url& url, AddressKind kind) const {
    if (kind == AddressKind::open || host_listed(allowed_, url.host, url.port)) return {};
    return Error{ErrorCode::io, url.authority() + " leads to an address that is " + std::string(to_string(kind)) +
                                    ", where nothing is connected to unless the host is allowed"};
}

Result<void> AddressGuard::check(const Url& url, const sockaddr& address) const {
    if (is_disguised_address(url.host)) return check_written(url);
    if (address.sa_family == AF_INET) {
        sockaddr_in four{};
        std::memcpy(&four, &address, sizeof four);
        Four bytes{};
        std::memcpy(bytes.data(), &four.sin_addr, bytes.size());
        return check_kind(url, address_kind(bytes));
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 six{};
        std::memcpy(&six, &address, sizeof six);
        Six bytes{};
        std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
        return check_kind(url, address_kind(bytes));
    }
    return check_kind(url, AddressKind::unspecified);
}

Result<void> AddressGuard::check_written(const Url& url) const {
    if (is_disguised_address(url.host)) return Error{ErrorCode::io, "the host " + url.host + " is an address in a spelling that is not taken"};
    Six bytes{};
    if (::inet_pton(AF_INET, url.host.c_str(), bytes.data()) == 1) return check_kind(url, address_kind(std::span(bytes).first(4)));
    if (::inet_pton(AF_INET6, url.host.c_str(), bytes.data()) == 1) return check_kind(url, address_kind(bytes));
    return url.names_loopback() ? check_kind(url, AddressKind::loopback) : Result<void>();
}

}  // namespace headgate::io
