// Paddle's programs and parameters, by content and by name: whole if and only if nothing is found.
#include "formats/paddle.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate::formats;
    headgate::fuzz::run({data, size}, "model", sniff_paddle, parse_paddle);
    headgate::fuzz::run({data, size}, "model.pdmodel", sniff_named_paddle, parse_paddle);
    headgate::fuzz::run({data, size}, "params", sniff_paddle_params, parse_paddle_params);
    headgate::fuzz::run({data, size}, "model.pdiparams", sniff_named_paddle_params, parse_paddle_params);
    return 0;
}
