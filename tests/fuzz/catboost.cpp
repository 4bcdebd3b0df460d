// CatBoost models: whole if and only if nothing is found.
#include "formats/catboost.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run({data, size}, "model.cbm", headgate::formats::sniff_catboost, headgate::formats::parse_catboost);
    return 0;
}
