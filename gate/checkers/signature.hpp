// signature.hpp: is it signed by whom the policy trusts, over exactly these bytes, with no unsigned file beside them?
#pragma once

#include "model/checker.hpp"

namespace headgate::checkers {

/// Absence denies: a subject passes only if enough distinct trusted keys made signatures that cover exactly its bytes.
/// What other signatures say never matters.
///
/// Findings: signature.missing (none at all, or too few signers), signature.not-trusted (the only ones are by others),
/// signature.does-not-cover (a trusted one is about other bytes; names the file), signature.unsigned-file (a trusted one
/// leaves out a file that is no plain documentation).
const Checker& signature_checker();

}  // namespace headgate::checkers
