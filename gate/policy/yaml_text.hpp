// yaml_text.hpp: values and waivers spelled as the YAML of a policy file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/policy.hpp"

namespace headgate::policy {

/// Plain where every YAML reader agrees that it is text, quoted as JSON elsewhere.
std::string quoted(std::string_view text);
/// "[a, b]".
std::string listed(const std::vector<std::string>& items);

/// One item of the list `waivers`, indented by two, with a final newline.
std::string waiver_yaml(const Waiver& waiver);

/// The text of a policy file with `item` as the last of its `waivers`, everything else untouched, comments too. A list that is
/// written in brackets cannot be added to: Error{usage}.
Result<std::string> with_waiver(std::string_view policy_text, std::string_view item);

}  // namespace headgate::policy
