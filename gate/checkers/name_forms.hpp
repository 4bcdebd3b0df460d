// name_forms.hpp: the forms under which names are compared, shared by the checker and the generator of the index
// (gate/tools/name_index.cpp): both must fold and hash alike.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::checkers {

/// The spelling that counts as the same name in its ecosystem: lower case; PEP 503 for pypi; '_' as '-' for cargo.
std::string fold_name(std::string_view ecosystem, std::string_view name);

/// Without - _ . / and @: "babelcore" for "@babel/core".
std::string without_separators(std::string_view name);
/// ASCII letters and digits that look alike, as one: 0/o, 1/i/l, 5/s, rn/m, vv/w.
std::string look_alike_form(std::string_view name);
/// Tokens between separators in alphabetical order; "" for fewer than two or more than 16.
std::string sorted_tokens(std::string_view name);
/// "name" of "@scope/name"; "" for a name without scope.
std::string_view scope_basename(std::string_view name);

/// What a hash stands for: the same text under two forms must not meet.
enum class Form : std::uint64_t { near = 1, separators = 2, look_alike = 3, tokens = 4, basename = 5 };

std::uint64_t hash_form(Form form, std::string_view text);
/// Hashes under Form::near of the text with each single byte left out, in order.
void hash_deletions(std::string_view text, std::vector<std::uint64_t>& hashes);

/// Shorter names have too many honest neighbours to compare them at one edit.
inline constexpr std::size_t kShortestTarget = 4;
/// Longer ones are no names that people type.
inline constexpr std::size_t kLongestTarget = 100;

}  // namespace headgate::checkers
