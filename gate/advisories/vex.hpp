// vex.hpp: what a VEX document says: of which product, at which version, which vulnerability does it no harm. OpenVEX 0.2, CycloneDX (JSON)
// and CSAF 2.0 are told apart by what they are, not by their names. Who signed a document is established elsewhere (attest/vex.hpp).
//
// A statement is about exactly what it names: a product that is no purl with a version is left out, and so is one that only contains
// the flawed component (subcomponents, relationships): what is harmless inside one product is not so inside another.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "codec/json.hpp"
#include "model/advisory.hpp"

namespace headgate::advisories {

/// A subject of the in-toto statement that a document is the predicate of.
struct VexSubject {
    std::string name;
    std::string sha256;                  // hex; "" when it states none
};

/// Error{malformed} for what is none of the three, or breaks its format in a place that is read. `subjects`: nullopt for a document by
/// itself. In a statement the products are its subjects, or those of its subjects that the document names too.
Result<std::vector<VexStatement>> read_vex(const codec::Json& document, const std::optional<std::vector<VexSubject>>& subjects);

}  // namespace headgate::advisories
