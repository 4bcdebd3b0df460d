#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "codec/json.hpp"
#include "recording/words.hpp"
#include "unit/recording/filled.hpp"

using namespace headgate;
using codec::Json;
using recording_test::filled;

namespace {

Json parsed(const std::string& text) {
    auto json = codec::parse_json(as_bytes(text));
    INFO(text);
    REQUIRE(json.ok());
    return std::move(json).value();
}

void check_round_trip(const Recording& recording) {
    const std::string text = recording::write(recording);
    CHECK(text.find('\n') == text.size() - 1);
    const auto read = recording::read(as_bytes(text));
    INFO((read.ok() ? text : read.error().message));
    REQUIRE(read.ok());
    REQUIRE(read->size() == 1);
    CHECK(read->front() == recording);
    CHECK(recording::write(read->front()) == text);
}

// No default anywhere: else a field that is not written would not be missed.
void check_filled(const Json& json, const std::string& at) {
    INFO(at);
    switch (json.type) {
        case Json::Type::null: FAIL("null"); break;
        case Json::Type::boolean: CHECK(json.boolean); break;
        case Json::Type::integer: CHECK(json.integer != 0); break;
        case Json::Type::real: break;
        case Json::Type::text: CHECK_FALSE(json.text.empty()); break;
        case Json::Type::array:
            CHECK_FALSE(json.items.empty());
            for (const Json& item : json.items) check_filled(item, at + "/-");
            break;
        case Json::Type::object:
            for (const auto& [key, value] : json.members) check_filled(value, at + "/" + key);
            break;
    }
}

std::set<std::string> keys_of(const Json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.members) keys.insert(key);
    return keys;
}

// `schema` knows exactly the keys of `full`, and asks for exactly those that are in `least`, too.
class SchemaCheck {
  public:
    explicit SchemaCheck(const Json& root) : root_(root) {}

    void check(const Json& schema_or_ref, const Json& full, const Json* least, const std::string& at) {
        const Json& schema = resolved(schema_or_ref);
        INFO(at);
        if (full.is_array()) {
            REQUIRE(schema.find("items") != nullptr);
            for (const Json& item : full.items) check(*schema.find("items"), item, nullptr, at + "/-");
        } else if (full.is_object()) {
            const Json* const properties = schema.find("properties");
            REQUIRE(properties != nullptr);
            CHECK(keys_of(*properties) == keys_of(full));
            CHECK_FALSE(schema.find("additionalProperties")->boolean);
            if (least != nullptr) {
                std::set<std::string> required;
                for (const Json& key : schema.find("required")->items) required.insert(key.text);
                CHECK(required == keys_of(*least));
            }
            for (const auto& [key, value] : full.members) {
                check(*properties->find(key), value, least == nullptr ? nullptr : least->find(key), at + "/" + key);
            }
        }
    }

  private:
    const Json& resolved(const Json& schema) const {
        const std::string* const reference = schema.find_text("$ref");
        if (reference == nullptr) return schema;
        const Json* const found = root_.find("definitions")->find(reference->substr(std::string("#/definitions/").size()));
        REQUIRE(found != nullptr);
        return *found;
    }
    const Json& root_;
};

}  // namespace

TEST_CASE("every field of every noun comes back as it was") {
    check_filled(parsed(recording::write(filled())), "");
    check_round_trip(filled());
}

TEST_CASE("what is absent has no key and comes back absent") {
    Recording least;
    least.subject.ref = "pkg:npm/a";
    least.subject.reference = parse_reference("pkg:npm/a").value();
    check_round_trip(least);
    const std::string file(64, '0');
    least.evidence.files.push_back({{}, 0, file, false, false});
    least.evidence.signatures.emplace_back();
    least.evidence.statements.emplace_back();
    least.evidence.imports.emplace_back();
    least.evidence.calls.emplace_back();
    least.evidence.members.emplace_back();
    least.evidence.tensors.emplace_back();
    least.evidence.cards.emplace_back();
    least.evidence.index_entries.emplace_back();
    least.evidence.configurations.emplace_back();
    least.evidence.vocabularies.emplace_back();
    least.evidence.comparisons.emplace_back();
    least.evidence.comparisons[0].tensors.emplace_back();
    least.evidence.includes.emplace_back();
    least.evidence.workloads.emplace_back();
    least.evidence.workloads[0].volumes.emplace_back();
    least.evidence.workloads[0].containers.emplace_back();
    least.evidence.workloads[0].containers[0].environment.emplace_back();
    least.evidence.workloads[0].containers[0].mounts.emplace_back();
    least.evidence.fences.emplace_back();
    least.evidence.opaques.emplace_back();
    least.evidence.findings.emplace_back();
    least.inner.push_back({least.subject, least.evidence});
    check_round_trip(least);
    CHECK(recording::write(least).find("null") == std::string::npos);
}

TEST_CASE("the published schema has the keys of the table, and asks for those that are always there") {
    std::ifstream file(HEADGATE_FACTS_SCHEMA);
    std::stringstream text;
    text << file.rdbuf();
    const Json schema = parsed(text.str());
    const Json full = parsed(recording::write(filled()));
    Recording least;
    least.inner.emplace_back();
    const Json minimal = parsed(recording::write(least));
    SchemaCheck(schema).check(schema, full, &minimal, "");
    SchemaCheck(schema).check(*schema.find("definitions")->find("inner"), full.find("inner")->items[0], &minimal.find("inner")->items[0], "/inner/-");
}

TEST_CASE("any bytes that a path or name can have come back") {
    Recording odd = filled();
    for (const std::string& text : {std::string("\xff\xfe"), std::string("a\0b", 3), std::string("\xed\xa0\x80"), std::string("\"\\/\b\f\n\r\t\x01\x7f"),
                                    std::string("\xe2\x80\xae\xf0\x9f\x98\x80"), std::string()}) {
        odd.evidence.files[0].path = text;
        odd.evidence.imports[0].module = text;
        odd.evidence.calls[0].arguments = {text, text};
        odd.evidence.cards[0].fields = {{text, text}};
        odd.inner[0].evidence.findings[0].message = text;
        odd.subject.ref = "file:" + text;
        check_round_trip(odd);
    }
}

TEST_CASE("references of every kind come back whole") {
    Recording one = filled();
    for (const char* spelling :
         {"hf:org/name@main", "hf-dataset:org/d", "pkg:npm/@acme/x@1.0.0", "oci:docker.io/library/ubuntu:22.04", "https://a.example/x",
          "git+https://a.example/x@abc", "file:../a", "file:.", "pkg:pypi/torch@2.3.1?repository_url=https:%2F%2Fi.example%2Fsimple",
          "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
        auto reference = parse_reference(spelling);
        CAPTURE(spelling);
        REQUIRE(reference.ok());
        one.subject.reference = *reference;
        one.evidence.requirements[0].reference = *reference;
        check_round_trip(one);
    }
    // Files are named by where they lie, whatever their names are.
    for (const std::string& path : {std::string("na\nme \x1b[31m.pkl"), std::string("\xff.bin"), std::string("a/../b"), std::string(5000, 'x'),
                                    std::string("?"), std::string("a b")}) {
        one.subject.reference = {};
        one.subject.reference.scheme = "file";
        one.subject.reference.name = path;
        one.subject.reference.base = one.subject.reference.canonical = "file:" + path;
        check_round_trip(one);
    }
}

TEST_CASE("recordings follow each other, a line each, and one may be spread over many") {
    Recording other = filled();
    other.subject.ref = "second";
    const std::string both = recording::write(filled()) + recording::write(other);
    for (const std::string& text : {both, "\r\n" + both + "\n\n", both.substr(0, both.size() - 1),
                                    codec::write_json_pretty(parsed(recording::write(filled()))) + "\r\n" + recording::write(other)}) {
        const auto read = recording::read(as_bytes(text));
        REQUIRE(read.ok());
        REQUIRE(read->size() == 2);
        CHECK(read->at(0) == filled());
        CHECK(read->at(1) == other);
    }
}

TEST_CASE("the order of the keys does not matter") {
    Json reversed = parsed(recording::write(filled()));
    const auto reverse = [](const auto& self, Json& json) -> void {
        std::reverse(json.members.begin(), json.members.end());
        for (auto& [key, value] : json.members) self(self, value);
        for (Json& item : json.items) self(self, item);
    };
    reverse(reverse, reversed);
    const auto read = recording::read(as_bytes(codec::write_json(reversed)));
    INFO((read.ok() ? "" : read.error().message));
    REQUIRE(read.ok());
    CHECK(read->front() == filled());
}

TEST_CASE("the closed sets are spelled as everywhere") {
    for (std::size_t i = 0; i < recording::Words<Kind>::kAll.size(); ++i) {
        CHECK(parse_kind(recording::Words<Kind>::kAll.at(i)) == static_cast<Kind>(i));
    }
    for (std::size_t i = 0; i < recording::Words<Origin>::kAll.size(); ++i) {
        CHECK(parse_origin(recording::Words<Origin>::kAll.at(i)) == static_cast<Origin>(i));
    }
    for (std::size_t i = 0; i < recording::Words<Severity>::kAll.size(); ++i) {
        CHECK(parse_severity(recording::Words<Severity>::kAll.at(i)) == static_cast<Severity>(i));
    }
}
