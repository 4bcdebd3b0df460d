// name_lookup.hpp: the addresses of a host, in time. The system's resolver waits as long as it likes: it does so in a thread of its own,
// which is left behind where it is late. Private to io/.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.hpp"

struct addrinfo;

namespace headgate::io {

struct FreeAddresses {
    void operator()(addrinfo* list) const;
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

inline constexpr int kMaxLookups = 128;      // that wait for the resolver at once, in this process

/// For streams. Error{io}: it has none, or too many names are being looked up; Error{deadline}: nothing was heard in time. An address that
/// is written as such needs nobody.
Result<Addresses> look_up(const std::string& host, int port, std::chrono::steady_clock::time_point deadline);

}  // namespace headgate::io
