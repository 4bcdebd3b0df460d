#include "model/advisory.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate {

std::string advisory_key(std::string_view type, std::string_view name) {
    std::string folded(name);
    if (type == "pypi") {
        folded = normalise_pypi(name);
    } else if (type == "cargo") {
        folded = ascii_lower(name);
        std::replace(folded.begin(), folded.end(), '_', '-');
    } else if (type == "golang" || type == "nuget" || type == "composer" || type == "github" || type == "hf" || type == "swift") {
        folded = ascii_lower(name);
    }
    return std::string(type) + "/" + folded;
}

std::string advisory_key(const Reference& reference) {
    const auto full = [&] { return reference.space.empty() ? reference.name : reference.space + "/" + reference.name; };
    if (reference.scheme == "pkg") return advisory_key(reference.type == "githubactions" ? "github" : reference.type, full());
    if (reference.scheme == "hf" || reference.scheme == "hf-dataset") return advisory_key("hf", full());
    if (reference.scheme == "oci") return advisory_key("oci", full());
    return "";
}

void AdvisoryData::add(Advisory advisory) {
    const auto number = static_cast<std::uint32_t>(advisories.size());
    for (std::size_t i = 0; i < advisory.affected.size(); ++i) {
        by_package[advisory.affected[i].key].emplace_back(number, static_cast<std::uint32_t>(i));
    }
    advisories.push_back(std::move(advisory));
}

}  // namespace headgate
