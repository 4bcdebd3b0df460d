#include "crypto/pkcs11_uri.hpp"

#include <catch2/catch.hpp>

using namespace headgate;
using namespace headgate::crypto;

namespace {

void check_refused(std::string_view uri, const std::string& why) {
    const auto parsed = parse_pkcs11_uri(uri);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().code == ErrorCode::key);
    CHECK_THAT(parsed.error().message, Catch::Contains(why));
}

}  // namespace

TEST_CASE("a URI names one key on one token, and how to get there") {
    const auto good = parse_pkcs11_uri("pkcs11:token=The%20gate;manufacturer=M;model=v2;serial=0a;object=re%3Blease;id=%01%00%ff;type=private"
                                       "?pin-source=file:/run/pin&module-path=/usr/lib/hsm.so");
    REQUIRE(good.ok());
    CHECK(good->token == "The gate");
    CHECK(good->manufacturer == "M");
    CHECK(good->model == "v2");
    CHECK(good->serial == "0a");
    CHECK(good->object == "re;lease");
    CHECK(good->id == std::string("\x01\x00\xff", 3));
    CHECK(good->pin_source == "file:/run/pin");
    CHECK_FALSE(good->pin_value);
    CHECK(good->module_path == "/usr/lib/hsm.so");
    CHECK(write_pkcs11_path(*good) == "pkcs11:token=The%20gate;serial=0a;manufacturer=M;model=v2;object=re%3blease;id=%01%00%ff;type=private");

    const auto least = parse_pkcs11_uri("pkcs11:object=release");
    REQUIRE(least.ok());
    CHECK_FALSE(least->token);
    CHECK(least->module_path.empty());
    CHECK(parse_pkcs11_uri("pkcs11:id=%01?pin-value=12%2634")->pin_value == "12&34");
    // The scheme in letters of either case (RFC 3986, section 3.1); the attributes as they are written.
    CHECK(parse_pkcs11_uri("PKCS11:object=a?pin-value=12")->pin_value == "12");
}

TEST_CASE("what is not understood in a URI is refused, since it would name more keys than was meant") {
    check_refused("", "begins with");
    check_refused("PKCS1:object=a", "begins with");
    check_refused("PKCS11:", "names no key");
    check_refused("pkcs11:", "names no key");
    check_refused("pkcs11:token=gate", "names no key");
    check_refused("pkcs11:object=a;colour=red", "'colour'");
    check_refused("pkcs11:object=a;slot-id=1", "'slot-id'");
    check_refused("pkcs11:object=a;object=b", "twice");
    check_refused("pkcs11:object=a;type=cert", "another type");
    check_refused("pkcs11:object=a;token", "list of name=value");
    check_refused("pkcs11:object=re;lease", "list of name=value");
    check_refused("pkcs11:object=", "no value");
    check_refused("pkcs11:object=a%", "two hex digits");
    check_refused("pkcs11:object=a%4", "two hex digits");
    check_refused("pkcs11:object=a%zz", "two hex digits");
    check_refused("pkcs11:object=a%00", "NUL");
    check_refused("pkcs11:object=a;module-path=/x", "wrong side");
    check_refused("pkcs11:object=a?type=private", "wrong side");
    check_refused("pkcs11:object=a?module-name=x", "behind '?'");
    check_refused("pkcs11:object=a?pin-value=12&34=5", "behind '?'");
    check_refused("pkcs11:object=a?pin-value=1&pin-source=x", "both");
    check_refused("pkcs11:object=" + std::string(5000, 'a'), "4096");
}

TEST_CASE("no message and no printed name holds a PIN") {
    for (const char* const uri : {"pkcs11:object=a?pin-value=sesame%", "pkcs11:object=a?pin-value=sesame&pin-value=sesame",
                                  "pkcs11:object=a;pin-value=sesame", "pkcs11:colour=red?pin-value=sesame", "pkcs11:object=a?pin-value=sesame&sesame",
                                  "PKCS11:token=a?pin-value=sesame", "Pkcs11:object=a;PIN=sesame"}) {
        const auto parsed = parse_pkcs11_uri(uri);
        REQUIRE_FALSE(parsed.ok());
        CHECK_THAT(parsed.error().message, !Catch::Contains("sesame"));
        CHECK_THAT(std::string(without_pin(uri)), !Catch::Contains("sesame"));
    }
    CHECK(without_pin("pkcs11:object=a?pin-value=sesame") == "pkcs11:object=a");
    CHECK(without_pin("PKCS11:object=a?pin-value=sesame") == "PKCS11:object=a");
    CHECK(without_pin("keys/gate.pem?x") == "keys/gate.pem?x");
}

TEST_CASE("every prefix of a URI parses or is refused, and what parses is written back") {
    const std::string whole = "pkcs11:token=The%20gate;object=a;id=%01?pin-value=12&module-path=/x.so";
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        const auto parsed = parse_pkcs11_uri(std::string_view(whole).substr(0, length));
        if (!parsed.ok()) continue;
        const auto again = parse_pkcs11_uri(write_pkcs11_path(*parsed));
        REQUIRE(again.ok());
        CHECK(again->token == parsed->token);
        CHECK(again->object == parsed->object);
        CHECK(again->id == parsed->id);
    }
}
