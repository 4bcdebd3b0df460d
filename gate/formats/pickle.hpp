// pickle.hpp: Python pickles, protocols 0 to 5, read by a virtual machine that follows CPython's C unpickler without
// running anything (models.md 2.2). What loading would import and call becomes Import and Call facts; what only tricks
// need (computed names, frames that overlap, nested streams, trailing bytes, ...) becomes `pickle.*` findings. Which
// imports and calls are fine is the serialization checker's business.
//
// joblib's inline arrays are understood (pickle_arrays.hpp); legacy torch files are torch_legacy.hpp.
//
// Oracle: a FormatFact always. A stream that breaks off keeps the facts found before and adds `pickle.broken`; limits add
// `pickle.unscannable`; `partly` only together with one of those or a source that failed.
#pragma once

#include <cstdint>

#include "formats/parser.hpp"

namespace headgate::formats {

/// "\x80" and a protocol number, or (a guess) a stream without PROTO that runs to its STOP, calls what it imports, is longer than
/// a guess goes, or breaks off in a file named like a pickle.
bool sniff_pickle(ByteSource& source, std::string_view name);
/// For content that is another format: an unpickler that is given it would import something (or is not at its end after very many
/// opcodes, which no other format's bytes come to by chance).
bool loads_as_pickle(ByteSource& source);
Examined parse_pickle(ByteSource& source, ParseContext& context);

struct PickleOptions {
    bool format_fact = true;   // add FormatFact "pickle"; off for streams that are part of another format
    std::uint64_t begin = 0;   // where the first stream begins
    bool arrays = true;        // joblib may load it: off for content whose loader knows no inline arrays
};
Examined parse_pickle(ByteSource& source, ParseContext& context, const PickleOptions& options);

}  // namespace headgate::formats
