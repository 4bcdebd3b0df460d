#include "pipeline/tensor_pass.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

namespace {

Tensor tensor(std::uint64_t offset, std::uint64_t bytes, const std::string& dtype = "BF16") {
    return {{"m.safetensors", {}, offset, {}}, "t", dtype, {bytes / 2}, bytes};
}

void take(std::vector<Tensor>& tensors, const Bytes& file, std::size_t piece) {
    pipeline::TensorPass pass(tensors);
    for (std::size_t at = 0; at < file.size(); at += piece) pass.take(at, ByteView(file).subspan(at, std::min(piece, file.size() - at)));
}

}  // namespace

TEST_CASE("each tensor gets the figures of its own bytes, however they come") {
    Bytes file(64, 0xFF);
    const auto put = [&](std::size_t at, std::uint16_t bits) {
        file[at] = static_cast<std::uint8_t>(bits);
        file[at + 1] = static_cast<std::uint8_t>(bits >> 8U);
    };
    put(9, 0x4040);                               // 3; at an odd byte
    put(11, 0x4080);                              // 4
    put(13, 0x7F80);                              // infinite
    put(60, 0x0000);
    put(62, 0x7FC0);                              // NaN, up to the end of the file
    for (const std::size_t piece : {1U, 2U, 7U, 64U}) {
        CAPTURE(piece);
        std::vector<Tensor> tensors = {tensor(60, 4), tensor(9, 4), tensor(13, 2), tensor(20, 4, "I64"), tensor(60, 4)};
        take(tensors, file, piece);
        CHECK(tensors[1].statistics == TensorStatistics{2, 0, 0, 0, 5, 4});
        CHECK(tensors[2].statistics == TensorStatistics{1, 0, 1, 0, 0, 0});
        CHECK(tensors[0].statistics == TensorStatistics{2, 1, 0, 1, 0, 0});
        CHECK(tensors[4].statistics == tensors[0].statistics);   // two names of the same bytes
        CHECK_FALSE(tensors[3].statistics.has_value());
    }
}

TEST_CASE("what is not plainly in the file gets no figures") {
    Bytes file(32, 0);
    std::vector<Tensor> tensors = {tensor(0, 8), tensor(4, 8), tensor(12, 3), tensor(16, 4), tensor(30, 8)};
    tensors[3].where.member = "a.npy";
    take(tensors, file, 32);
    CHECK(tensors[0].statistics.has_value());
    for (std::size_t i = 1; i < tensors.size(); ++i) CHECK_FALSE(tensors[i].statistics.has_value());
    std::vector<Tensor> far = {tensor(UINT64_MAX - 1, 8)};
    CHECK(pipeline::TensorPass(far).empty());
}
