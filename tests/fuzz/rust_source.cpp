// Rust: the traits of a source are as package_oracle.hpp says.
#include "formats/rust_source.hpp"

#include "fuzz/package_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    fuzz::run_source({data, size}, "build.rs",
                     [](ByteView bytes, const formats::PackageWords& words, formats::ParseContext& context) { formats::examine_rust(bytes, words, context); });
    return 0;
}
