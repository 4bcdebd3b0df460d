// describe.hpp: checkers, settings and rules in words, for `headgate checkers` and `headgate explain`.
#pragma once

#include <string>
#include <string_view>

#include "model/checker.hpp"

namespace headgate::cli {

/// The card of a checker with its table of settings.
std::string describe(const Checker& checker);
/// One row of that table: type, default, choices, which direction is stricter.
std::string describe(const SettingSpec& setting);
/// A rule of a policy, with every setting it ends up with.
std::string describe(const Rule& rule, const Policy& policy);
/// A value as a policy would write it.
std::string describe(const SettingValue& value);
/// "fewer entries are stricter", ...
std::string_view direction(Stricter stricter);

/// "Label:     text", continued lines below the text.
std::string labelled(std::string_view label, std::string_view text);

}  // namespace headgate::cli
