// container_report.hpp: findings of one container, bounded: a hostile directory can break a rule in every entry.
#pragma once

#include <string>

#include "formats/parser.hpp"

namespace headgate::formats {

class ContainerReport {
  public:
    static constexpr std::uint32_t kMost = 100;

    /// `area` is the prefix of the ids: "zip", "tar", ...
    ContainerReport(ParseContext& context, std::string_view area) : context_(context), area_(area) {}
    ~ContainerReport() { close(); }
    ContainerReport(const ContainerReport&) = delete;
    ContainerReport& operator=(const ContainerReport&) = delete;

    /// A broken rule at a byte offset of the container.
    void broken(std::string_view thing, std::string message, std::uint64_t offset, std::string why);
    /// What cannot be read: `<area>.unscannable`.
    void unscannable(std::string message, std::uint64_t offset);

    bool clean() const { return count_ == 0; }

  private:
    void close();

    ParseContext& context_;
    std::string area_;
    std::uint32_t count_ = 0;
};

}  // namespace headgate::formats
