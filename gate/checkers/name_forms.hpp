// name_forms.hpp: the forms under which names are compared, shared by the checker and the generator of the index
// (gate/tools/name_index.cpp): both must fold and hash alike.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::checkers {

/// The spelling that counts as the same name in its ecosystem: lower case; PEP 503 for pypi; '_' as '-' for cargo; without
/// the major version at the end ("/v2", ".v2") for golang.
std::string fold_name(std::string_view ecosystem, std::string_view name);

/// Without - _ . / and @: "babelcore" for "@babel/core".
std::string without_separators(std::string_view name);
/// ASCII letters and digits that look alike, as one: 0/o, 1/i/l, 5/s, rn/m, vv/w, cl/d.
std::string look_alike_form(std::string_view name);
/// Tokens between separators in alphabetical order; "" for fewer than two or more than 16.
std::string sorted_tokens(std::string_view name);
/// "name" of "@scope/name"; "" for a name without scope.
std::string_view scope_basename(std::string_view name);
/// Without a number at the end and what separates it: "requests" for "requests2", "requests-v3", "requests2.1"; "" where
/// there is none, or nothing besides.
std::string_view without_number(std::string_view name);
/// Without the words that say which language a package is for ("py-", "-python", "node-", ".js", "go-", "-rs", ...); ""
/// where there are none, or nothing besides.
std::string without_language(std::string_view ecosystem, std::string_view name);
/// Packages of the ecosystem say so at all.
bool has_languages(std::string_view ecosystem);

/// What a hash stands for: the same text under two forms must not meet.
enum class Form : std::uint64_t { exact = 1, near = 2, look_alike = 3, tokens = 4, letters = 5, basename = 6, language = 7 };

/// What is hashed of a text under any form: computed once, it serves for all of them.
struct TextHash {
    std::uint64_t value = 0;
};
TextHash hash_text(std::string_view text);
std::uint64_t hash_form(Form form, TextHash text);
inline std::uint64_t hash_form(Form form, std::string_view text) { return hash_form(form, hash_text(text)); }
/// Under Form::letters: equal for names that only put the same characters in other places.
std::uint64_t hash_letters(std::string_view text);
/// Hashes under Form::near of the text with each single byte left out, in order.
void hash_deletions(std::string_view text, std::vector<std::uint64_t>& hashes);

/// Shorter names have too many honest neighbours to compare them at one edit. Counted without separators.
inline constexpr std::size_t kShortestTarget = 4;
/// Longer ones are no names that people type.
inline constexpr std::size_t kLongestTarget = 100;

}  // namespace headgate::checkers
