// Where nothing is connected to: addresses by what they are, hosts by how they are written.
#include "io/http_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstring>

using namespace headgate;
using io::AddressKind;

namespace {

AddressKind kind(const char* text) {
    std::array<std::uint8_t, 16> bytes{};
    if (::inet_pton(AF_INET, text, bytes.data()) == 1) return io::address_kind(std::span(bytes).first(4));
    REQUIRE(::inet_pton(AF_INET6, text, bytes.data()) == 1);
    return io::address_kind(bytes);
}

}  // namespace

TEST_CASE("addresses of this machine, its link and its cloud are told, in every form") {
    for (const char* text : {"127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "::127.0.0.2",
                             "::ffff:0:127.0.0.1"}) {
        INFO(text);
        CHECK(kind(text) == AddressKind::loopback);
    }
    for (const char* text : {"169.254.0.1", "fe80::1", "febf::1", "::ffff:169.254.1.1"}) {
        INFO(text);
        CHECK(kind(text) == AddressKind::link_local);
    }
    for (const char* text : {"169.254.169.254", "100.100.100.200", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd20:ce::254"}) {
        INFO(text);
        CHECK(kind(text) == AddressKind::metadata);
    }
    for (const char* text : {"0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"}) {
        INFO(text);
        CHECK(kind(text) == AddressKind::unspecified);
    }
    for (const char* text : {"224.0.0.1", "239.1.1.1", "255.255.255.255", "ff02::1"}) {
        INFO(text);
        CHECK(kind(text) == AddressKind::multicast);
    }
    for (const char* text : {"10.0.0.1", "192.168.1.1", "126.255.255.255", "128.0.0.1", "169.253.255.255", "169.255.0.1", "100.100.100.201", "223.255.255.255", "2001:db8::1",
                             "fec0::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"}) {
        INFO(text);
        CHECK(kind(text) == AddressKind::open);
    }
    CHECK(io::address_kind({}) == AddressKind::unspecified);
}

TEST_CASE("an address in disguise is told from a name") {
    for (const char* host : {"2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.01", "127.0.0.256", "a.0x1", "1.2.3.4.5", "127.0.0.1.", "x.1"}) {
        INFO(host);
        CHECK(io::is_disguised_address(host));
    }
    for (const char* host : {"127.0.0.1", "10.0.0.255", "registry.example", "1password.example", "0x7f.example", "::1", "a1"}) {
        INFO(host);
        CHECK_FALSE(io::is_disguised_address(host));
    }
}

TEST_CASE("hosts are allowed by name and port") {
    const std::vector<std::string> list = {"a.example", "B.example:5000", "[::1]:5000"};
    CHECK(io::host_listed(list, "a.example", 1));
    CHECK(io::host_listed(list, "b.example", 5000));
    CHECK(io::host_listed(list, "::1", 5000));
    CHECK_FALSE(io::host_listed(list, "b.example", 5001));
    CHECK_FALSE(io::host_listed(list, "xa.example", 1));
    CHECK_FALSE(io::host_listed(list, "a.example.evil.example", 1));
    for (const char* bad : {"", ":5", "a:", "a:0", "a:65536", "a:5x", "a/b", "*.example", "[::1", "u@a"}) {
        INFO(bad);
        CHECK_FALSE(io::is_host_entry(bad));
    }
}

TEST_CASE("the guard looks at every address, and an allowed host may be anywhere") {
    const io::AddressGuard guard({"mine.example:5000"});
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_addr.s_addr = htonl(0x7f000001);
    sockaddr address{};
    std::memcpy(&address, &four, sizeof address);
    const auto check = [&](const char* url) { return guard.check(io::parse_url(url).value(), address).ok(); };
    CHECK(check("https://mine.example:5000"));
    CHECK_FALSE(check("https://mine.example"));
    CHECK_FALSE(check("https://registry.example"));
    const auto written = [&](const char* url) { return guard.check_written(io::parse_url(url).value()).ok(); };
    CHECK_FALSE(written("https://169.254.169.254"));
    CHECK_FALSE(written("https://[::ffff:169.254.169.254]"));
    CHECK_FALSE(written("https://localhost"));
    CHECK_FALSE(written("https://2852039166"));
    CHECK_FALSE(written("https://0xa9fea9fe"));
    CHECK(written("https://registry.example"));
    CHECK(written("https://10.0.0.1"));
}
