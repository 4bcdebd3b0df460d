// purl_text.hpp: a purl as a bill of materials spells it, for what a Reference does not keep: its qualifiers.
#pragma once

#include <string>
#include <string_view>

namespace headgate::intake {

/// The value of a qualifier, decoded; "" for none, and for one that cannot be decoded.
std::string purl_qualifier(std::string_view purl, std::string_view key);

/// The reference to parse: the purl, with the version that stands beside it where it has none and that is one. A hub's dataset, which
/// purls do not tell from a model, is hf-dataset:.
std::string purl_spelling(std::string_view purl, std::string_view version, bool dataset);

}  // namespace headgate::intake
