// safetensors: every check with a bad case beside the good file it was made from.
#include "formats/safetensors.hpp"

#include <catch2/catch.hpp>

#include "recipes/tensor_recipe.hpp"
#include "unit/formats/examined.hpp"

using namespace headgate;
using recipes::safetensors;

namespace {

tests::Outcome judge(const std::string& bytes) {
    return tests::examine(bytes, "model.safetensors");
}

std::string one(std::string_view entry, std::size_t data) {
    return safetensors("{\"t\":" + std::string(entry) + "}", std::string(data, '\0'));
}

// Hands out the header only: the data region must not be asked for.
class HeaderOnly final : public ByteSource {
  public:
    HeaderOnly(ByteView bytes, std::uint64_t size, std::uint64_t header)
        : bytes_(bytes), size_(size), header_(header) {}
    std::uint64_t size() const override { return size_; }
    std::optional<ByteView> view(std::uint64_t offset, std::uint64_t length) override {
        if (offset > header_ || length > header_ - offset) touched = true;
        if (offset > bytes_.size() || length > bytes_.size() - offset) return std::nullopt;
        return bytes_.subspan(offset, length);
    }
    bool touched = false;

  private:
    ByteView bytes_;
    std::uint64_t size_;
    std::uint64_t header_;
};

}  // namespace

TEST_CASE("a good safetensors file gives its tensors") {
    const auto outcome = judge(recipes::good_safetensors());
    INFO(outcome.ids());
    REQUIRE(outcome.whole());
    CHECK(outcome.is("safetensors"));
    CHECK(outcome.evidence.findings.empty());
    REQUIRE(outcome.evidence.tensors.size() == 2);
    CHECK(outcome.evidence.tensors[0].name == "a");
    CHECK(outcome.evidence.tensors[0].dtype == "F32");
    CHECK(outcome.evidence.tensors[0].shape == std::vector<std::uint64_t>{2, 2});
    CHECK(outcome.evidence.tensors[1].bytes == 8);
}

TEST_CASE("scalars, empty tensors, sub-byte types and any order of entries are fine") {
    for (
        const std::string& bytes : {
            one(R"({"dtype":"I64","shape":[],"data_offsets":[0,8]})", 8),
            one(R"({"dtype":"F16","shape":[0,5],"data_offsets":[0,0]})", 0),
            one(R"({"dtype":"F4","shape":[4],"data_offsets":[0,2]})", 2),
            one(R"({"data_offsets":[0,2],"shape":[1],"dtype":"BF16"})", 2),
            safetensors("{}", ""),
            safetensors(
                R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                "xy"),
            safetensors("{\"\\u00e9\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}   ", "x"),
        }) {
        const auto outcome = judge(bytes);
        INFO(bytes.substr(8) << " " << outcome.ids());
        CHECK(outcome.whole());
        CHECK(outcome.evidence.findings.empty());
    }
}

TEST_CASE("each fault of a safetensors file has its finding, and no facts") {
    struct Case {
        const char* id;
        std::string bytes;
    };
    const std::string good = R"({"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
    const std::string ten = "[[[[[[[[[[]]]]]]]]]]";
    const Case cases[] = {
        {"safetensors.header-too-small", std::string("\x01\0\0", 3)},
        {"safetensors.header-too-large", recipes::u64(100'000'001) + "{}"},
        {"safetensors.invalid-header-length", recipes::u64(3) + "{}"},
        {"safetensors.invalid-header", safetensors("{\"\xff\":" + good + "}", "x")},
        {"safetensors.invalid-header", safetensors(" {}", "")},
        {"safetensors.invalid-header", safetensors("{\"t\":" + good + "}x", "x")},
        {"safetensors.invalid-header", safetensors("{\"t\":" + good + ",}", "x")},
        {"safetensors.invalid-header", safetensors("{\"t\":" + ten + "}", "x")},
        {"safetensors.invalid-header", safetensors("{\"\\ud800\":" + good + "}", "x")},
        {"safetensors.invalid-header", one(R"({"dtype":"U8","shape":[-1],"data_offsets":[0,1]})", 1)},
        {"safetensors.invalid-header", one(R"({"dtype":"U8","shape":[1.0],"data_offsets":[0,1]})", 1)},
        {"safetensors.invalid-header", one(R"({"dtype":"U8","shape":[1e0],"data_offsets":[0,1]})", 1)},
        {"safetensors.invalid-header", one(R"({"dtype":"U8","shape":[01],"data_offsets":[0,1]})", 1)},
        {"safetensors.invalid-header", one(R"({"dtype":"U8","shape":[[1]],"data_offsets":[0,1]})", 1)},
        {"safetensors.invalid-header", one(R"({"dtype":"U8","shape":[NaN],"data_offsets":[0,1]})", 1)},
        {"safetensors.invalid-metadata", safetensors(R"({"__metadata__":{"a":1}})", "")},
        {"safetensors.duplicate-key", safetensors("{\"t\":" + good + ",\"t\":" + good + "}", "x")},
        {"safetensors.duplicate-key", safetensors("{\"t\":" + good + ",\"\\u0074\":" + good + "}", "x")},
        {"safetensors.duplicate-key", safetensors(R"({"__metadata__":{"a":"1","\u0061":"2"}})", "")},
        {"safetensors.duplicate-key", safetensors(R"({"__metadata__":{},"__metadata__":{}})", "")},
        {"safetensors.duplicate-key", one(R"({"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]})", 1)},
        {"safetensors.unknown-key", one(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1})", 1)},
        {"safetensors.missing-key", one(R"({"dtype":"U8","shape":[1]})", 1)},
        {"safetensors.unknown-dtype", one(R"({"dtype":"U128","shape":[1],"data_offsets":[0,1]})", 1)},
        {"safetensors.tensor-invalid-info", one(R"({"dtype":"U8","shape":[2],"data_offsets":[0,1]})", 1)},
        {"safetensors.tensor-invalid-info", one(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1,2]})", 1)},
        {"safetensors.validation-overflow",
         one(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,1]})", 1)},
        {"safetensors.validation-overflow",
         one(R"({"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,1]})", 1)},
        {"safetensors.misaligned-slice", one(R"({"dtype":"F4","shape":[3],"data_offsets":[0,2]})", 2)},
        {"safetensors.invalid-offset", one(R"({"dtype":"U8","shape":[1],"data_offsets":[1,2]})", 2)},
        {"safetensors.invalid-offset", one(R"({"dtype":"U8","shape":[1],"data_offsets":[1,0]})", 1)},
        {"safetensors.invalid-offset", safetensors("{\"a\":" + good + ",\"b\":" + good + "}", "x")},
        {"safetensors.metadata-incomplete-buffer", one(good, 2)},
        {"safetensors.metadata-incomplete-buffer", one(good, 0)},
        {"safetensors.control-characters", safetensors("{\"a\\u0007\":" + good + "}", "x")},
    };
    for (const Case& c : cases) {
        const auto outcome = judge(c.bytes);
        INFO(c.id << ": " << outcome.ids());
        CHECK(outcome.has(c.id));
        CHECK_FALSE(outcome.whole());
        CHECK(outcome.evidence.tensors.empty());
        CHECK_FALSE(outcome.is("safetensors"));
    }
}

TEST_CASE("messages begin with the reference's error names") {
    const auto outcome = judge(one(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1]})", 2));
    REQUIRE(outcome.evidence.findings.size() == 1);
    CHECK(outcome.evidence.findings[0].message ==
          "MetadataIncompleteBuffer: the tensors end at byte 1 of the data, the data at 2: 1 bytes behind the last "
          "tensor belong to nothing");
}

TEST_CASE("the data region is never viewed") {
    const std::uint64_t size = 1ULL << 40U;
    const std::string header = R"({"t":{"dtype":"U8","shape":[)" + std::to_string(size) + R"(],"data_offsets":[0,)" +
                               std::to_string(size) + "]}}";
    const std::string bytes = safetensors(header, "");
    HeaderOnly source(as_bytes(bytes), bytes.size() + size, bytes.size());
    const Limits limits;
    Budget budget(limits);
    Evidence evidence;
    formats::ParseContext context{limits, budget, evidence, "model.safetensors", {}, 0};
    CHECK(formats::parse_safetensors(source, context) == formats::Examined::whole);
    CHECK_FALSE(source.touched);
    CHECK(evidence.tensors.size() == 1);
}

TEST_CASE("more tensors than the limit allows are unscannable") {
    Limits limits;
    limits.facts = 1;
    CHECK(tests::examine(recipes::good_safetensors(), "m.safetensors", limits).has("safetensors.unscannable"));
    limits.facts = 2;
    CHECK(tests::examine(recipes::good_safetensors(), "m.safetensors", limits).whole());
}

TEST_CASE("every prefix of a safetensors file is refused with a finding") {
    const std::string good = recipes::good_safetensors();
    for (std::size_t length = 0; length < good.size(); ++length) {
        const auto outcome = judge(good.substr(0, length));
        INFO(length << " " << outcome.ids());
        CHECK_FALSE(outcome.evidence.findings.empty());
        CHECK(outcome.evidence.tensors.empty());
        CHECK(outcome.oracle());
    }
}
