// counters.hpp: what the door and the images count, as Prometheus reads it. How many lines there are does not depend on what was asked.
#pragma once

#include <string>

#include "pipeline/registry_images.hpp"
#include "server/door.hpp"

namespace headgate::server {

std::string door_metrics(const Door::Counts& counts);
std::string image_metrics(const pipeline::RegistryImages::Counts& counts);

}  // namespace headgate::server
