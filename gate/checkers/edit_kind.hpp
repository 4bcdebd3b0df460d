// edit_kind.hpp: how one name became another. The kind says more than the distance: a doubled or swapped letter is
// hardly ever an honest name, another letter often is.
#pragma once

#include <optional>
#include <string_view>

namespace headgate::checkers {

enum class EditKind {
    repetition,     // requessts
    transposition,  // reqeusts
    omission,       // requsts
    plural,         // request / requests
    keyboard,       // requesta: a neighbouring key
    look_alike,     // reque5ts
    insertion,
    substitution,
    version,        // requests2, python-logstash for python3-logstash
    separator,      // python-dateutil / pythondateutil
    reorder,        // dateutil-python
    moved,          // requsest: one character elsewhere, or two changed about
    suffix,         // jquery.js (npm only)
    affix,          // python-dateutil / py-dateutil / dateutil
    added_word,     // requests-official
    scope_drop,     // arm-appservice for @azure/arm-appservice
    scope_flatten,  // azure-arm-appservice for @azure/arm-appservice
    alias,          // an npm alias that puts another package under a popular name
    confusable,     // a letter of another script that looks like the right one
    host_swap,      // gitlab.com/stretchr/testify
    re_upload,      // a model of a known name under an organisation that is on no list
};

/// The kind of the one edit (optimal string alignment distance 1) that makes `written` of `target`; nullopt if they
/// are equal or further apart.
std::optional<EditKind> edit_between(std::string_view target, std::string_view written);

/// True if `written` is `target` with one character moved to another place, or two changed about (beyond a swap of neighbours).
bool is_moved(std::string_view target, std::string_view written);

/// Length of the word between separators in which the two names first differ.
std::size_t edited_word_length(std::string_view target, std::string_view written);

/// "a doubled letter"
std::string_view describe(EditKind kind);
/// "repetition": the last part of finding ids.
std::string_view id_of(EditKind kind);

}  // namespace headgate::checkers
