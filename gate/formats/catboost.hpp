// catboost.hpp: CatBoost's own models (.cbm): catboost/libs/model/model.cpp, flatbuffers/*.fbs.
//
//   "CBM1"  u32 bytes  TModelCore (FlatBuffers)  model parts, in the order in which the core names them
//   static_provider_v1 = u32 tables, each: u32 bytes, TCtrValueTable (FlatBuffers)
//
// Trees, feature tables and counters: numbers alone, so the format is inert. CatBoost goes by the indexes in them without looking,
// wherefore each is checked here. The parts that prepare texts and embeddings are not read: a finding says so.
//
// Oracle: FormatFact "catboost" (inert) and a Tensor of the leaves' values, if and only if there is no `catboost.*` finding.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_catboost(ByteSource& source, std::string_view name);
Examined parse_catboost(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
