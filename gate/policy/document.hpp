// document.hpp: a mapping of the policy that somebody else reads, as JSON.
#pragma once

#include <string>

#include "policy/fields.hpp"

namespace headgate::policy {

/// JCS of the mapping `node`: texts, whole numbers, booleans, null, lists and mappings. A fraction is a mistake: it is written as
/// text. Quoted scalars are texts.
std::optional<SettingDocument> read_document(Loading& loading, const codec::Yaml& node);

}  // namespace headgate::policy
