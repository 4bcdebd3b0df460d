// likeness.hpp: how much a near miss says. The kind of edit decides: each kind was measured, as its share among names that are known
// to be malicious over its share among honest ones (rules/names/README.md). Three levels come of it: high may deny alone, medium
// wants a second signal, low is a note.
#pragma once

#include <cstddef>
#include <string_view>

#include "checkers/edit_kind.hpp"
#include "model/kinds.hpp"

namespace headgate::checkers {

/// What a near miss was made of.
struct Likeness {
    EditKind kind = EditKind::substitution;
    std::size_t target_length = 0;   // without separators: a short name has honest neighbours
    std::size_t word_length = 0;     // of the word that was edited: so has a short word
    bool combined = false;           // beside the edit the separators, the scope or a number differ, too
    bool at_edge = false;            // the first or last character: what is left out there leaves another word
};

/// How much it says in this ecosystem, when nothing else is known.
Severity severity_of(const Likeness& likeness, std::string_view ecosystem);

}  // namespace headgate::checkers
