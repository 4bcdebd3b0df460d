#include "pipeline/signing_service.hpp"

#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "pipeline/keyless.hpp"

using namespace headgate;
using namespace headgate::pipeline;

namespace {

const std::string kSecret = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIiwiYXVkIjoic2lnc3RvcmUifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";

std::string refusal(const std::string& body) {
    Question question;
    question.who = "Fulcio";
    question.url = "https://fulcio.example/x";
    question.secret = kSecret;
    const auto answer = ask(question, [&](const io::HttpRequest&, const io::HttpOptions&) -> Result<io::HttpResponse> {
        io::HttpResponse response;
        response.status = 401;
        response.body = body;
        return response;
    });
    REQUIRE_FALSE(answer.ok());
    return answer.error().message;
}

bool shows_a_piece(const std::string& text, const std::string& secret) {
    for (std::size_t at = 0; at + 12 <= secret.size(); ++at) {
        if (text.find(secret.substr(at, 12)) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("whatever a service makes of the token, no piece of it is shown") {
    std::string escaped;
    for (const char c : kSecret) escaped += c == '.' ? std::string("\\u002e") : c == 'J' ? std::string("\\u004a") : std::string(1, c);
    std::string lines;
    for (std::size_t at = 0; at < kSecret.size(); at += 20) lines += kSecret.substr(at, 20) + "\n";
    std::string percent = kSecret;
    for (std::size_t at = percent.find('.'); at != std::string::npos; at = percent.find('.')) percent.replace(at, 1, "%2e");
    for (const std::string& body : {kSecret, "{\"message\":\"no: " + kSecret + "\"}", "{\"error\":\"" + escaped + "\"}", "{\"message\":\"" + escaped + "\"}",
                                    kSecret.substr(1), lines, percent, to_base64(as_bytes(kSecret)), to_hex(as_bytes(kSecret)),
                                    std::string(400, ' ') + kSecret}) {
        INFO(body);
        const std::string said = refusal(body);
        CHECK_THAT(said, Catch::Contains("answered 401"));
        CHECK_FALSE(shows_a_piece(said, kSecret));
        CHECK_FALSE(shows_a_piece(said, to_base64(as_bytes(kSecret))));
        CHECK_FALSE(shows_a_piece(said, to_hex(as_bytes(kSecret))));
    }
}

TEST_CASE("what a service says beside the token is shown") {
    CHECK_THAT(refusal(R"({"code":16,"message":"oidc: expected audience sigstore, got https://token.actions.githubusercontent.com"})"),
               Catch::Contains("oidc: expected audience sigstore, got https://token.actions.githubusercontent.com"));
    CHECK_THAT(refusal("{\"message\":\"the token " + kSecret + " is not for us\"}"), Catch::Contains("the token ... is not for us"));
    CHECK_THAT(refusal("come back later"), Catch::Contains(": come back later"));
    CHECK(without_secret("any text " + kSecret, "") == "any text " + kSecret);
    CHECK(without_secret("", kSecret).empty());
    CHECK(without_secret("a short one: abc", "abc") == "a short one: ...");
}

TEST_CASE("a service has an https address, or a plain one on this machine, and nothing behind it") {
    for (const char* const url : {"https://fulcio.example", "https://fulcio.example/api/", "http://127.0.0.1:8080/x", "http://localhost", "http://[::1]:9"}) {
        INFO(url);
        CHECK(check_service_url("it", url).ok());
    }
    for (const auto& [url, why] : {std::pair{"http://fulcio.example", "plain http://"}, {"https://fulcio.example/?a=b", "a query"}, {"https://fulcio.example#x", "a fragment"},
                                   {"https://a@fulcio.example", "user or password"}, {"ftp://fulcio.example", "expected https://"}, {"http://127.0.0.1/?x", "a query"},
                                   {"http://localhost.example/", "plain http://"}, {"", "expected https://"}}) {
        INFO(url);
        const auto checked = check_service_url("it", url);
        REQUIRE_FALSE(checked.ok());
        CHECK(checked.error().code == ErrorCode::usage);
        CHECK_THAT(checked.error().message, Catch::Contains(why) && Catch::Contains("it: "));
    }
}

TEST_CASE("every service that is chosen has such an address before any is asked") {
    const Instant now{1'800'000'000};
    const auto chosen = [&](const std::string& authority, const std::string& log, const std::string& stamps) {
        sigstore::SigningConfig config;
        const auto service = [&](const std::string& url) { return sigstore::Service{url, 1, {{1'700'000'000}, {}}, "acme"}; };
        config.certificate_authorities = {service(authority)};
        config.logs = {service(log)};
        config.timestamp_authorities = {service(stamps)};
        const auto services = choose_signing_services(config, now);
        return services.ok() ? "" : services.error().message;
    };
    CHECK(chosen("https://ca.example", "https://log.example", "https://tsa.example").empty());
    CHECK_THAT(chosen("http://ca.example", "https://log.example", "https://tsa.example"), Catch::Contains("caUrls"));
    CHECK_THAT(chosen("https://ca.example", "http://log.example", "https://tsa.example"), Catch::Contains("rekorTlogUrls"));
    CHECK_THAT(chosen("https://ca.example", "https://log.example", "http://tsa.example"), Catch::Contains("tsaUrls"));
}
