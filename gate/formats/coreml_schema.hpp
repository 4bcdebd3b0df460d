// coreml_schema.hpp: the tables of a CoreML model: Model and every message below it, by its name within CoreML.Specification.
#pragma once

#include "formats/proto_tables.hpp"

namespace headgate::formats {

const ProtoTables& coreml_tables();

}  // namespace headgate::formats
