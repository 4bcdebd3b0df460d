#include "formats/package_traits.hpp"

#include "base/text.hpp"

namespace headgate::formats {

std::string shortened(std::string_view written, std::size_t most) {
    std::string out;
    // Made UTF-8 first: what a byte that is none becomes takes three.
    const std::string text = to_valid_utf8(trim(written).substr(0, 4 * most));
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (blank && !out.empty() && out.back() == ' ') continue;
        if (out.size() >= most) {
            while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80U) out.pop_back();
            if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0xC0U) out.pop_back();
            out += "...";
            break;
        }
        out += blank ? ' ' : c;
    }
    return out;
}

void PackageTraits::add(std::string trait, std::string_view detail, std::uint32_t line) {
    if (++counts_[trait] > kMostOfOne || context_.evidence.traits.size() >= context_.limits.facts) return;
    Location where = context_.whole();
    if (line != 0) where.line = line;
    context_.evidence.traits.push_back({std::move(where), std::move(trait), shortened(detail)});
}

}  // namespace headgate::formats
