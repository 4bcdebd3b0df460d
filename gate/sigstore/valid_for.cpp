#include "sigstore/valid_for.hpp"

namespace headgate::sigstore {

using codec::Json;

namespace {

Result<Instant> read_time(const Fields& fields, std::string_view name) {
    const auto instant = parse_instant(TRY(fields.text(name, 64)));
    if (!instant) return fields.error(name, "is no RFC 3339 time");
    return *instant;
}

}  // namespace

Result<ValidFor> read_valid_for(const Fields& owner) {
    const Json* const json = TRY(owner.required("validFor"));
    const Fields fields = TRY(Fields::of(*json, "\"validFor\"", {"start", "end"}));
    ValidFor valid;
    valid.start = TRY(read_time(fields, "start"));
    if (fields.find("end") != nullptr) valid.end = TRY(read_time(fields, "end"));
    if (valid.end && *valid.end < valid.start) return malformed("a \"validFor\" ends before it starts");
    return valid;
}

}  // namespace headgate::sigstore
