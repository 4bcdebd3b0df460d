// told_format.hpp: what a file names, when its name does not say that it is a manifest.
#pragma once

#include <string>

#include "intake/manifest.hpp"
#include "io/file_source.hpp"
#include "pipeline/isolation.hpp"

namespace headgate::pipeline {

/// The format by which its names are read; nullptr when it names nothing. Most files are answered by the ending of their name, most others
/// by a search for words; the rest is parsed where `place` says. What could not be parsed there is what it looked like.
const intake::ManifestFormat* told_format(io::FileSource& source, const std::string& path, const ParsingPlace& place);

}  // namespace headgate::pipeline
