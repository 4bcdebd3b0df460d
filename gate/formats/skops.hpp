// skops.hpp: the .skops archives of scikit-learn models: a zip with schema.json, a tree of nodes that each name a class and the
// loader that makes it, and the arrays beside it (skops.io, protocols 0 to 2).
//
// What a node names becomes the same facts as in a pickle: an Import, and Calls for what its loader does with it; so the lists
// of allowed globals judge both. Loaders that call what the content names (methods, partials, operator functions) are findings.
//
// Oracle: a FormatFact always; a finding `skops.*` whenever not everything was understood.
#pragma once

#include "formats/zip_directory.hpp"

namespace headgate::formats {

bool is_skops(const ZipDirectory& directory);
Examined examine_skops(ByteSource& source, const ZipDirectory& directory, ParseContext& context);

}  // namespace headgate::formats
