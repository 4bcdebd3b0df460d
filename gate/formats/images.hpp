// images.hpp: PNG (W3C PNG, chunks), JPEG (ITU T.81, markers), GIF89a (blocks), WebP and WAV (RIFF chunks), BMP
// (headers), walked from the magic to the end marker. Nothing is decoded.
//
// FormatFact "png", "jpeg", "gif", "webp", "wav", "bmp", inert, if and only if there is no `image.*` finding:
// `image.malformed` (the walk does not reach the end) and `image.trailing-data` (bytes behind the end: polyglots).
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_image(ByteSource& source, std::string_view name);
Examined parse_image(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
