#include "sigstore/sct.hpp"

#include <catch2/catch.hpp>

#include "recipes/sigstore_world.hpp"

using namespace headgate;
using namespace headgate::sigstore;
using namespace headgate::recipes;

namespace {

const std::vector<LogInstance>& logs() {
    static const std::vector<LogInstance> kLogs = world().trusted_root().ct_logs;
    return kLogs;
}

Result<std::size_t> count(const LeafRecipe& wish, const crypto::Certificate& issuer = world().issuer) {
    return verify_scts(world().leaf(wish), issuer, logs(), Instant{kNow});
}

void check_refused(const Result<std::size_t>& result, const std::string& why) {
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message, Catch::Contains(why));
}

}  // namespace

TEST_CASE("an SCT counts once a log") {
    CHECK(count({}).value() == 1);
    LeafRecipe wish;
    wish.scts = 0;
    CHECK(count(wish).value() == 0);
    wish.scts = 2;  // the same one twice
    CHECK(count(wish).value() == 1);
    wish.scts = 1;
    wish.sct_extension = Bytes{0, 0, 5, 0, 0, 0, 0, 9};  // the leaf index of a static log
    CHECK(count(wish).value() == 1);
}

TEST_CASE("the issuer is the certificate that verified the leaf") {
    LeafRecipe wish;
    wish.wrong_sct_issuer = true;
    check_refused(count(wish), "does not verify");
    CHECK(verify_scts(world().leaf(wish), world().root, logs(), Instant{kNow}).value() == 1);  // over the key of the one that it names
    check_refused(count({}, world().root), "does not verify");
}

TEST_CASE("an SCT of an unknown log counts for nothing, one out of the log's time is refused") {
    CHECK(verify_scts(world().leaf(), world().issuer, {}, Instant{kNow}).value() == 0);
    LeafRecipe wish;
    wish.sct_time = 1'600'000'000;  // before 2022
    check_refused(count(wish), "not in use");
}

TEST_CASE("an SCT from the future is refused (RFC 6962, 5.2)") {
    const auto at = [](std::int64_t now) { return verify_scts(world().leaf(), world().issuer, logs(), Instant{now}); };
    for (const std::int64_t now : {kNow - 60, kNow, kNow + 315'360'000}) CHECK(at(now).value() == 1);
    check_refused(at(kNow - 61), "later than now");
    // One of a log that nobody knows says nothing about time either.
    CHECK(verify_scts(world().leaf(), world().issuer, {}, Instant{0}).value() == 0);
}

TEST_CASE("a log that is listed once for each time in which it was in use") {
    const LogInstance& log = logs().front();
    LogInstance before = log;
    before.valid_for = {Instant{kNow - 1000}, Instant{kNow - 1}};
    LogInstance after = log;
    after.valid_for = {Instant{kNow}, std::nullopt};
    for (const auto& list : {std::vector{before, after}, std::vector{after, before}}) {
        CHECK(verify_scts(world().leaf(), world().issuer, list, Instant{kNow}).value() == 1);
    }
    check_refused(verify_scts(world().leaf(), world().issuer, {before}, Instant{kNow}), "not in use");
    LeafRecipe between;
    between.sct_time = kNow - 1001;
    check_refused(verify_scts(world().leaf(between), world().issuer, {after, before}, Instant{kNow}), "not in use");
}

TEST_CASE("a certificate that was changed after it was logged") {
    LeafRecipe wish;
    wish.san = "critical,URI:https://other.example";
    const auto list = world().leaf().extension(crypto::kOidSctList).value();
    wish.scts = 0;
    wish.extra = {{std::string(crypto::kOidSctList), list, false}};
    check_refused(count(wish), "does not verify");
}

TEST_CASE("an SCT list is read whole or not at all") {
    const Bytes list = world().leaf().extension(crypto::kOidSctList).value();
    REQUIRE(parse_scts(list).ok());
    CHECK(parse_scts(list)->front().milliseconds == std::uint64_t{kNow} * 1000);
    CHECK(parse_scts(list)->front().ecdsa);
    for (std::size_t length = 0; length < list.size(); ++length) CHECK_FALSE(parse_scts(ByteView(list).first(length)).ok());
    Bytes longer = list;
    longer.push_back(0);
    CHECK_FALSE(parse_scts(longer).ok());
    // Tag and lengths, version, algorithms: each byte that is no payload.
    const auto changed = [&](std::size_t at, std::uint8_t value) {
        Bytes other = list;
        other.at(at) = value;
        return parse_scts(other).ok();
    };
    const std::size_t head = list.size() - 4U - 1U - 32U;  // only to be sure that there is one
    REQUIRE(head > 0);
    CHECK_FALSE(changed(0, 0x05));
    const std::size_t outer = list[1] == 0x81 ? 3 : 2;
    CHECK_FALSE(changed(outer + 1, static_cast<std::uint8_t>(list[outer + 1] + 1)));  // the list's length
    CHECK_FALSE(changed(outer + 3, static_cast<std::uint8_t>(list[outer + 3] - 1)));  // the SCT's length
    CHECK_FALSE(changed(outer + 4, 1));                                                // version 2
    const std::size_t algorithm = outer + 4 + 1 + 32 + 8 + 2;
    CHECK_FALSE(changed(algorithm, 2));                                                // SHA-1
    CHECK_FALSE(changed(algorithm + 1, 2));                                            // DSA
    LeafRecipe many;
    many.scts = static_cast<int>(kMaxScts);
    CHECK(count(many).value() == 1);
    many.scts = static_cast<int>(kMaxScts) + 1;
    check_refused(count(many), "more than 16");
}
