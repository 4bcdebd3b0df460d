// address.hpp: listening sockets and accepted ones. Peer addresses come from the socket, never from a header.
#pragma once

#include <string>

#include "base/result.hpp"
#include "io/directory.hpp"

namespace headgate::server {

struct BoundSocket {
    io::Descriptor socket;
    int port = 0;
};
/// "HOST:PORT", "[IPV6]:PORT" or ":PORT"; HOST is a numeric address or "localhost".
Result<BoundSocket> bind_and_listen(const std::string& text);

struct AcceptedSocket {
    io::Descriptor socket;           // invalid when nobody waits
    std::string peer;                // numeric address
};
AcceptedSocket accept_one(int listener);

}  // namespace headgate::server
