// oms_emit.hpp: the statement of a model signature, as `headgate sign` writes it.
#pragma once

#include <string>

#include "attest/oms_manifest.hpp"
#include "base/result.hpp"

namespace headgate::attest {

/// OMS 1.0: resources in code-point order of their names, shards as "path:begin:end" in the order of the file, the root digest
/// over them. `manifest.root` is not read; resources may be in any order. Error{unsupported} for names that are not UTF-8, and
/// for more resources or bytes than a reader takes.
Result<std::string> oms_statement(const OmsManifest& manifest);

}  // namespace headgate::attest
