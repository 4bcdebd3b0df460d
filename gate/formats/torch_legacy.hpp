// torch_legacy.hpp: PyTorch checkpoints from before the zip format (torch.save until 1.5, models.md 2.2 rule 12): five
// pickles in a row (magic number, protocol version 1001, system information, the object, the list of storage keys), then
// for each key the number of elements and the raw memory, and nothing behind.
//
// The magic number must be a literal: a computed one is no torch file but a generic pickle with streams behind it, which is
// refused there. Storages are named by persistent ids ("storage", type, key, location, elements[, view]).
//
// Oracle: a FormatFact always; `partly` only together with a finding or a source that failed.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_torch_legacy(ByteSource& source, std::string_view name);
Examined parse_torch_legacy(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
