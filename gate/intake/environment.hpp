// environment.hpp: variables of the environment that choose where package managers and hubs take things from. They stand in Dockerfiles,
// in scripts, and in files of the two forms that are read here: .envrc (direnv) and go.env (Go's GOENV).
#pragma once

#include <cstdint>
#include <string_view>

#include "intake/manifest.hpp"

namespace headgate::intake {

/// Options that the variable stands for; of most variables none. `computed`: only the running program knows the value. False, with an
/// Opaque, for one that chooses a place and cannot be told.
bool add_variable(std::string_view name, std::string_view value, bool computed, std::uint32_t line, IntakeContext& context);
/// add_variable() would look at it.
bool is_known_variable(std::string_view name);

}  // namespace headgate::intake
