// What is told of the certificate that is served.
#include <catch2/catch.hpp>

#include "crypto/self_made_ca.hpp"
#include "io/atomic_file.hpp"
#include "recipes/temporary_folder.hpp"
#include "server/tls_holder.hpp"

using namespace headgate;
using namespace headgate::server;

namespace {

constexpr std::int64_t kDay = 86'400;
constexpr Instant kBegin{1'800'000'000};

Instant after(std::int64_t days) { return {kBegin.seconds + days * kDay}; }

// A folder whose certificate somebody else renews.
struct World {
    TemporaryFolder folder;
    crypto::CertifiedKey authority = crypto::make_authority("Test CA", kBegin, after(3650)).value();
    TlsHolder holder{{folder.path("tls.crt"), folder.path("tls.key"), ""}, std::nullopt};

    void renew(Instant from, std::int64_t days) {
        const std::vector<std::string> names = {"localhost"};
        const auto made = crypto::make_server_certificate(authority, names, from, {from.seconds + days * kDay}).value();
        REQUIRE(io::write_file_atomically(folder.path("tls.key"), made.private_key, 0600).ok());
        REQUIRE(io::write_file_atomically(folder.path("tls.crt"), made.certificate, 0644).ok());
        REQUIRE(holder.reload(from).ok());
    }
};

bool says(const std::vector<std::string>& news, const std::string& words) { return news.size() == 1 && news.front().find(words) != std::string::npos; }

}  // namespace

TEST_CASE("a certificate is told of when it is another, and once a day in its last week") {
    World world;
    world.renew(kBegin, 60);
    CHECK(says(world.holder.news(kBegin), "until " + format_instant(after(60))));
    CHECK(world.holder.metrics().find("\nheadgate_tls_certificate_not_after_seconds " + std::to_string(after(60).seconds) + "\n") != std::string::npos);
    CHECK(world.holder.news(after(1)).empty());
    REQUIRE(world.holder.reload(after(2)).ok());
    CHECK(world.holder.news(after(53)).empty());
    CHECK(says(world.holder.news(after(54)), "ends soon"));
    CHECK(world.holder.news({after(54).seconds + 3600}).empty());
    CHECK(says(world.holder.news(after(55)), "ends soon"));
    CHECK(says(world.holder.news(after(61)), "has ended"));
    world.renew(after(61), 60);
    CHECK(says(world.holder.news(after(61)), "served: sha256:"));
    CHECK(world.holder.news(after(62)).empty());
}

TEST_CASE("of a certificate of a day the last third is near its end, and no more") {
    World world;
    world.renew(kBegin, 1);
    CHECK(says(world.holder.news(kBegin), "served: "));
    CHECK(world.holder.news({kBegin.seconds + kDay / 2}).empty());
    CHECK(says(world.holder.news({kBegin.seconds + kDay * 3 / 4}), "ends soon"));
}

TEST_CASE("without TLS there is nothing to tell") {
    TlsHolder holder({}, std::nullopt);
    REQUIRE(holder.reload(kBegin).ok());
    CHECK(holder.news(kBegin).empty());
    CHECK(holder.metrics().empty());
}

TEST_CASE("a certificate that does not load leaves the last one, and what is told of it") {
    World world;
    world.renew(kBegin, 60);
    CHECK(world.holder.news(kBegin).size() == 1);
    REQUIRE(io::write_file_atomically(world.folder.path("tls.crt"), std::string("no certificate"), 0644).ok());
    CHECK_FALSE(world.holder.reload(after(1)).ok());
    CHECK(world.holder.news(after(1)).empty());
    CHECK(says(world.holder.news(after(59)), "ends soon"));
}
