// Two versions and a range, one a line. Oracle: an order is one way round; a version is itself; what a range allows is never empty.
#include <string>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "fuzz/oracle.hpp"
#include "versions/order.hpp"
#include "versions/range.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 2048) return 0;
    const std::vector<std::string_view> lines = split(as_text({data, size}), '\n');
    if (lines.size() < 3) return 0;
    for (const std::string_view ecosystem : {"pypi", "npm", "cargo", "maven", "nuget", "gem", "composer", "github"}) {
        const auto order = versions::compare(ecosystem, lines[0], lines[1]);
        const auto back = versions::compare(ecosystem, lines[1], lines[0]);
        ORACLE(order.has_value() == back.has_value());
        if (order) ORACLE((*order < 0) == (*back > 0) && (*order == 0) == (*back == 0));
        const auto self = versions::compare(ecosystem, lines[0], lines[0]);
        if (self) ORACLE(*self == 0);
        const auto range = versions::parse_range(ecosystem, lines[2]);
        if (!range) continue;
        ORACLE(!range->empty());
        static_cast<void>(versions::overlap(ecosystem, *range, *range));
    }
    return 0;
}
