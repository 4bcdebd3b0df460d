#include "checkers/base_image.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "checkers/sources.hpp"

namespace headgate::checkers {
namespace {

constexpr const char* kWhy = "What an image is built on is in it: a flaw or a back door below comes along, whoever built the rest.";

std::string field(const Configuration& image, std::string_view pointer) {
    const auto found = std::find_if(image.fields.begin(), image.fields.end(), [&](const PredicateField& one) { return one.pointer == pointer; });
    return found == image.fields.end() ? std::string() : found->value;
}

}  // namespace

std::vector<Finding> judge_bases(const CheckInput& input, const std::vector<std::string>& patterns) {
    std::vector<Finding> findings;
    if (input.subject.kind != Kind::container || std::find(patterns.begin(), patterns.end(), "**") != patterns.end()) return findings;
    bool looked = false;
    for (const Configuration& image : input.evidence.configurations) {
        if (image.role != "image") continue;
        looked = true;
        const std::string name = field(image, "/base/name");
        const std::string digest = field(image, "/base/digest");
        const std::string base = name.empty() || digest.empty() || name.find('@') != std::string::npos ? name : name + "@" + digest;
        if (name.empty()) {
            findings.push_back({"registry.base-unknown", Severity::medium, "nothing says what the image was built on", image.where, kWhy,
                                "Let the build write the annotations org.opencontainers.image.base.name and .digest."});
        } else if (!comes_from(patterns, "oci:" + base)) {
            findings.push_back({"registry.base-not-allowed", Severity::high, "the image was built on " + escape_terminal(base, 300) + ", which is not allowed", image.where, kWhy,
                                "Build it on an allowed image, or add that one to `base-images` of the rule."});
        }
    }
    if (!looked) {
        findings.push_back({"registry.base-unknown", Severity::medium, "nobody has looked at the image, and so not at what it was built on", {}, kWhy,
                            "Give the gate the image as a layout, or say `network: allow` of the rule."});
    }
    return findings;
}

}  // namespace headgate::checkers
