// registry_hosts.hpp: what rules/registries.yaml says of registries of images, for their client.
#pragma once

#include "io/registry.hpp"

namespace headgate::pipeline {

/// Adds hosts that answer under another name (`answers`) and token services (`tokens`), behind what the operator says: of a host that
/// has an entry already, that one stays. Error{internal}: the file is missing or says something else.
Result<void> add_known_registries(io::RegistryOptions& options);

}  // namespace headgate::pipeline
