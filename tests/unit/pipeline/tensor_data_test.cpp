// Files of nothing but values: covered by an index to the last byte, or refused as before.
#include "pipeline/tensor_data.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

namespace {

struct Folder {
    Evidence evidence;

    explicit Folder(std::uint64_t size) {
        evidence.files = {{"m/model.onnx", 10, "", true, false}, {"m/w.bin", size, "", false, false}};
        evidence.opaques = {{{"m/w.bin", {}, {}, {}}, "no parser", size}};
    }
    Folder& range(std::uint64_t offset, std::uint64_t bytes, const char* file = "w.bin") {
        evidence.index_entries.push_back({{"m/model.onnx", {}, {}, {}}, "t", file, offset, bytes});
        return *this;
    }
    bool covered() {
        pipeline::settle_tensor_data(evidence);
        const bool examined = evidence.files[1].examined;
        CHECK(evidence.opaques.empty() == examined);
        CHECK(evidence.formats.size() == (examined ? 1U : 0U));
        return examined;
    }
};

}  // namespace

TEST_CASE("ranges cover a file to its end") {
    CHECK(Folder(16).range(0, 16).covered());
    CHECK(Folder(32).range(16, 16).range(0, 16).covered());
    CHECK(Folder(32).range(0, 32).range(8, 8).covered());
    CHECK_FALSE(Folder(17).range(0, 16).covered());   // bytes behind the last tensor
    CHECK_FALSE(Folder(16).range(0, 17).covered());
    CHECK_FALSE(Folder(16).range(UINT64_MAX, 2).covered());
    CHECK_FALSE(Folder(16).covered());
    CHECK_FALSE(Folder(16).range(0, 16, "other.bin").covered());
}

TEST_CASE("gaps for alignment are let be, others are not") {
    CHECK(Folder(4096 + 16).range(0, 100).range(4096, 16).covered());
    CHECK(Folder(65536 + 16).range(0, 1).range(65536, 16).covered());
    CHECK(Folder(32).range(0, 10).range(16, 16).covered());
    CHECK_FALSE(Folder(33).range(0, 10).range(17, 16).covered());
    CHECK_FALSE(Folder(4096 + 16).range(0, 100).range(4000, 112).covered());
    CHECK_FALSE(Folder(131072 + 16).range(131072, 16).covered());
}

TEST_CASE("what a parser took for something stays that") {
    Folder read(16);
    read.range(0, 16).evidence.formats = {{{"m/w.bin", {}, {}, {}}, "pickle", false, false}};
    pipeline::settle_tensor_data(read.evidence);
    CHECK_FALSE(read.evidence.files[1].examined);
    CHECK(read.evidence.opaques.size() == 1);
    Folder found(16);
    found.range(0, 16).evidence.findings = {{"zip.polyglot", Severity::high, "m", {"m/w.bin", {}, {}, {}}, "w", "f"}};
    pipeline::settle_tensor_data(found.evidence);
    CHECK(found.evidence.opaques.size() == 1);
    // An index inside an archive speaks of what is beside it in there.
    Folder inside(16);
    inside.range(0, 16).evidence.index_entries[0].where.member = "a.zip!model.onnx";
    CHECK_FALSE(inside.covered());
}
