// cyclonedx.hpp: CycloneDX in XML as the tree that it is in JSON. Private to intake/cyclonedx*.cpp.
#pragma once

#include <string>

#include "codec/tree.hpp"
#include "codec/xml.hpp"

namespace headgate::intake::cyclonedx {

/// The parts of the document that a reader of components asks for. The Error says what is not of the form, as "LINE: what".
Result<codec::Tree> tree_of(const codec::XmlElement& root);

}  // namespace headgate::intake::cyclonedx
