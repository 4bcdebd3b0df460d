// Notebooks: any bytes, and any bytes as the source of a cell.
#include "base/text.hpp"
#include "codec/json.hpp"
#include "fuzz/intake_oracle.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::run_manifest_as({data, size}, "notebook", "a.ipynb");
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (!is_utf8(text)) return 0;
    codec::Json cell = codec::Json::object();
    cell.add("cell_type", codec::Json::of("code"));
    cell.add("source", codec::Json::of(text));
    codec::Json root = codec::Json::object();
    root.add("cells", codec::Json::array()).push(std::move(cell));
    const std::string whole = codec::write_json(root);
    fuzz::run_manifest_as(as_bytes(whole), "notebook", "a.ipynb");
    return 0;
}
