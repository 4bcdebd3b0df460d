#include "server/counters.hpp"

namespace headgate::server {

std::string door_metrics(const Door::Counts& counts) {
    std::string text = "# HELP headgate_connections_total Connections by fate.\n# TYPE headgate_connections_total counter\n";
    const auto count = [&](std::string_view fate, std::uint64_t value) {
        text += "headgate_connections_total{fate=\"" + std::string(fate) + "\"} " + std::to_string(value) + "\n";
    };
    count("accepted", counts.accepted);
    count("refused", counts.refused);
    count("overloaded", counts.overloaded);
    count("timed_out", counts.timed_out);
    count("abandoned", counts.abandoned);
    return text;
}

std::string image_metrics(const pipeline::RegistryImages::Counts& counts) {
    std::string text =
        "# HELP headgate_images_total Images that were asked for: examined at their registry, known already, shared with another request that "
        "was asking, or not to be had.\n# TYPE headgate_images_total counter\n";
    const auto count = [&](std::string_view outcome, std::uint64_t value) {
        text += "headgate_images_total{outcome=\"" + std::string(outcome) + "\"} " + std::to_string(value) + "\n";
    };
    count("examined", counts.examined);
    count("known", counts.hits);
    count("shared", counts.shared);
    count("failed", counts.failed);
    return text;
}

}  // namespace headgate::server
