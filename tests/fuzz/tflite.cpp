// TensorFlow Lite models: whole if and only if nothing is found.
#include "formats/tflite.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run({data, size}, "model.tflite", headgate::formats::sniff_tflite, headgate::formats::parse_tflite);
    return 0;
}
