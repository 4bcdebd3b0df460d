#include "server/counters.hpp"

#include <array>

namespace headgate::server {
namespace {

using Value = std::pair<std::string_view, std::uint64_t>;

}  // namespace

std::string labelled_counter(std::string_view name, std::string_view help, std::string_view label, std::span<const Value> values) {
    const std::string counter(name);
    std::string text = "# HELP " + counter + " " + std::string(help) + "\n# TYPE " + counter + " counter\n";
    for (const auto& [word, value] : values) text += counter + "{" + std::string(label) + "=\"" + std::string(word) + "\"} " + std::to_string(value) + "\n";
    return text;
}

std::string door_metrics(const Door::Counts& counts) {
    const std::array<Value, 5> values = {{{"accepted", counts.accepted},
                                          {"refused", counts.refused},
                                          {"overloaded", counts.overloaded},
                                          {"timed_out", counts.timed_out},
                                          {"abandoned", counts.abandoned}}};
    return labelled_counter("headgate_connections_total", "Connections by fate.", "fate", values);
}

std::string image_metrics(const pipeline::RegistryImages::Counts& counts) {
    const std::array<Value, 4> values = {{{"examined", counts.examined}, {"known", counts.hits}, {"shared", counts.shared}, {"failed", counts.failed}}};
    return labelled_counter("headgate_images_total",
                            "Images that were asked for: examined at their registry, known already, shared with another request that was asking, or not to be had.",
                            "outcome", values);
}

}  // namespace headgate::server
