// A folder with an authority of its own, over the years.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <thread>

#include "crypto/self_made_ca.hpp"
#include "io/atomic_file.hpp"
#include "io/certificate_folder.hpp"
#include "io/file_source.hpp"
#include "recipes/temporary_folder.hpp"

using namespace headgate;
using namespace headgate::io;

namespace {

constexpr std::int64_t kDay = 86'400;
constexpr Instant kBegin{1'800'000'000};

CertificateFolder certificates_in(const TemporaryFolder& folder) {
    return {folder.path("."), {"headgate.headgate-system.svc", "headgate.headgate-system.svc.cluster.local", "127.0.0.1"}, {}};
}

std::string text_of_file(const std::string& path) {
    const auto bytes = read_file(path, 1U << 20U);
    REQUIRE(bytes.ok());
    return std::string(as_text(*bytes));
}

Instant after(std::int64_t days) { return {kBegin.seconds + days * kDay}; }

RenewedCertificates renewed(const CertificateFolder& folder, Instant now) {
    const auto made = renew_certificates(folder, now);
    REQUIRE(made.ok());
    const auto chains = served_chains_to_bundle(folder.certificate(), folder.bundle(), now);
    CHECK(chains.ok());
    return *made;
}

}  // namespace

TEST_CASE("a folder gets its certificates once, and keys that others cannot read") {
    const TemporaryFolder temporary;
    const CertificateFolder folder = certificates_in(temporary);
    const RenewedCertificates first = renewed(folder, kBegin);
    CHECK((first.authority && first.server));
    const RenewedCertificates second = renewed(folder, after(1));
    CHECK_FALSE((second.authority || second.server));
    for (const std::string& key : {folder.authority_key(), folder.private_key()}) {
        struct stat status {};
        REQUIRE(::stat(key.c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0600U);
    }
    const auto served = crypto::Certificate::from_pem(text_of_file(folder.certificate()));
    REQUIRE(served.ok());
    CHECK_FALSE(served->is_ca());
    CHECK(served->alt_names().size() == 3);
    CHECK(served->has_extended_key_usage(crypto::kEkuServerAuth));
}

TEST_CASE("the server's certificate is renewed at two thirds, under the same authority") {
    const TemporaryFolder temporary;
    const CertificateFolder folder = certificates_in(temporary);
    renewed(folder, kBegin);
    const std::string bundle = text_of_file(folder.bundle());
    CHECK_FALSE(renewed(folder, after(39)).server);
    const RenewedCertificates later = renewed(folder, after(41));
    CHECK(later.server);
    CHECK_FALSE(later.authority);
    CHECK(text_of_file(folder.bundle()) == bundle);
    CertificateFolder other = folder;
    other.names = {"other.example"};
    CHECK(renewed(other, after(42)).server);
}

TEST_CASE("a new authority is published long before it signs") {
    const TemporaryFolder temporary;
    const CertificateFolder folder = certificates_in(temporary);
    renewed(folder, kBegin);
    const std::string old_bundle = text_of_file(folder.bundle());
    const std::int64_t due = 5 * 365 * 2 / 3 + 2;
    renewed(folder, after(due - 10));
    const std::string served = text_of_file(folder.certificate());
    CHECK(renewed(folder, after(due)).authority);
    const std::string bundle = text_of_file(folder.bundle());
    CHECK(bundle.size() > old_bundle.size());
    CHECK(bundle.starts_with(old_bundle));
    // Whoever still trusts the old bundle takes what is served until the next renewal.
    CHECK(text_of_file(folder.certificate()) == served);
    REQUIRE(write_file_atomically(temporary.path("old.crt"), old_bundle).ok());
    CHECK(served_chains_to_bundle(folder.certificate(), temporary.path("old.crt"), after(due + 20)).ok());
    CHECK(renewed(folder, after(due + 41)).server);
    CHECK_FALSE(served_chains_to_bundle(folder.certificate(), temporary.path("old.crt"), after(due + 41)).ok());
}

TEST_CASE("what is broken is made again") {
    const TemporaryFolder temporary;
    const CertificateFolder folder = certificates_in(temporary);
    renewed(folder, kBegin);
    REQUIRE(write_file_atomically(folder.private_key(), "none").ok());
    CHECK_FALSE(renewed(folder, after(1)).authority);
    REQUIRE(write_file_atomically(folder.authority_key(), "none").ok());
    CHECK(renewed(folder, after(2)).authority);
    REQUIRE(write_file_atomically(folder.bundle(), "none").ok());
    CHECK_FALSE(served_chains_to_bundle(folder.certificate(), folder.bundle(), after(3)).ok());
    const RenewedCertificates again = renewed(folder, after(3));
    CHECK((again.authority && again.server));
}

TEST_CASE("several at once make one authority") {
    const TemporaryFolder temporary;
    const CertificateFolder folder = certificates_in(temporary);
    std::vector<int> made(4, 0);
    std::vector<std::thread> replicas;
    for (int& one : made) {
        replicas.emplace_back([&] {
            const auto answer = renew_certificates(folder, kBegin);
            one = !answer.ok() ? 100 : answer->authority ? 1 : 0;
        });
    }
    for (std::thread& replica : replicas) replica.join();
    CHECK(made[0] + made[1] + made[2] + made[3] == 1);
}

TEST_CASE("certificates for names that are none are refused") {
    const auto authority = crypto::make_authority("Headgate CA", kBegin, after(100));
    REQUIRE(authority.ok());
    const auto made = [&](const std::vector<std::string>& names, Instant until) { return crypto::make_server_certificate(*authority, names, kBegin, until).ok(); };
    CHECK(made({"a.example"}, after(10)));
    CHECK(made({std::string(70, 'a') + ".example"}, after(10)));
    CHECK_FALSE(made({}, after(10)));
    CHECK_FALSE(made({"a.example,IP:10.0.0.1"}, after(10)));
    CHECK_FALSE(made({"a b"}, after(10)));
    CHECK_FALSE(made({"a\n"}, after(10)));
    CHECK_FALSE(made({"a.example"}, after(101)));   // longer than its authority
    const auto other = crypto::make_authority("Headgate CA", kBegin, after(100));
    REQUIRE(other.ok());
    CHECK_FALSE(crypto::make_server_certificate({authority->certificate, other->private_key}, std::vector<std::string>{"a.example"}, kBegin, after(10)).ok());
}

TEST_CASE("the server's certificate alone is renewed under the authority that is there, or not at all") {
    const TemporaryFolder temporary;
    const CertificateFolder folder = certificates_in(temporary);
    CHECK_FALSE(renew_server_certificate(folder, kBegin).ok());
    renewed(folder, kBegin);
    const std::string bundle = text_of_file(folder.bundle());
    const std::string key = text_of_file(folder.authority_key());
    const std::string first = text_of_file(folder.certificate());
    REQUIRE(renew_server_certificate(folder, after(39)).ok());
    CHECK(text_of_file(folder.certificate()) == first);
    const auto later = renew_server_certificate(folder, after(41));
    REQUIRE(later.ok());
    CHECK((later->server && !later->authority));
    CHECK(text_of_file(folder.certificate()) != first);
    const auto again = renew_server_certificate(folder, after(42));
    REQUIRE(again.ok());
    CHECK_FALSE(again->server);
    // An authority that is due is another one's affair: it signs as long as it can.
    const auto late = renew_server_certificate(folder, after(4 * 365));
    REQUIRE(late.ok());
    CHECK(late->server);
    CHECK_FALSE(renew_server_certificate(folder, after(5 * 365 - 10)).ok());
    CHECK(text_of_file(folder.bundle()) == bundle);
    CHECK(text_of_file(folder.authority_key()) == key);
    REQUIRE(write_file_atomically(folder.authority_key(), std::string("lost"), 0600).ok());
    CHECK_FALSE(renew_server_certificate(folder, after(42)).ok());
    CHECK(text_of_file(folder.bundle()) == bundle);
}

TEST_CASE("the folder is its owner's alone, and a certificate says its names") {
    const TemporaryFolder temporary;
    const CertificateFolder folder{temporary.path("tls"), {"a.example", "127.0.0.1", "2001:db8::1"}, {}};
    CHECK(names_in_certificate(folder).empty());
    REQUIRE(make_certificate_folder(folder).ok());
    REQUIRE(make_certificate_folder(folder).ok());
    struct stat status {};
    REQUIRE(::stat(folder.folder.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0700U);
    renewed(folder, kBegin);
    const CertificateFolder same{folder.folder, names_in_certificate(folder), {}};
    CHECK(same.names == std::vector<std::string>{"a.example", "127.0.0.1", "2001:db8:0:0:0:0:0:1"});
    const RenewedCertificates again = renewed(same, after(1));
    CHECK_FALSE((again.authority || again.server));
    CHECK(names_in_certificate(same) == same.names);
    CHECK_FALSE(make_certificate_folder({temporary.path("not/there"), {}, {}}).ok());
}
