#include <catch2/catch.hpp>
#include <functional>

#include "codec/json.hpp"
#include "unit/recording/filled.hpp"

using namespace headgate;
using codec::Json;
using recording_test::filled;
using recording_test::hex;

namespace {

Json document() { return codec::parse_json(as_bytes(recording::write(filled()))).value(); }

std::string refused(const std::string& text, const recording::ReadLimits& limits = {}) {
    const auto read = recording::read(as_bytes(text), limits);
    INFO(text);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == ErrorCode::malformed);
    return read.error().message;
}

// Every value of the document with its JSON Pointer, outside in.
void walk(Json& json, const std::string& pointer, const std::function<void(Json&, const std::string&)>& visit) {
    visit(json, pointer);
    for (auto& [key, value] : json.members) walk(value, pointer + "/" + key, visit);
    for (std::size_t i = 0; i < json.items.size(); ++i) walk(json.items[i], pointer + "/" + std::to_string(i), visit);
}

// Runs `change` on each value in turn; where it did something, the document must be refused and say where.
std::size_t check_changes(const std::function<bool(Json&)>& change, const std::function<std::string(const Json&, const std::string&)>& place) {
    Json json = document();
    std::size_t changed = 0;
    walk(json, "", [&](Json& value, const std::string& pointer) {
        const Json kept = value;
        const std::string where = place(value, pointer);
        CAPTURE(pointer);
        if (change(value)) {
            ++changed;
            const std::string message = refused(codec::write_json(json));
            CAPTURE(pointer, message);
            CHECK(message.find(where) != std::string::npos);
        }
        value = kept;
    });
    return changed;
}

std::string at_pointer(const Json&, const std::string& pointer) { return pointer.empty() ? "expected" : pointer + ": "; }

// Puts `value` at `pointer` of the filled document.
std::string with(const std::string& pointer, const Json& value) {
    Json json = document();
    bool found = false;
    walk(json, "", [&](Json& at, const std::string& here) {
        if (here != pointer || found) return;
        at = value;
        found = true;
    });
    REQUIRE(found);
    return codec::write_json(json);
}

}  // namespace

TEST_CASE("no proper prefix of a recording is one") {
    const std::string text = recording::write(filled());
    for (std::size_t length = 0; length + 1 < text.size(); ++length) {
        if (recording::read(as_bytes(text.substr(0, length))).ok()) FAIL("the first " << length << " bytes");
    }
    CHECK(recording::read(as_bytes(text.substr(0, text.size() - 1))).ok());  // without its line end
}

TEST_CASE("a value of another type is refused, and said where") {
    Json number = Json::of(std::int64_t{1});
    Json negative = Json::of(std::int64_t{-1});
    Json fraction;
    fraction.type = Json::Type::real;
    fraction.text = "1.5";
    for (const Json& wrong : {Json{}, number, negative, fraction, Json::of(true), Json::of("surprise"), Json::array(), Json::object()}) {
        CAPTURE(codec::write_json(wrong));
        const std::size_t changed = check_changes(
            [&](Json& value) {
                const bool both_numbers = (value.type == Json::Type::integer || value.type == Json::Type::real) && wrong.is_integer() &&
                                          wrong.integer >= 0;
                const bool same = value.type == wrong.type && value.type != Json::Type::real;
                // Nouns that may have no key at all.
                const bool digest = wrong.is_object() && (value.find("dirHash") != nullptr || value.find("seccomp") != nullptr);
                if (both_numbers || digest || (same && !(value.is_object() && !value.members.empty()))) return false;
                value = wrong;
                return true;
            },
            [&](const Json& value, const std::string& pointer) {
                return value.is_object() && wrong.is_object() ? std::string("is missing") : at_pointer(value, pointer);
            });
        CHECK(changed > 20);
    }
}

TEST_CASE("a key that is missing, unknown or there twice is refused, and said where") {
    std::size_t optional = 0;
    Json json = document();
    walk(json, "", [&](Json& value, const std::string& pointer) {
        for (std::size_t i = 0; i < value.members.size(); ++i) {
            const Json kept = value;
            const std::string key = value.members[i].first;
            CAPTURE(pointer, key);
            value.members.push_back(value.members[i]);
            CHECK(refused(codec::write_json(json)).find("the key \"" + key + "\" is there twice") != std::string::npos);
            value = kept;
            value.members[i].first += "x";
            const std::string message = refused(codec::write_json(json));
            CHECK(message.find(pointer + (pointer.empty() ? "" : ": ") + "unknown key \"" + key + "x\"") != std::string::npos);
            value = kept;
            value.members.erase(value.members.begin() + static_cast<std::ptrdiff_t>(i));
            const auto without = recording::read(as_bytes(codec::write_json(json)));
            if (without.ok()) {
                ++optional;
                CHECK_FALSE(without->front() == filled());
            } else {
                CHECK(without.error().message.find("the key \"" + key + "\" is missing") != std::string::npos);
            }
            value = kept;
        }
    });
    CHECK(optional > 10);
    CHECK(refused(R"({"shema":1})").find("did you mean \"schema\"?") != std::string::npos);
}

TEST_CASE("words, digests, times and numbers are exact") {
    struct Wrong {
        std::string pointer;
        Json value;
        std::string says;
    };
    Json large;
    large.type = Json::Type::real;
    large.text = "18446744073709551616";
    const std::vector<Wrong> cases = {
        {"/schema", Json::of("headgate.dev/facts/v2"), "expected \"headgate.dev/facts/v1\", found \"headgate.dev/facts/v2\""},
        {"/kind", Json::of("Model"), "expected one of model, dataset, package, container, found \"Model\""},
        {"/origin", Json::of(""), "expected one of asserted, recorded, verified"},
        {"/findings/0/severity", Json::of("fatal"), "expected one of info, low, medium, high, critical"},
        {"/calls/0/how", Json::of("call"), "expected one of reduce, "},
        {"/statements/0/fields/0/type", Json::of("array"), "expected one of text, number, boolean, null"},
        {"/digest/sha256", Json::of(std::string(63, 'a')), "expected 64 lower-case hex digits"},
        {"/digest/dirHash", Json::of(std::string(65, 'a')), "expected 64 lower-case hex digits"},
        {"/files/0/sha256", Json::of(std::string(64, 'A')), "expected 64 lower-case hex digits"},
        {"/files/0/sha256", Json::of(""), "expected 64 lower-case hex digits"},
        {"/signatures/0/key_ids/1", Json::of("abc"), "expected 64 lower-case hex digits"},
        {"/requirements/0/integrity/0", Json::of("sha256:" + std::string(63, 'a')), "expected ALGORITHM:HEX"},
        {"/requirements/0/integrity/0", Json::of("sha3:" + hex('a')), "expected ALGORITHM:HEX"},
        {"/statements/0/issued", Json::of("2026-11-23"), "expected a time as 2026-11-23T10:00:00Z, found \"2026-11-23\""},
        {"/statements/0/issued", Json::of("2026-02-30T00:00:00Z"), "expected a time"},
        {"/signatures/0/signed_at", Json::of("2026-11-23T10:00:00+01:00"), "expected a time"},
        {"/imports/0/where/line", Json::of(std::int64_t{0}), "expected the number of a line"},
        {"/imports/0/where/line", Json::of(std::int64_t{4294967296}), "expected the number of a line"},
        {"/imports/0/where/member", Json::of(""), "expected a text that is not empty"},
        {"/files/0/size", large, "expected a whole number"},
        {"/reference", Json::of("hf:org/name@"), "expected a reference in its normal form"},
        {"/reference", Json::of("pkg:pypi/Torch"), "its normal form is pkg:pypi/torch"},
        {"/reference", Json::of("file:./a"), "its normal form is file:a"},
        {"/reference", Json::of("file:"), "expected a reference"},
        {"/reference", Json::of(""), "a reference must not be empty"},
        {"/reference", Json::of("oci:?"), "a computed reference is no subject's"},
        {"/inner/0/reference", Json::of("oci:?"), "a computed reference is no subject's"},
        {"/requirements/0/reference", Json::of("oci:??"), "expected a reference"},
        {"/requirements/0/reference", Json::of("pkg:/?"), "expected a reference"},
        {"/signatures/0/key_ids", Json::array(), "fewer \"key_ids\" than \"signers\""},
        {"/statements/0/key_ids", Json::array(), "fewer \"key_ids\" than \"signers\""},
    };
    for (const Wrong& wrong : cases) {
        CAPTURE(wrong.pointer, codec::write_json(wrong.value));
        const std::string message = refused(with(wrong.pointer, wrong.value));
        CAPTURE(message);
        CHECK(message.find(wrong.says) != std::string::npos);
        CHECK(message.starts_with("recording 1, byte "));
    }
    // "-0" is no number that is not negative either.
    std::string text = recording::write(filled());
    text.replace(text.find("\"size\":5"), 8, "\"size\":-0");
    CHECK(refused(text).find("/members/0/size: expected a whole number, not negative") != std::string::npos);
    Recording computed = filled();
    computed.evidence.requirements[0].reference = {"oci", "", "", "", "", "", "", "oci:?", "oci:?"};
    CHECK(recording::read(as_bytes(recording::write(computed)))->front() == computed);
    computed.evidence.requirements[0].dynamic = false;
    CHECK(refused(recording::write(computed)).find("/requirements/0: a computed reference, and not \"dynamic\"") != std::string::npos);
}

TEST_CASE("base64 stands only for text that has no other spelling") {
    const auto encoded = [](const char* text) {
        Json json = Json::object();
        json.add("base64", Json::of(text));
        return json;
    };
    CHECK(recording::read(as_bytes(with("/files/0/path", encoded("//4="))))->front().evidence.files[0].path == "\xff\xfe");
    for (const char* text : {"YQ==", "", "//4", "*"}) {
        CHECK(refused(with("/files/0/path", encoded(text))).find("/files/0/path/base64: expected base64 of text that is not UTF-8") !=
              std::string::npos);
    }
    Json more = encoded("//4=");
    more.add("x", Json::of("y"));
    CHECK(refused(with("/files/0/path", more)).find("/files/0/path: unknown key \"x\"") != std::string::npos);
    CHECK(refused(with("/files/0/path", Json::object())).find("/files/0/path: expected a text, or {\"base64\"") != std::string::npos);
}

TEST_CASE("nothing, something else, and more than the limits are refused") {
    const std::string text = recording::write(filled());
    const std::string line = text.substr(0, text.size() - 1);
    CHECK(refused("").find("no recording") != std::string::npos);
    CHECK(refused(" \n\t\r\n").find("no recording") != std::string::npos);
    CHECK(refused("[" + line + "]").find("expected an object, found an array") != std::string::npos);
    CHECK(refused(line + line).find("each recording is on a line of its own") != std::string::npos);
    CHECK(refused(line + " " + line).find("each recording is on a line of its own") != std::string::npos);
    CHECK(refused(text + "x").find("recording 2, byte " + std::to_string(text.size()) + ": expected an object") != std::string::npos);
    CHECK(refused(text + "}").find("recording 2") != std::string::npos);
    CHECK(refused(std::string("\xef\xbb\xbf") + text).find("recording 1") != std::string::npos);
    CHECK(refused(std::string(100'000, '[')).find("expected an object") != std::string::npos);
    CHECK(refused(text, {.bytes = text.size() - 1}).find("larger than") != std::string::npos);
    CHECK(refused(text, {.values = 50}).find("more than 50 values") != std::string::npos);
    CHECK(recording::read(as_bytes(text), {.bytes = text.size(), .values = 2000}).ok());
}
