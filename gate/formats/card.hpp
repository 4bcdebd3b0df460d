// card.hpp: model and dataset cards: a README.md whose YAML front matter (between two lines "---") says what it is.
// (Specification: the hub documentation, "Model cards" and "Dataset cards".)
#pragma once

#include "base/bytes.hpp"
#include "formats/parser.hpp"

namespace headgate::formats {

/// Adds a Card fact when the Markdown begins with front matter, and returns true then. Front matter that cannot be read
/// is a Card with a `problem`, no finding: whether a card is wanted is the policy's question (checkers/card.cpp). Text
/// without front matter is no card: false, nothing is added. The text format calls this for README.md and adds its own
/// FormatFact.
bool parse_card(ByteView markdown, ParseContext& context);

}  // namespace headgate::formats
