#include "model/layers.hpp"

#include <algorithm>

namespace headgate {
namespace {

bool states(const Evidence& evidence, std::string_view format) {
    return std::any_of(evidence.formats.begin(), evidence.formats.end(), [&](const FormatFact& fact) { return fact.where.member.empty() && fact.format == format; });
}

}  // namespace

bool is_of_image(const Evidence& evidence) {
    if (!states(evidence, "oci-layout") && !states(evidence, "oci-image")) return false;
    return !states(evidence, "oci-modelpack") && !states(evidence, "oci-kitops") && !states(evidence, "oci-ollama");
}

bool layers_are_read(const Evidence& evidence, bool as_model) {
    return states(evidence, kModelLayersRead) || (!as_model && states(evidence, kLayersRead));
}

}  // namespace headgate
