#include "sigstore/signing_config.hpp"

#include <catch2/catch.hpp>

using namespace headgate;
using namespace headgate::sigstore;

namespace {

const Instant kNow = *parse_instant("2026-01-01T00:00:00Z");

std::string service(const std::string& url, int version, const std::string& start, const std::string& owner, const std::string& end = "") {
    return R"({"url":")" + url + R"(","majorApiVersion":)" + std::to_string(version) + R"(,"validFor":{"start":")" + start + "\"" +
           (end.empty() ? "" : R"(,"end":")" + end + "\"") + R"(},"operator":")" + owner + "\"}";
}

std::string config(const std::string& logs, const std::string& log_selection = R"({"selector":"ANY"})") {
    return R"({"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","caUrls":[)" +
           service("https://fulcio.example", 1, "2024-01-01T00:00:00Z", "acme") + R"(],"oidcUrls":[],"rekorTlogUrls":[)" + logs +
           R"(],"rekorTlogConfig":)" + log_selection + R"(,"tsaUrls":[)" +
           service("https://tsa.example/api/v1/timestamp", 1, "2024-01-01T00:00:00Z", "acme") + R"(],"tsaConfig":{"selector":"ALL"}})";
}

const std::string kOne = service("https://rekor.example", 1, "2024-01-01T00:00:00Z", "acme");

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

void check_refused(const std::string& json, const std::string& why) {
    const auto read = parse_signing_config(as_bytes(json));
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == ErrorCode::malformed);
    CHECK_THAT(read.error().message, Catch::Contains(why));
}

// URLs of the logs that are chosen, or what is wrong.
std::string chosen(const std::string& logs, const std::string& selection, Instant now = kNow) {
    const auto read = parse_signing_config(as_bytes(config(logs, selection)));
    REQUIRE(read.ok());
    const std::vector<std::uint64_t> versions = {2, 1};
    const auto services = choose_services(read->logs, read->log_selection, versions, now, "logs");
    if (!services.ok()) return services.error().message;
    std::string urls;
    for (const Service& one : *services) urls += (urls.empty() ? "" : " ") + one.url;
    return urls;
}

}  // namespace

TEST_CASE("a signing config names services of each kind") {
    const SigningConfig read = parse_signing_config(as_bytes(config(kOne))).value();
    CHECK(read.certificate_authorities.at(0).url == "https://fulcio.example");
    CHECK(read.logs.at(0).version == 1);
    CHECK(read.logs.at(0).operated_by == "acme");
    CHECK(read.log_selection.selector == Selector::any);
    CHECK(read.timestamp_selection.selector == Selector::all);
    CHECK(read.identity_providers.empty());
}

TEST_CASE("what nobody knows in a signing config is refused") {
    const std::string json = config(kOne);
    check_refused("{}", "mediaType");
    check_refused(replaced(json, "v0.2", "v0.1"), "mediaType");
    check_refused(replaced(json, "\"caUrls\"", "\"caUrl\""), "\"caUrl\"");
    check_refused(replaced(json, "\"operator\"", "\"operators\""), "\"operators\"");
    check_refused(replaced(json, "https://fulcio", "file://fulcio"), "no http or https URL");
    check_refused(replaced(json, "\"majorApiVersion\":1", "\"majorApiVersion\":-1"), "majorApiVersion");
    check_refused(replaced(json, R"("start":"2024-01-01T00:00:00Z")", ""), "start");
    check_refused(replaced(json, "ANY", "SOME"), "ALL, ANY and EXACT");
    check_refused(replaced(json, R"("rekorTlogConfig":{"selector":"ANY"},)", ""), "rekorTlogConfig");
    check_refused(config(kOne, R"({"selector":"EXACT"})"), "count");
    check_refused(config(kOne, R"({"selector":"EXACT","count":0})"), "count");
    check_refused(config(kOne, R"({"selector":"EXACT","count":65})"), "count");
    std::string many = kOne;
    for (std::size_t i = 0; i < kMaxServices; ++i) many += "," + kOne;
    check_refused(config(many), "at most 64");
}

TEST_CASE("every prefix of a signing config is refused") {
    const std::string json = config(kOne);
    for (std::size_t length = 0; length < json.size(); ++length) REQUIRE_FALSE(parse_signing_config(as_bytes(json.substr(0, length))).ok());
}

TEST_CASE("services are chosen by interface, time, operator and number") {
    const std::string any = R"({"selector":"ANY"})";
    const std::string all = R"({"selector":"ALL"})";
    const std::string old = service("https://old.example", 1, "2022-01-01T00:00:00Z", "acme");
    const std::string newer = service("https://newer.example", 1, "2025-01-01T00:00:00Z", "acme");
    const std::string others = service("https://others.example", 1, "2023-01-01T00:00:00Z", "other");
    const std::string tiles = service("https://tiles.example", 2, "2023-01-01T00:00:00Z", "acme");
    const std::string unknown = service("https://unknown.example", 3, "2025-01-01T00:00:00Z", "acme");
    const std::string ended = service("https://ended.example", 2, "2025-01-01T00:00:00Z", "acme", "2025-06-01T00:00:00Z");
    const std::string coming = service("https://coming.example", 2, "2027-01-01T00:00:00Z", "acme");
    CHECK(chosen(old + "," + newer, any) == "https://newer.example");
    CHECK(chosen(old + "," + newer + "," + others, all) == "https://newer.example https://others.example");  // one of each operator
    CHECK(chosen(newer + "," + tiles + "," + others, all) == "https://tiles.example");                       // interfaces are not mixed
    CHECK(chosen(unknown + "," + old, any) == "https://old.example");
    CHECK(chosen(ended + "," + coming + "," + old, any) == "https://old.example");
    CHECK(chosen(ended, any, *parse_instant("2025-03-01T00:00:00Z")) == "https://ended.example");
    CHECK(chosen(newer + "," + others, R"({"selector":"EXACT","count":2})") == "https://newer.example https://others.example");
    CHECK(chosen(newer + "," + others, R"({"selector":"EXACT","count":1})") == "https://newer.example");
    CHECK_THAT(chosen(newer + "," + old, R"({"selector":"EXACT","count":2})"), Catch::Contains("1 logs") && Catch::Contains("2 needed"));
    CHECK_THAT(chosen(unknown, all), Catch::Contains("0 logs"));
    CHECK_THAT(chosen("", any), Catch::Contains("0 logs"));
}
