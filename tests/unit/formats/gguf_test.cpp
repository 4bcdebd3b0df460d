// GGUF: every check with a bad case beside the good file it was made from.
#include "formats/gguf.hpp"

#include <catch2/catch.hpp>

#include "recipes/tensor_recipe.hpp"
#include "unit/formats/examined.hpp"

using namespace headgate;
using namespace headgate::recipes;

namespace {

tests::Outcome judge(const std::string& bytes) {
    return tests::examine(bytes, "model.gguf");
}
Gguf with(const std::string& pair) {
    return good_gguf().pair(pair);
}

}  // namespace

TEST_CASE("a good GGUF file gives its tensors") {
    for (const std::uint32_t version : {2U, 3U}) {
        Gguf file = good_gguf();
        file.version = version;
        const auto outcome = judge(file.bytes());
        INFO(outcome.ids());
        REQUIRE(outcome.whole());
        CHECK(outcome.evidence.findings.empty());
        CHECK(outcome.is("gguf"));
        REQUIRE(outcome.evidence.tensors.size() == 2);
        CHECK(outcome.evidence.tensors[1].name == "b");
        CHECK(outcome.evidence.tensors[1].dtype == "F32");
        CHECK(outcome.evidence.tensors[1].bytes == 32);
    }
}

TEST_CASE("all value types, alignments, quantised types and a vocabulary without tensors are fine") {
    Gguf file = good_gguf();
    for (const auto& [type, size] :
         {std::pair{0U, 1}, {1U, 1}, {2U, 2}, {3U, 2}, {4U, 4}, {5U, 4}, {6U, 4}, {10U, 8}, {11U, 8}, {12U, 8}}) {
        file.pair(gguf_string("k" + std::to_string(type)) + u32(type) +
                  std::string(static_cast<std::size_t>(size), '\x01'));
        file.pair(gguf_string("a" + std::to_string(type)) + u32(9) + u32(type) + u64(3) +
                  std::string(static_cast<std::size_t>(size) * 3, '\x01'));
    }
    file.pair(gguf_string("bool") + u32(7) + std::string(1, '\x01'))
        .pair(gguf_string("command-r.tokens") + u32(9) + u32(8) + u64(2) + gguf_string("a") + gguf_string(""));
    CHECK(judge(file.bytes()).ids() == "");

    Gguf aligned;
    aligned.pair(gguf_u32("general.alignment", 64)).tensor("q", 2, 64, 0).tensor("r", 0, 1, 64);
    aligned.alignment = 64;
    aligned.data = std::string(36, '\x01') + std::string(28, '\0') + std::string(4, '\x01');
    CHECK(judge(aligned.bytes()).ids() == "");
    aligned.data += std::string(60, '\0');  // the padding of the last tensor may be there
    CHECK(judge(aligned.bytes()).ids() == "");

    CHECK(judge(Gguf{}.pair(gguf_text("general.architecture", "llama")).bytes()).ids() == "");
}

TEST_CASE("each fault of a GGUF file has its finding, and no facts") {
    struct Case {
        const char* id;
        std::string bytes;
    };
    const auto edited = [](auto edit) {
        Gguf file = good_gguf();
        edit(file);
        return file.bytes();
    };
    const std::uint64_t huge = 1ULL << 62U;
    const Case cases[] = {
        {"gguf.bad-version", edited([](Gguf& f) { f.version = 1; })},
        {"gguf.bad-version", edited([](Gguf& f) { f.version = 0x03000000; })},
        {"gguf.bad-version", edited([](Gguf& f) { f.version = 4; })},
        {"gguf.bad-tensor-count", edited([=](Gguf& f) { f.tensors = huge; })},
        {"gguf.bad-pair-count", edited([=](Gguf& f) { f.pairs = huge; })},
        {"gguf.bad-key", with(gguf_text("", "x")).bytes()},
        {"gguf.bad-key", with(gguf_text(std::string(65'536, 'k'), "x")).bytes()},
        {"gguf.bad-key", with(gguf_text("a b", "x")).bytes()},
        {"gguf.duplicate-key", with(gguf_text("general.architecture", "x")).bytes()},
        {"gguf.bad-value-type", with(gguf_string("k") + u32(13) + u64(0)).bytes()},
        {"gguf.bad-value-type", with(gguf_string("k") + u32(9) + u32(9) + u64(0)).bytes()},
        {"gguf.bad-boolean", with(gguf_string("k") + u32(7) + "\x02").bytes()},
        {"gguf.bad-string-length", with(gguf_string("k") + u32(8) + u64(~0ULL)).bytes()},
        {"gguf.bad-array-length", with(gguf_string("k") + u32(9) + u32(10) + u64(huge)).bytes()},
        {"gguf.bad-array-length", with(gguf_string("k") + u32(9) + u32(8) + u64(huge)).bytes()},
        {"gguf.bad-alignment", with(gguf_u32("general.alignment", 0)).bytes()},
        {"gguf.bad-alignment", with(gguf_u32("general.alignment", 13)).bytes()},
        {"gguf.bad-alignment", with(gguf_string("general.alignment") + u32(10) + u64(32)).bytes()},
        {"gguf.bad-template-type", with(gguf_u32("tokenizer.chat_template.x", 1)).bytes()},
        {"gguf.bad-tensor-name", edited([](Gguf& f) { f.tensor(std::string(64, 'n'), 0, 8, 64); })},
        {"gguf.bad-tensor-name", edited([](Gguf& f) { f.tensor("a\x07", 0, 8, 64); })},
        {"gguf.duplicate-tensor", edited([](Gguf& f) { f.tensor("a", 0, 8, 64); })},
        {"gguf.bad-dimensions", edited([](Gguf& f) {
             ++f.tensors;
             f.infos += gguf_string("c") + u32(5) + std::string(100, '\0');
         })},
        {"gguf.bad-dimensions", edited([](Gguf& f) { f.tensor("c", 0, ~0ULL, 64); })},
        {"gguf.size-overflow", edited([=](Gguf& f) {
             ++f.tensors;
             f.infos += gguf_string("c") + u32(2) + u64(huge) + u64(huge) + u32(0) + u64(64);
         })},
        {"gguf.size-overflow", edited([=](Gguf& f) { f.tensor("c", 0, huge, 64); })},
        {"gguf.bad-tensor-type", edited([](Gguf& f) { f.tensor("c", 4, 32, 64); })},
        {"gguf.bad-tensor-type", edited([](Gguf& f) { f.tensor("c", 1000, 32, 64); })},
        {"gguf.bad-tensor-shape", edited([](Gguf& f) { f.tensor("c", 2, 33, 64); })},
        {"gguf.bad-tensor-offset", edited([](Gguf& f) {
             f.tensor("c", 0, 8, 32);
             f.data += std::string(32, '\0');
         })},
        {"gguf.bad-tensor-offset", edited([](Gguf& f) {
             f.tensor("c", 0, 8, 96);
             f.data += std::string(64, '\0');
         })},
        {"gguf.not-enough-data", edited([](Gguf& f) { f.tensor("c", 0, 8, 64); })},
        {"gguf.trailing-data", edited([](Gguf& f) { f.data += "PK\x03\x04"; })},
        {"gguf.dirty-padding", edited([](Gguf& f) {
             f.tensor("c", 0, 1, 64);
             f.data += "abcdX";
         })},
    };
    for (const Case& c : cases) {
        const auto outcome = judge(c.bytes);
        INFO(c.id << ": " << outcome.ids());
        CHECK(outcome.has(c.id));
        CHECK_FALSE(outcome.whole());
        CHECK(outcome.evidence.tensors.empty());
        CHECK_FALSE(outcome.is("gguf"));
    }
}

TEST_CASE("chat templates inside a GGUF file are judged, with their place") {
    const std::string bytes = with(gguf_text("tokenizer.chat_template.tool_use", "{{ x.__class__ }}")).bytes();
    const auto outcome = judge(bytes);
    REQUIRE(outcome.has("template.private-access"));
    CHECK(outcome.whole());
    CHECK(outcome.evidence.tensors.size() == 2);
    CHECK(outcome.evidence.findings[0].where.offset == bytes.find(".__class__"));
    CHECK_FALSE(
        judge(with(gguf_text("general.description", "{{ x.__class__ }}")).bytes()).has("template.private-access"));
}

TEST_CASE("every prefix of a GGUF file is refused with a finding") {
    const std::string good = good_gguf().bytes();
    for (std::size_t length = 0; length < good.size(); ++length) {
        const auto outcome = judge(good.substr(0, length));
        INFO(length << " " << outcome.ids());
        CHECK_FALSE(outcome.evidence.findings.empty());
        CHECK(outcome.evidence.tensors.empty());
    }
}
