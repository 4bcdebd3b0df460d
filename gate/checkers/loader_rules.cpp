#include "checkers/loader_rules.hpp"

#include "base/text.hpp"

namespace headgate::checkers {
namespace {

// "NAME | RANGE | FIXED | IDS | SEVERITY | WHAT"
Result<LoaderRule> read(std::string_view line) {
    const std::vector<std::string_view> fields = split(line, '|');
    const Error wrong{ErrorCode::internal, "rules/loaders: not a rule about a loader: " + std::string(line)};
    if (fields.size() != 6) return wrong;
    LoaderRule rule;
    rule.affected = trim(fields[1]);
    rule.fixed = trim(fields[2]);
    for (const std::string_view id : split(trim(fields[3]), ' ')) {
        if (!id.empty()) rule.ids.emplace_back(id);
    }
    const auto severity = parse_severity(trim(fields[4]));
    rule.what = trim(fields[5]);
    if (rule.affected.empty() || rule.fixed.empty() || rule.ids.empty() || !severity || rule.what.empty()) return wrong;
    rule.severity = *severity;
    return rule;
}

}  // namespace

// Asked for every member of a lockfile: the name is looked for before a line is taken apart.
Result<std::vector<LoaderRule>> loader_rules(ByteView file, std::string_view name) {
    std::vector<LoaderRule> rules;
    const std::string_view text = as_text(file);
    const std::string wanted = "\n" + std::string(name) + " |";
    for (std::size_t at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1)) {
        const std::string_view line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
        rules.push_back(TRY(read(line)));
    }
    return rules;
}

}  // namespace headgate::checkers
