// http_address.hpp: which addresses a host may lead to, where hosts are named by people who are not trusted (server-side request
// forgery: an image named "169.254.169.254/x", a redirect to a loopback service, a name whose address is one of these).
//
// Asked for every address that a name has, after the look-up and before the connection, which goes to exactly those addresses.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "io/url.hpp"

struct sockaddr;

namespace headgate::io {

enum class AddressKind { open, loopback, link_local, unspecified, multicast, metadata };

/// 4 or 16 bytes, as in a packet; of any other length it is `unspecified`. IPv6 addresses that carry one of IPv4 (mapped, compatible,
/// NAT64, 6to4) are what that one is. Networks of one's own (10/8, fc00::/7, ...) are open: registries stand there.
AddressKind address_kind(std::span<const std::uint8_t> address);
/// "loopback", "link-local", ...
std::string_view to_string(AddressKind kind);

/// A host that some resolvers read as an IPv4 address, though it is none by the letter: 2130706433, 0x7f.1, 0177.0.0.1, 127.1.
bool is_disguised_address(std::string_view host);

/// "host" (any port), "host:port", "[v6]:port": whether one of them is this host and port. Hosts in lower case.
bool host_listed(const std::vector<std::string>& list, std::string_view host, int port);
/// Whether an entry of such a list is written as one.
bool is_host_entry(std::string_view entry);

class AddressGuard {
  public:
    /// `allowed`: hosts (as above) that may be anywhere.
    explicit AddressGuard(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {}

    /// Error{io} that names host and kind. A disguised address is refused whatever is allowed.
    Result<void> check(const Url& url, const sockaddr& address) const;
    /// The same for what the URL itself says, without a look-up.
    Result<void> check_written(const Url& url) const;

  private:
    Result<void> check_kind(const Url& url, AddressKind kind) const;
    std::vector<std::string> allowed_;
};

}  // namespace headgate::io
