// signature.hpp: is it signed by whom the policy trusts, over exactly these bytes, with no unsigned file beside them?
#pragma once

#include "model/checker.hpp"

namespace headgate::checkers {

/// Absence denies: a subject passes only if enough distinct trusted keys made signatures that cover exactly its bytes.
/// What other signatures say never matters.
///
/// Findings: signature.missing (none at all, or too few signers), signature.not-trusted (the only ones are by others),
/// signature.does-not-cover (a trusted one is about other bytes; names the file), signature.unsigned-file (a trusted one
/// leaves out a file that the rule does not let it), signature.follows-links (a trusted one lets links stand for what they lead
/// to, and the rule does not).
const Checker& signature_checker();

/// An ignore list is the signer's, but what lies under it now may be anybody's: true for a file that tells people something
/// (README, licence, picture) by its name, and that is inert by the formats found in it.
bool is_harmless_documentation(const Evidence& evidence, std::string_view path);
/// Of everything that the ignore list of a model signature leaves out. What the checker asks unless a rule says otherwise, and what
/// a tier's `requires: { signed-by }` asks, which has no settings: nobody signed the rest.
bool leaves_out_only_documentation(const Evidence& evidence, const Signature& signature);

}  // namespace headgate::checkers
