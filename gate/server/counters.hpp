// counters.hpp: what the door and the images count, as Prometheus reads it. How many lines there are does not depend on what was asked.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/registry_images.hpp"
#include "server/door.hpp"

namespace headgate::server {

/// A counter with one label: its head, and a line for each of its values.
std::string labelled_counter(std::string_view name, std::string_view help, std::string_view label, std::span<const std::pair<std::string_view, std::uint64_t>> values);

std::string door_metrics(const Door::Counts& counts);
std::string image_metrics(const pipeline::RegistryImages::Counts& counts);

}  // namespace headgate::server
