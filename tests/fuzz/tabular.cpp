// Parquet, Arrow, SentencePiece, pictures and sounds.
#include "formats/tabular.hpp"

#include "formats/images.hpp"
#include "formats/sentencepiece.hpp"
#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const ByteView bytes(data, size);
    fuzz::run(bytes, "a.parquet", formats::sniff_parquet, formats::parse_parquet);
    fuzz::run(bytes, "a.arrow", formats::sniff_arrow, formats::parse_arrow);
    fuzz::run(bytes, "a.model", formats::sniff_sentencepiece, formats::parse_sentencepiece);
    fuzz::run(bytes, "a.png", formats::sniff_image, formats::parse_image);
    return 0;
}
