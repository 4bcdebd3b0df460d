// Evidence as bytes, between processes: what is written is read as the same, and of what is not so written nothing is.
#include "recording/binary.hpp"

#include <catch2/catch.hpp>

#include "recording/references.hpp"
#include "unit/recording/filled.hpp"

using namespace headgate;

namespace {

std::string written(const Evidence& evidence) {
    std::string out;
    recording::write_binary(evidence, out);
    return out;
}

Result<Evidence> read(std::string_view bytes, recording::BinaryLimits limits = {}) {
    Reader reader(as_bytes(bytes));
    auto evidence = recording::read_binary(reader, limits);
    if (evidence.ok() && !reader.at_end()) return Error{ErrorCode::malformed, "left over"};
    return evidence;
}

}  // namespace

TEST_CASE("evidence with every field filled comes back the same, and so does none") {
    const Evidence filled = recording_test::filled_evidence();
    const auto back = read(written(filled));
    REQUIRE(back.ok());
    CHECK(*back == filled);
    const auto nothing = read(written({}));
    REQUIRE(nothing.ok());
    CHECK(nothing->empty());
}

TEST_CASE("texts are any bytes") {
    Evidence evidence;
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    evidence.imports = {{{all, "", {}, {}}, std::string("\0\0", 2), "\xFF\xFE", ""}};
    const auto back = read(written(evidence));
    REQUIRE(back.ok());
    CHECK(*back == evidence);
}

TEST_CASE("no beginning of evidence is evidence") {
    const std::string whole = written(recording_test::filled_evidence());
    std::size_t taken = 0;
    for (std::size_t length = 0; length < whole.size(); ++length) taken += read(std::string_view(whole).substr(0, length)).ok() ? 1U : 0U;
    CHECK(taken == 0);
    CHECK(!read(whole + "x").ok());
}

TEST_CASE("bytes that are read are those that are written again") {
    const std::string whole = written(recording_test::filled_evidence());
    std::size_t read_again = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const unsigned change : {0x01U, 0x80U, 0xFFU}) {
            std::string changed = whole;
            changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ change);
            const auto back = read(changed);
            if (!back.ok()) continue;
            ++read_again;
            if (written(*back) != changed) FAIL("byte " << at);
        }
    }
    CHECK(read_again > 100);             // letters of names, sizes
}

TEST_CASE("what is no boolean, word, reference, digest or number is refused") {
    const auto changed = [](auto change) {
        Evidence evidence = recording_test::filled_evidence();
        change(evidence);
        return read(written(evidence)).ok();
    };
    CHECK(changed([](Evidence&) {}));
    CHECK(!changed([](Evidence& e) { e.calls[0].how = static_cast<Call::How>(6); }));
    CHECK(!changed([](Evidence& e) { e.findings[0].severity = static_cast<Severity>(200); }));
    CHECK(!changed([](Evidence& e) { e.requirements[0].reference.canonical = "pkg:pypi/Requests@2.31.0"; }));
    CHECK(!changed([](Evidence& e) { e.requirements[0].integrity = {"sha256:abc"}; }));
    CHECK(!changed([](Evidence& e) { e.members[0].sha256 = "x"; }));
    CHECK(!changed([](Evidence& e) { e.formats[0].where.line = 0; }));
    CHECK(!changed([](Evidence& e) { e.tensors[0].statistics->norm = 1.0 / 0.0; }));
    CHECK(!changed([](Evidence& e) { e.signatures[0].key_ids.clear(); }));
    Evidence computed;
    computed.requirements.push_back({});
    computed.requirements[0].reference = recording::read_reference("pkg:pypi/?").value();
    CHECK(!read(written(computed)).ok());
    computed.requirements[0].dynamic = true;
    CHECK(read(written(computed)).ok());
}

TEST_CASE("a count is not believed, and memory has a limit") {
    // The first list counts 4 billion files; there is one byte of them.
    CHECK(!read(std::string("\xFF\xFF\xFF\xFF\0", 5)).ok());
    Evidence evidence;
    evidence.formats.resize(1000);
    const std::string bytes = written(evidence);
    CHECK(read(bytes).ok());
    CHECK(read(bytes, {1000 * sizeof(FormatFact)}).ok());
    CHECK(!read(bytes, {1000 * sizeof(FormatFact) - 1}).ok());
}
