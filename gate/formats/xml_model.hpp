// xml_model.hpp: XML documents that are no pages: models in PMML and OpenVINO's intermediate representation, and everything else.
//
// A document type, entities, inclusions and style sheets reach beyond the file: findings. An OpenVINO network whose layers are not of
// OpenVINO's own operation sets needs native code of whoever loads it. Its constants lie in the .bin file of the same name, which
// becomes IndexEntry facts.
//
// Oracle: a FormatFact always ("openvino", "pmml", "xml"); a finding `xml.*` whenever not everything was understood.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

Examined parse_xml_document(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
