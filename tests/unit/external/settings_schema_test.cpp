// The subset of JSON Schema: what is in it is enforced, and what is not is refused.
#include "external/settings_schema.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

namespace {

codec::Json parsed(const std::string& text) {
    auto document = codec::parse_json(as_bytes(text));
    REQUIRE(document.ok());
    return std::move(document).value();
}

std::string wrong(const std::string& schema) {
    const auto checked = external::check_schema(parsed(schema));
    return checked.ok() ? "" : checked.error().message;
}

std::string object_of(const std::string& properties, const std::string& more = "") {
    return R"({"type":"object","additionalProperties":false,"properties":{)" + properties + "}" + more + "}";
}

std::string refused(const std::string& settings, const std::string& schema) {
    REQUIRE(wrong(schema).empty());
    const auto checked = external::check_settings(parsed(settings), parsed(schema));
    return checked.ok() ? "" : checked.error().message;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a schema of the subset is taken, any other is an error of the plugin") {
    CHECK(wrong("null").empty());
    CHECK(wrong(object_of("")).empty());
    CHECK(wrong(object_of(R"("a":{"type":"string","minLength":1,"description":"d","default":"x"},"b":{"enum":["x",1,true]},)"
                          R"("c":{"type":"array","items":{"type":"integer","minimum":0,"maximum":9},"maxItems":3,"uniqueItems":true},)"
                          R"("d":{"type":"object","additionalProperties":false})", R"(,"required":["a"],"title":"T")")).empty());
    CHECK(has(wrong(R"({"type":"string"})"), "settings are an object"));
    CHECK(has(wrong(R"({"type":"object","properties":{}})"), "'additionalProperties' must be there and false"));
    CHECK(has(wrong(R"({"type":"object","additionalProperties":true})"), "'additionalProperties' must be there and false"));
    CHECK(has(wrong(object_of(R"("a":{"type":"string","pattern":".*"})")), "/properties/a: 'pattern' is not of the subset"));
    CHECK(has(wrong(object_of(R"("a":{"$ref":"#"})")), "neither 'type' nor 'enum'"));
    CHECK(has(wrong(object_of(R"("a":{"anyOf":[]})")), "neither 'type' nor 'enum'"));
    CHECK(has(wrong(object_of(R"("a":{"type":"number"})")), "'type' is none of"));
    CHECK(has(wrong(object_of(R"("a":{"type":["string"]})")), "'type' is none of"));
    CHECK(has(wrong(object_of(R"("a":true)")), "it is no object"));
    CHECK(has(wrong(object_of(R"("a":{"type":"array"})")), "without 'items'"));
    CHECK(has(wrong(object_of(R"("a":{"type":"string","minimum":1})")), "for integers only"));
    CHECK(has(wrong(object_of(R"("a":{"type":"integer","minimum":1.5})")), "no whole number"));
    CHECK(has(wrong(object_of(R"("a":{"enum":[]})")), "'enum'"));
    CHECK(has(wrong(object_of(R"("a":{"enum":[{}]})")), "'enum'"));
    CHECK(has(wrong(object_of("", R"(,"required":["x"])")), "'required'"));
    std::string deep = R"({"type":"string"})";
    for (int i = 0; i < 20; ++i) deep = R"({"type":"array","items":)" + deep + "}";
    CHECK(has(wrong(object_of("\"a\":" + deep)), "nested deeper"));
}

TEST_CASE("settings are what the schema says") {
    CHECK(refused("{}", "null").empty());
    CHECK(has(refused(R"({"a":1})", "null"), "takes none"));
    const std::string schema = object_of(
        R"("deny":{"type":"array","items":{"type":"string","minLength":2,"maxLength":8},"minItems":1,"maxItems":2,"uniqueItems":true},)"
        R"("mode":{"enum":["fast",2,true]},"depth":{"type":"integer","minimum":1,"maximum":9},"strict":{"type":"boolean"},)"
        R"("in":{"type":"object","additionalProperties":false,"properties":{"x":{"type":"integer"}},"required":["x"]})", R"(,"required":["deny"])");
    CHECK(refused(R"({"deny":["ab","cd"],"mode":2,"depth":9,"strict":false,"in":{"x":0}})", schema).empty());
    CHECK(has(refused("{}", schema), "needs the setting 'deny'"));
    CHECK(has(refused(R"({"deny":["ab"],"dept":1})", schema), "no setting 'dept'; did you mean 'depth'?"));
    CHECK(has(refused(R"({"deny":"ab"})", schema), "deny: expected array, not string"));
    CHECK(has(refused(R"({"deny":["a"]})", schema), "deny[0]: its length is 1"));
    CHECK(has(refused(R"({"deny":["abcdefghi"]})", schema), "8 is the most"));
    CHECK(has(refused(R"({"deny":[]})", schema), "1 is the least"));
    CHECK(has(refused(R"({"deny":["ab","cd","ef"]})", schema), "2 is the most"));
    CHECK(has(refused(R"({"deny":["ab","ab"]})", schema), "stands twice"));
    CHECK(has(refused(R"({"deny":["ab"],"mode":"slow"})", schema), "expected one of fast, 2, true"));
    CHECK(has(refused(R"({"deny":["ab"],"depth":0})", schema), "1 is the least"));
    CHECK(has(refused(R"({"deny":["ab"],"depth":true})", schema), "expected integer, not boolean"));
    CHECK(has(refused(R"({"deny":["ab"],"strict":null})", schema), "expected boolean, not null"));
    CHECK(has(refused(R"({"deny":["ab"],"in":{}})", schema), "in: it needs the setting 'x'"));
}
