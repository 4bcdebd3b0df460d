// Facts of images: by digest, for as long as they hold, examined once.
#include <catch2/catch.hpp>

#include <thread>

#include "pipeline/registry_images.hpp"
#include "unit/pipeline/fake_registry.hpp"

using namespace headgate;
using fake::FakeRegistry;

namespace {

constexpr Instant kNow{1'800'000'000};

io::Deadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }
io::Deadline soon() { return in(std::chrono::seconds(20)); }

Reference tagged(const std::string& tag = "1") { return *parse_reference("oci:registry.example/acme/app:" + tag); }

struct World {
    FakeRegistry registry{};
    pipeline::LoadedPolicy loaded{};
    pipeline::RegistryImages images;

    explicit World(pipeline::RegistryImages::Limits limits = {}) : images(registry.source(), limits) {
        loaded.policy.digest = "sha256:one";
        registry.tag("1", registry.image());
    }
    auto ask(const Reference& reference, Instant now = kNow) { return images.examine(loaded, reference, now, soon(), nullptr); }
};

}  // namespace

TEST_CASE("a digest is examined once, under whatever name it is asked for") {
    World world;
    const auto first = world.ask(tagged());
    REQUIRE(first.ok());
    const std::string digest = world.registry.tags["1"];
    CHECK((*first)->subject.ref == "oci:registry.example/acme/app:1@" + digest);
    const int before = world.registry.requests;
    const auto pinned = world.ask(*parse_reference("oci:registry.example/acme/app@" + digest));
    REQUIRE(pinned.ok());
    CHECK((*pinned)->subject.ref == "oci:registry.example/acme/app@" + digest);
    CHECK(world.registry.requests == before);        // known, nobody was asked
    // Beside a digest a tag says nothing.
    const auto both = world.ask(*parse_reference("oci:registry.example/acme/app:gone@" + digest));
    REQUIRE(both.ok());
    CHECK((*both)->subject.ref == "oci:registry.example/acme/app:gone@" + digest);
    CHECK(world.images.counts().examined == 1);
    CHECK(world.images.counts().hits == 2);

    // A tag is asked for each time: where it leads now counts.
    world.registry.tag("1", world.registry.image("another"));
    const auto moved = world.ask(tagged());
    REQUIRE(moved.ok());
    CHECK("sha256:" + (*moved)->subject.digest.sha256 == world.registry.tags["1"]);
    CHECK(world.images.counts().examined == 2);
}

TEST_CASE("facts end with their age, with a key's window, and with the policy") {
    World world;
    REQUIRE(world.ask(tagged()).ok());
    REQUIRE(world.ask(tagged(), {kNow.seconds + 3599}).ok());
    CHECK(world.images.counts().examined == 1);
    REQUIRE(world.ask(tagged(), {kNow.seconds + 3600}).ok());
    CHECK(world.images.counts().examined == 2);
    REQUIRE(world.ask(tagged(), {kNow.seconds - 1}).ok());   // as of before they were found
    CHECK(world.images.counts().examined == 3);

    World windows;
    TrustedKey ends, begins;
    ends.name = "ends";
    ends.not_after = Instant{kNow.seconds + 10};
    begins.name = "begins";
    begins.not_before = Instant{kNow.seconds + 20};
    windows.loaded.policy.keys = {ends, begins};
    const auto examined_at = [&](std::int64_t after) {
        REQUIRE(windows.ask(tagged(), {kNow.seconds + after}).ok());
        return windows.images.counts().examined;
    };
    CHECK(examined_at(0) == 1);
    CHECK(examined_at(10) == 1);                     // its last second
    CHECK(examined_at(11) == 2);
    CHECK(examined_at(19) == 2);
    CHECK(examined_at(20) == 3);

    World policies;
    REQUIRE(policies.ask(tagged()).ok());
    policies.loaded.policy.digest = "sha256:two";
    REQUIRE(policies.ask(tagged()).ok());
    CHECK(policies.images.counts().examined == 2);
    policies.loaded.policy.keys = {ends};
    REQUIRE(policies.ask(tagged()).ok());
    CHECK(policies.images.counts().examined == 3);
}

TEST_CASE("no more is kept than the limits say, and a failure never") {
    World world({1, 32U << 20U, std::chrono::seconds(3600)});
    world.registry.tag("2", world.registry.image("two"));
    REQUIRE(world.ask(tagged("1")).ok());
    REQUIRE(world.ask(tagged("2")).ok());
    REQUIRE(world.ask(tagged("1")).ok());
    CHECK(world.images.counts().examined == 3);

    World nothing({10, 10, std::chrono::seconds(3600)});
    REQUIRE(nothing.ask(tagged()).ok());
    REQUIRE(nothing.ask(tagged()).ok());
    CHECK(nothing.images.counts().examined == 2);

    World failing;
    failing.registry.broken = {failing.registry.tags["1"], "1"};
    const auto refused = failing.ask(tagged());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::io);
    CHECK(refused.error().message.starts_with("oci:registry.example/acme/app:1: "));
    CHECK(failing.images.counts().failed == 1);
    failing.registry.broken.clear();
    CHECK(failing.ask(tagged()).ok());
    const auto missing = failing.ask(tagged("gone"));
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().code == ErrorCode::not_found);
}

TEST_CASE("many who ask for one image at once cost one examination, and each waits no longer than it may") {
    World world;
    world.registry.slow = std::chrono::milliseconds(100);
    const Reference pinned = *parse_reference("oci:registry.example/acme/app@" + world.registry.tags["1"]);
    std::atomic<int> answered{0}, late{0};
    std::vector<std::thread> askers;
    for (int i = 0; i < 16; ++i) {
        askers.emplace_back([&] { answered += world.images.examine(world.loaded, pinned, kNow, soon(), nullptr).ok() ? 1 : 0; });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    askers.emplace_back([&] {
        const auto begun = std::chrono::steady_clock::now();
        const auto impatient = world.images.examine(world.loaded, pinned, kNow, in(std::chrono::milliseconds(30)), nullptr);
        const bool in_time = std::chrono::steady_clock::now() - begun < std::chrono::milliseconds(150);
        late += !impatient.ok() && impatient.error().code == ErrorCode::deadline && in_time ? 1 : 0;
    });
    for (std::thread& asker : askers) asker.join();
    CHECK(answered == 16);
    CHECK(late == 1);
    CHECK(world.images.counts().examined == 1);
    CHECK(world.images.counts().failed == 1);
}
