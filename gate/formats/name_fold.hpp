// name_fold.hpp: NFD(casefold(x)) of one character outside ASCII. The table is name_fold.cpp, made from the Unicode
// Character Database by tests/recipes/make_name_fold.py.
#pragma once

#include <string>
#include <string_view>

namespace headgate::formats {

/// Appends the folded form of one well-formed UTF-8 sequence.
void fold_sequence(std::string_view sequence, std::string& out);

}  // namespace headgate::formats
