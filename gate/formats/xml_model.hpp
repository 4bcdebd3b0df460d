// xml_model.hpp: XML documents that are no pages: models in PMML and OpenVINO's intermediate representation, and everything else.
//
// A document type, entities, inclusions and style sheets reach beyond the file: findings. An OpenVINO network whose layers are not of
// OpenVINO's own operation sets needs native code of whoever loads it. Its constants lie in the .bin file of the same name, which
// becomes IndexEntry facts.
//
// OpenVINO finds its format by the content: an element `net` at the beginning, whatever text stands before it and whatever the file is
// called; so does sniff_openvino(). In a file named .xml or .pmml every text is XML.
//
// Oracle: a FormatFact always ("openvino", "pmml", "xml"); a finding `xml.*` whenever not everything was understood.
#pragma once

#include <string>

#include "formats/parser.hpp"

namespace headgate::formats {

/// Text that an XML reader with patience takes for an OpenVINO network: `<net` begins its first element, or stands in its first
/// kilobyte, and `<layers` follows.
bool sniff_openvino(ByteSource& source, std::string_view name);
/// Text named .pmml, or whose first element is PMML.
bool sniff_pmml(ByteSource& source, std::string_view name);
Examined parse_xml_document(ByteSource& source, ParseContext& context);

/// Lower-case name of the first element, behind comments, instructions, a document type and whatever text stands before it; "" where
/// none begins in the first 64 KiB.
std::string first_element(ByteSource& source);

}  // namespace headgate::formats
