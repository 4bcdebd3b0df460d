// provenance_fields.hpp: members of SLSA provenance, read strictly. Private to attest/provenance*.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/json.hpp"
#include "model/fact.hpp"

namespace headgate::attest::provenance {

/// Quoted, escaped, cut.
std::string shown(std::string_view text);

/// One JSON object of the predicate, or the absence of one (then every member is absent, too). `null` is absence.
class Object {
  public:
    /// Error{malformed} if `json` is no object or has a member that is neither in `known` nor a vendor's extension (<vendor>_<field>).
    static Result<Object> of(const codec::Json& json, std::string_view where, std::initializer_list<std::string_view> known);
    /// Any member may be there: what parameters hold is the build type's business.
    static Result<Object> open(const codec::Json& json, std::string_view where);

    const codec::Json* find(std::string_view name) const;
    Result<Object> object(std::string_view name, std::initializer_list<std::string_view> known) const;
    Result<Object> open_object(std::string_view name) const;
    /// Items; empty when absent.
    Result<std::vector<codec::Json>> list(std::string_view name, std::size_t most) const;
    /// "" when absent; no control characters, at most kMaxProvenanceText bytes.
    Result<std::string> text(std::string_view name) const;
    Result<std::string> required(std::string_view name) const;
    /// A text or a whole number as text.
    Result<std::string> scalar(std::string_view name) const;
    /// As text(), "" also where the member is something else.
    Result<std::string> plain_text(std::string_view name) const;

    const std::string& where() const { return where_; }

  private:
    Object(const codec::Json* json, std::string where) : json_(json), where_(std::move(where)) {}
    const codec::Json* json_;            // nullptr: absent
    std::string where_;
};

/// Members "uri" and "digest" (algorithm -> value) of a resource.
Result<Material> material_of(const Object& object);
/// Every scalar below; nothing when absent.
Result<std::vector<PredicateField>> parameters_of(const codec::Json* json);

}  // namespace headgate::attest::provenance
