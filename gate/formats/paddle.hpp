// paddle.hpp: PaddlePaddle's inference models: programs (paddle/fluid/framework/framework.proto, ProgramDesc; since version 3 JSON of
// its intermediate representation PIR) and the parameters beside them. (.pdparams and .pdopt are pickles.)
//
//   .pdmodel, __model__   ProgramDesc: blocks of operators, each by its name
//   model.json            {"base_code": {"magic": "pir", ...}, "program": {"regions": [{"blocks": [{"ops": [{"#": "1.matmul", ...}]}]}]}}
//                         where the number stands for a dialect
//   .pdiparams            tensors one behind the other: u32 0, u64 levels, (u64 bytes, offsets) for each level,
//                         u32 0, u32 bytes, TensorDesc (protobuf), values
//
// Every operator is a fact of the runtime "paddle": "matmul_v2" of a ProgramDesc, "pd_op.matmul" of PIR. Parameters are inert.
//
// Oracle: FormatFact "paddle" or "paddle-params" if and only if there is no `paddle.*` finding.
#pragma once

#include "codec/json.hpp"
#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_paddle(ByteSource& source, std::string_view name);
/// By name only, for a late row: something called .pdmodel or __model__ that no other format claims is a broken one.
bool sniff_named_paddle(ByteSource& source, std::string_view name);
Examined parse_paddle(ByteSource& source, ParseContext& context);

/// By content: the first tensor is one.
bool sniff_paddle_params(ByteSource& source, std::string_view name);
bool sniff_named_paddle_params(ByteSource& source, std::string_view name);
Examined parse_paddle_params(ByteSource& source, ParseContext& context);

bool is_paddle_program(const codec::Json& document);
Examined read_paddle_program(const codec::Json& document, ParseContext& context);

}  // namespace headgate::formats
