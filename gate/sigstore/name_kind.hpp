// name_kind.hpp: whether the text of a certificate's name can be of its kind. Policies and options compare texts.
#pragma once

#include "crypto/x509.hpp"

namespace headgate::sigstore {

/// What a name says fits its kind, so that a text is a name of one kind only: a mail address has an "@" and no "://", a URI begins with a
/// scheme, a user name (which Fulcio ends in "!" and a domain) has neither "@" nor "://". False for kinds that nobody signs with.
bool is_of_its_kind(const crypto::AltName& name);

}  // namespace headgate::sigstore
