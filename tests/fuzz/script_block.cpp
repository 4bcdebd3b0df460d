// A Python script whose first lines open a block of PEP 723: any bytes.
#include "fuzz/intake_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text = "# /// script\n";
    text.append(reinterpret_cast<const char*>(data), size);
    const auto* format = headgate::intake::script_format("run.py", headgate::as_bytes(text));
    ORACLE(format != nullptr);
    headgate::fuzz::run_manifest(headgate::as_bytes(text), *format, "run.py");
    return 0;
}
