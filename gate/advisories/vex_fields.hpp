// vex_fields.hpp: what the readers of the three VEX formats share.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advisories/vex.hpp"

namespace headgate::advisories {

/// A purl with a version; nullopt for everything else.
std::optional<Reference> product_of(std::string_view purl);

/// "sha256:<hex>" in lower case of 64 hex digits; "" for anything else.
std::string digest_of(std::string_view hex);

Error wrong(std::string what);

/// The time that the first of these members that is there states. Error{malformed} when it is no time; nullopt when none is there.
Result<std::optional<Instant>> time_of(const codec::Json& object, std::initializer_list<std::string_view> members);

/// Items of a member that is a list; nothing when it is not there. Error{malformed} when it is something else.
Result<const std::vector<codec::Json>*> items_of(const codec::Json& object, std::string_view member);

/// Subjects that are products, by the canonical spelling of their purl.
struct BoundProduct {
    Reference product;
    std::string digest;                  // "sha256:<hex>"; "" when the statement names none
};
using BoundProducts = std::multimap<std::string, BoundProduct, std::less<>>;

using VexStatements = std::vector<VexStatement>;
inline constexpr std::size_t kMostStatements = 1'000'000;
Result<VexStatements> read_openvex(const codec::Json& document, const std::optional<BoundProducts>& subjects);
Result<VexStatements> read_cyclonedx(const codec::Json& document);
Result<VexStatements> read_csaf(const codec::Json& document);

}  // namespace headgate::advisories
