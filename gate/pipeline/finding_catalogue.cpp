#include "pipeline/finding_catalogue.hpp"

#include "codec/yaml.hpp"
#include "pipeline/decide.hpp"

namespace headgate::pipeline {
namespace {

using codec::Yaml;

Error wrong(const Yaml& node, const std::string& what) {
    return {ErrorCode::malformed, "rules/findings.yaml:" + std::to_string(node.line) + ": " + what};
}

std::string text_of(const Yaml& node, std::string_view key, const std::string& otherwise) {
    const Yaml* value = node.find(key);
    return value != nullptr && value->is_scalar() ? value->text : otherwise;
}

Result<FindingArea> read_area(const Yaml::Entry& entry) {
    const Yaml& body = entry.value;
    FindingArea area{entry.key, text_of(body, "about", ""), text_of(body, "by", ""), {}};
    const Yaml* ids = body.find("ids");
    if (area.by.empty() || ids == nullptr || !ids->is_mapping()) return wrong(body, entry.key + ": needs `by` and `ids`");
    for (const Yaml::Entry& id : ids->entries) {
        const std::string what = id.value.is_scalar() ? id.value.text : text_of(id.value, "what", "");
        FindingEntry finding{id.key, what, text_of(id.value, "why", text_of(body, "why", "")),
                             text_of(id.value, "fix", text_of(body, "fix", ""))};
        if (finding.what.empty() || finding.why.empty() || finding.fix.empty()) {
            return wrong(id.value, id.key + ": needs `what`, `why` and `fix`");
        }
        area.entries.push_back(std::move(finding));
    }
    return area;
}

}  // namespace

Result<std::vector<FindingArea>> finding_catalogue() {
    const auto bytes = rule_data().file("findings.yaml");
    if (!bytes) return Error{ErrorCode::malformed, "rules/findings.yaml is missing"};
    auto document = codec::parse_yaml(*bytes);
    if (!document.ok()) return Error{ErrorCode::malformed, "rules/findings.yaml:" + document.error().message};
    if (!document->is_mapping()) return wrong(*document, "expected areas of findings");
    std::vector<FindingArea> areas;
    for (const Yaml::Entry& entry : document->entries) areas.push_back(TRY(read_area(entry)));
    return areas;
}

}  // namespace headgate::pipeline
