// mar.hpp: TorchServe's model archives (.mar: a zip with MAR-INF/MANIFEST.json; pytorch/serve, model-archiver/README.md).
//
// The manifest says which module of the archive handles requests, which file holds the weights, and which packages are installed
// before. A handler, a model file or a list of packages of the archive's own is code: the FormatFact "mar" says so, and so does any
// member that Python would import. An archive with one of TorchServe's own handlers and without code is a container: its members,
// the weights among them, are judged by what they are.
//
// Oracle: a FormatFact always; a finding (`mar.*`, or of a member) whenever not everything was understood.
#pragma once

#include "formats/zip_directory.hpp"

namespace headgate::formats {

bool is_mar(const ZipDirectory& directory);
Examined examine_mar(ByteSource& source, const ZipDirectory& directory, ParseContext& context);

}  // namespace headgate::formats
