// Files of Kubernetes objects, YAML or JSON, told by their content.
#include <algorithm>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/deployment_reader.hpp"
#include "intake/kubernetes.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "Kubernetes";
constexpr std::size_t kMostDocuments = 10'000;

bool is_json(std::string_view text) { return trim(text.substr(0, 4096)).starts_with('{'); }

}  // namespace

bool parse_kubernetes(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, kFormat);
    if (!text) return false;
    std::vector<codec::Tree> documents;
    if (is_json(*text)) {
        if (auto one = codec::parse_json_tree(as_bytes(*text))) documents.push_back(std::move(*one));
    }
    if (documents.empty()) {
        // What begins with a brace may be YAML in flow style all the same.
        auto parsed = codec::parse_yaml_trees(as_bytes(*text), kMostDocuments, deployment_limits());
        if (!parsed && text->find("{{") != std::string_view::npos) {
            context.format(kFormat);
            return not_understood(context, "a template, which is no YAML before it is rendered (helm template): " + parsed.error().message, 1);
        }
        if (!parsed) return malformed(context, kFormat, parsed.error().message);
        documents = std::move(*parsed);
    }
    context.format(kFormat);
    bool understood = true;
    for (const codec::Tree& document : documents) {
        const bool nothing = document.is_table() && document.entries.empty();   // comments alone
        if (!nothing) understood = kubernetes::read_object(document, context) && understood;
    }
    return understood;
}

}  // namespace headgate::intake
