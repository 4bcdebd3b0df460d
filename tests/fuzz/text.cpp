// Text, JSON, YAML, markup, source and LFS pointers. The first byte chooses the name.
#include "formats/text.hpp"

#include "formats/executable.hpp"
#include "formats/hub_json.hpp"
#include "formats/lfs_pointer.hpp"
#include "formats/text_model.hpp"
#include "formats/xml_model.hpp"
#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    static constexpr const char* kNames[] = {
        "a.json", "a.jsonl", "a.yaml", "a.svg", "a.html", "a", "a.py", "tokenizer_config.json", "a.template", "a.csv",
        "label_map.pbtxt", "model.meta", "model.xml", "model"};
    if (size == 0) return 0;
    const char* name = kNames[data[0] % std::size(kNames)];
    const ByteView bytes(data + 1, size - 1);
    fuzz::run(bytes, name, formats::sniff_json, formats::parse_hub_json);
    fuzz::run(bytes, name, formats::sniff_text, formats::parse_text);
    fuzz::run(bytes, name, formats::sniff_text_model, formats::parse_text_model);
    fuzz::run(bytes, name, formats::sniff_openvino, formats::parse_xml_document);
    fuzz::run(bytes, name, formats::sniff_pmml, formats::parse_xml_document);
    fuzz::run(bytes, name, formats::sniff_source, formats::parse_source);
    fuzz::run(bytes, name, formats::sniff_executable, formats::parse_executable);
    fuzz::run(bytes, name, formats::sniff_lfs_pointer, formats::parse_lfs_pointer);
    return 0;
}
