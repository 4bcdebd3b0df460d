// XML documents and models.
#include "formats/xml_model.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run({data, size}, "model.xml", [](headgate::ByteSource&, std::string_view) { return true; },
                        headgate::formats::parse_xml_document);
    return 0;
}
