#include "formats/container_report.hpp"

namespace headgate::formats {

void ContainerReport::broken(std::string_view thing, std::string message, std::uint64_t offset, std::string why) {
    if (count_++ >= kMost) return;
    context_.finding(area_ + "." + std::string(thing), Severity::high, std::move(message), context_.at(offset),
                     std::move(why),
                     "Repack the content with a standard tool and publish that; do not load this file.");
}

void ContainerReport::unscannable(std::string message, std::uint64_t offset) {
    if (count_++ >= kMost) return;
    context_.unscannable(area_, std::move(message), context_.at(offset));
}

void ContainerReport::close() {
    if (count_ > kMost) {
        context_.unscannable(area_, std::to_string(count_ - kMost) + " more broken rules in this container are not listed",
                             context_.whole());
    }
}

}  // namespace headgate::formats
