#include "cli/k8s_expected.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "codec/yaml.hpp"

namespace headgate::cli {
namespace {

using codec::Yaml;

constexpr std::array<std::string_view, 5> kDecisions = {"allow", "deny", "refuse", "error", "none"};

Error mistake(const std::string& name, std::uint32_t line, const std::string& what) {
    return {ErrorCode::usage, name + ":" + std::to_string(line) + ": " + what};
}

Result<ExpectedReview> read_case(const Yaml& node, const std::string& name) {
    ExpectedReview expected;
    expected.line = name + ":" + std::to_string(node.line);
    if (!node.is_mapping()) return mistake(name, node.line, "a case is a mapping: { review, decision, references, says }");
    for (const Yaml::Entry& entry : node.entries) {
        std::string* const text = entry.key == "review" ? &expected.review : entry.key == "decision" ? &expected.decision : entry.key == "says" ? &expected.says : nullptr;
        if (text != nullptr) {
            if (!entry.value.is_scalar() || entry.value.text.empty()) return mistake(name, entry.key_line, "'" + entry.key + "' is a text");
            *text = entry.value.text;
        } else if (entry.key == "references") {
            if (!entry.value.is_sequence()) return mistake(name, entry.key_line, "'references' is a list");
            expected.references.emplace();
            for (const Yaml& item : entry.value.items) {
                if (!item.is_scalar()) return mistake(name, item.line, "a reference is a text");
                expected.references->push_back(item.text);
            }
        } else {
            return mistake(name, entry.key_line, "unknown key '" + entry.key + "' in a case; it has review, decision, references and says");
        }
    }
    if (expected.review.empty() || expected.decision.empty()) return mistake(name, node.line, "a case needs 'review' and 'decision'");
    if (std::find(kDecisions.begin(), kDecisions.end(), expected.decision) == kDecisions.end()) {
        return mistake(name, node.line, "'decision' is allow, deny, refuse, error or none, not '" + expected.decision + "'");
    }
    return expected;
}

std::string joined(const std::vector<std::string>& list) {
    std::string text;
    for (const std::string& item : list) text += (text.empty() ? "" : ", ") + item;
    return "[" + text + "]";
}

}  // namespace

Result<std::vector<ExpectedReview>> read_expected(ByteView bytes, const std::string& name) {
    codec::YamlLimits limits;
    limits.bytes = 8ULL << 20U;
    auto documents = codec::parse_yaml_documents(bytes, 1, limits);
    if (!documents) return Error{ErrorCode::usage, name + ": " + documents.error().message};
    if (documents->size() != 1 || !documents->front().is_mapping()) return mistake(name, 1, "expected a mapping: k8s-test, cases");
    const Yaml& document = documents->front();
    const Yaml* version = document.find("k8s-test");
    const Yaml* cases = document.find("cases");
    if (version == nullptr || version->integer() != 1) return mistake(name, document.line, "it begins with 'k8s-test: 1'");
    if (cases == nullptr || !cases->is_sequence() || cases->items.empty()) return mistake(name, document.line, "'cases' is a list, with at least one case");
    for (const Yaml::Entry& entry : document.entries) {
        if (entry.key != "k8s-test" && entry.key != "cases") return mistake(name, entry.key_line, "unknown key '" + entry.key + "'; it has k8s-test and cases");
    }
    std::vector<ExpectedReview> expected;
    std::set<std::string> known;
    for (const Yaml& node : cases->items) {
        expected.push_back(TRY(read_case(node, name)));
        if (!known.insert(expected.back().review).second) return mistake(name, node.line, "'" + expected.back().review + "' is there twice");
    }
    return expected;
}

std::string difference(const ExpectedReview& expected, const std::string& decision, const std::vector<std::string>& references, const std::string& message) {
    if (expected.decision != decision) return "expected " + expected.decision + ", got " + decision + (message.empty() ? "" : ": " + message);
    if (expected.references && *expected.references != references) return "expected " + joined(*expected.references) + ", got " + joined(references);
    if (!expected.says.empty() && message.find(expected.says) == std::string::npos) return "expected '" + expected.says + "' in: " + message;
    return {};
}

}  // namespace headgate::cli
