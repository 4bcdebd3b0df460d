// registry_hosts.hpp: what rules/registries.yaml says of registries of images, for their client, and of where build tools are published.
#pragma once

#include <span>
#include <string>

#include "io/registry.hpp"

namespace headgate::pipeline {

/// Adds hosts that answer under another name (`answers`) and token services (`tokens`), behind what the operator says: of a host that
/// has an entry already, that one stays. Error{internal}: the file is missing or says something else.
Result<void> add_known_registries(io::RegistryOptions& options);

/// URL prefixes (`build-tools` of maven, each ends with '/'), read once: a worker can open no file, so that they are read before one is made. None
/// where the file is missing or says something else: then no place is taken for one.
std::span<const std::string> published_build_tools();

}  // namespace headgate::pipeline
