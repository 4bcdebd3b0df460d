#include <array>

#include "report/report.hpp"

namespace headgate::report {

std::span<const OutputFormat> formats() {
    static constexpr std::array<OutputFormat, 3> kFormats = {{
        {"text", "for people"},
        {"json", "for programs; schema rules/schema/result-v1.schema.json"},
        {"sarif", "SARIF 2.1.0 for code scanning"},
    }};
    return kFormats;
}

}  // namespace headgate::report
