// toml_reader.hpp: a lockfile that is one TOML document, read by a TreeReader.
#pragma once

#include "codec/toml.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {

/// `Reader`: a TreeReader with `bool read(const Tree&)`, which says whether all was understood.
template <typename Reader>
bool read_toml(ByteView bytes, IntakeContext& context, std::string_view format) {
    const auto root = codec::parse_toml(bytes);
    if (!root) return malformed(context, format, root.error().message);
    context.format(format);
    return Reader(context).read(*root);
}

}  // namespace headgate::intake
