// The protobuf wire format: what a strict reader takes, and each way of breaking it beside the honest form.
#include "formats/protobuf.hpp"

#include <catch2/catch.hpp>

#include "recipes/protobuf_recipe.hpp"

using namespace headgate;
using namespace headgate::formats;
using namespace headgate::recipes;

namespace {

constexpr bool once = false;
constexpr bool many = true;

extern const ProtoSchema kTree;
const ProtoRow kTreeRows[] = {
    {1, "name", ProtoType::text},          {2, "count", ProtoType::integer},         {3, "child", ProtoType::message, many, &kTree},
    {4, "sizes", ProtoType::integer, many}, {5, "weights", ProtoType::fixed32, many}, {6, "only", ProtoType::message, once, &kTree}};
const ProtoSchema kTree{"Tree", kTreeRows, 100};

// "" when the message fits, else why not.
std::string problem_of(const std::string& bytes, const Limits& limits = {}) {
    MemorySource source(as_bytes(bytes));
    Budget budget(limits);
    ProtoInput input(source, budget);
    const bool fits = check_message(input, input.whole(), kTree);
    CHECK(fits == input.problem().empty());
    return input.problem();
}

std::string nested(int depth) {
    std::string bytes = part(1, "leaf");
    for (int i = 0; i < depth; ++i) bytes = part(3, bytes);
    return bytes;
}

// Says that it has 1 GiB and answers for the ends alone.
class Hollow final : public ByteSource {
  public:
    explicit Hollow(std::string head) : head_(std::move(head)) {}
    std::uint64_t size() const override { return head_.size() + kBody; }
    std::optional<ByteView> view(std::uint64_t offset, std::uint64_t length) override {
        held += length;
        static const Bytes kZeros(1U << 20U, 0);
        if (offset >= head_.size()) return ByteView(kZeros).first(static_cast<std::size_t>(std::min<std::uint64_t>(length, kZeros.size())));
        window_.assign(static_cast<std::size_t>(length), 0);
        std::copy_n(head_.begin() + static_cast<std::ptrdiff_t>(offset), std::min<std::size_t>(head_.size() - static_cast<std::size_t>(offset), window_.size()), window_.begin());
        return ByteView(window_);
    }
    static constexpr std::uint64_t kBody = 1U << 30U;
    std::uint64_t held = 0;

  private:
    std::string head_;
    Bytes window_;
};

}  // namespace

TEST_CASE("a message that fits its table") {
    CHECK(problem_of("").empty());
    CHECK(problem_of(part(1, "root") + number(2, UINT64_MAX) + part(3, part(1, "a")) + part(3, part(6, "")) +
                     part(4, varint(1) + varint(300)) + number(4, 7) + part(5, "abcdefgh") + fixed32(5, 1) + number(100, 1))
              .empty());
    CHECK(problem_of(nested(99)).empty());
}

TEST_CASE("a message that does not") {
    using namespace std::string_literals;
    CHECK(problem_of(number(7, 1)) == "field 7 of Tree is none that is known");
    CHECK(problem_of(number(1, 1)) == "field 1 (name) of Tree has the wire type of something else");
    CHECK(problem_of(number(2, 1) + number(2, 1)) == "field 2 (count) of Tree stands there twice");
    CHECK(problem_of(part(6, "") + part(6, "")) == "field 6 (only) of Tree stands there twice");
    CHECK(problem_of(part(3, part(3, number(9, 1)))) == "field 9 of Tree is none that is known");
    CHECK(problem_of(nested(100)) == "messages are nested deeper than 100");
    CHECK(problem_of("\x0a\x05root"s) == "field 1 claims 5 bytes, of which 4 are there");
    CHECK(problem_of(part(3, "\x0a\x05root"s) + part(1, "more")) == "field 1 claims 5 bytes, of which 4 are there");
    CHECK(problem_of("\x0b\x0c"s) == "a field has the wire type 3");
    CHECK(problem_of("\x02\x01"s) == "a field has the number 0");
    CHECK(problem_of("\x10\x80"s) == "a number is cut off");
    CHECK(problem_of("\x10\x81\x00"s) == "a number is written longer than it must be");
    CHECK(problem_of("\x10"s + std::string(9, '\xff') + "\x02") == "a number is longer than ten bytes");
    CHECK(problem_of("\x2d\x01\x02"s) == "a number is cut off");
    CHECK(problem_of(part(5, "abc")) == "packed numbers are cut off");
    CHECK(problem_of(part(4, "\x80")) == "a number is cut off");
    Limits limits;
    limits.steps = 3;
    CHECK(problem_of(nested(9), limits) == "it has more fields than the limit allows");
}

TEST_CASE("the first problem stays, and reading stops") {
    const std::string bytes = part(1, "a") + part(1, "b");
    MemorySource source(as_bytes(bytes));
    Budget budget({});
    ProtoInput input(source, budget);
    ProtoMessage message(input, input.whole());
    const auto first = message.next();
    REQUIRE(first);
    CHECK(input.text(*first) == "a");
    input.fail(3, "first");
    input.fail(4, "second");
    CHECK(input.problem() == "first");
    CHECK(input.problem_at() == 3);
    CHECK_FALSE(message.next());
    CHECK(input.text(*first).empty());
    CHECK_FALSE(input.gave_up());
}

TEST_CASE("the outline looks at the top level alone") {
    const auto outline = [](const std::string& bytes) {
        MemorySource source(as_bytes(bytes));
        return fits_outline(source, kTree);
    };
    CHECK(outline(part(1, "a") + part(3, "not a tree")) == 0b101U);
    CHECK(outline("") == 0U);
    CHECK_FALSE(outline(number(9, 1)));
    CHECK_FALSE(outline(number(1, 1)));
    CHECK_FALSE(outline(part(1, "a") + "\x08"));
}

TEST_CASE("what is large is never held") {
    Hollow source(varint(1U << 3U | 2U) + varint(Hollow::kBody));
    Budget budget({});
    ProtoInput input(source, budget);
    CHECK(check_message(input, input.whole(), kTree));
    CHECK(source.held < 100'000);
    ProtoMessage message(input, input.whole());
    const auto field = message.next();
    REQUIRE(field);
    CHECK(input.text(*field).empty());
    CHECK(input.gave_up());
}
