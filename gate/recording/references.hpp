// references.hpp: a Reference is recorded as its canonical spelling, and read back from that alone.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "model/reference.hpp"

namespace headgate::recording {

/// Takes three kinds: a spelling that normalises to itself; "file:PATH" whose PATH no normal form allows (a file on disk may
/// have any name, and is named so by where it lies); and a spelling of a computed name ("oci:?", "https://?", "pkg:TYPE/?"),
/// which names nothing. Everything else is an Error{malformed} that gives the normal form or says why there is none.
Result<Reference> read_reference(std::string_view text);

/// True for a computed name: only a requirement that is `dynamic` may have one.
bool is_computed(const Reference& reference);

}  // namespace headgate::recording
