#include "checkers/operators.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "base/text.hpp"

namespace headgate::checkers {
namespace {

constexpr std::string_view kFolder = "operators/";
constexpr std::string_view kDangerous = "operators/dangerous.txt";
constexpr std::string_view kDomains = "operators/domains.txt";
constexpr std::string_view kOwn = "-function";   // of a runtime: the model defines what is named

std::string all_of_domain(const Operator& used) { return used.domain.empty() ? std::string() : used.domain + ".*"; }

std::string without_runtime(const Operator& used) { return used.domain.empty() ? used.name : used.domain + "." + used.name; }

Result<std::string_view> read_list(const RuleData& data, const std::string& path) {
    const auto bytes = data.file(path);
    if (!bytes) return Error{ErrorCode::policy, "rules/" + path + " is missing"};
    return as_text(*bytes);
}

std::string spelled(const Operator& used) { return used.runtime + ":" + without_runtime(used); }

class OperatorLists {
  public:
    explicit OperatorLists(const RuleData& data) : data_(data) {}

    /// Why it is dangerous, "" when it is not listed.
    Result<std::string> danger_of(const Operator& used);
    /// True if the runtime brings it.
    Result<bool> is_known(const Operator& used);
    /// True if it is of a domain that some runtime brings operators of.
    Result<bool> is_of_a_runtime(const Operator& used);

  private:
    using Reasons = std::map<std::string, std::string, std::less<>>;
    Result<const Reasons*> load(std::optional<Reasons>& list, std::string_view path);

    const RuleData& data_;
    std::map<std::string, std::set<std::string, std::less<>>> known_;  // by runtime
    std::optional<Reasons> dangerous_;
    std::optional<Reasons> domains_;
};

Result<const OperatorLists::Reasons*> OperatorLists::load(std::optional<Reasons>& list, std::string_view path) {
    if (list) return &*list;
    const std::string_view text = TRY(read_list(data_, std::string(path)));
    Reasons read;
    std::uint32_t number = 0;
    for (std::string_view line : split_lines(text)) {
        ++number;
        line = trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        const std::size_t space = line.find_first_of(" \t");
        if (space == std::string_view::npos || line.find(':') > space) {
            return Error{ErrorCode::policy, "rules/" + std::string(path) + ":" + std::to_string(number) + ": expected 'runtime:name reason'"};
        }
        read.emplace(line.substr(0, space), trim(line.substr(space)));
    }
    list = std::move(read);
    return &*list;
}

Result<std::string> OperatorLists::danger_of(const Operator& used) {
    const Reasons& dangerous = *TRY(load(dangerous_, kDangerous));
    for (const std::string& name : {spelled(used), used.runtime + ":" + all_of_domain(used)}) {
        const auto found = dangerous.find(name);
        if (found != dangerous.end()) return found->second;
    }
    return std::string();
}

Result<bool> OperatorLists::is_of_a_runtime(const Operator& used) {
    const Reasons& domains = *TRY(load(domains_, kDomains));
    for (std::string_view domain = used.domain; !domain.empty();) {
        if (domains.contains(used.runtime + ":" + std::string(domain))) return true;
        domain = domain.substr(0, domain.rfind('.') == std::string_view::npos ? 0 : domain.rfind('.'));
    }
    return false;
}

Result<bool> OperatorLists::is_known(const Operator& used) {
    auto list = known_.find(used.runtime);
    if (list == known_.end()) {
        const std::string_view text = TRY(read_list(data_, std::string(kFolder) + used.runtime + ".txt"));
        list = known_.emplace(used.runtime, std::set<std::string, std::less<>>()).first;
        for (std::string_view line : split_lines(text)) {
            line = trim(line);
            if (!line.empty() && !line.starts_with('#')) list->second.emplace(line);
        }
    }
    return list->second.contains(without_runtime(used)) || (!used.domain.empty() && list->second.contains(all_of_domain(used)));
}

bool has(const std::vector<std::string>& list, const std::string& item) { return std::find(list.begin(), list.end(), item) != list.end(); }

}  // namespace

Result<void> check_operators(const Evidence& evidence, const std::vector<std::string>& allowed, const RuleData& data,
                             std::vector<Finding>& findings) {
    OperatorLists lists(data);
    for (const Operator& fact : evidence.operators) {
        Operator used = fact;
        const bool own = used.runtime.ends_with(kOwn);
        if (own) used.runtime.resize(used.runtime.size() - kOwn.size());
        if (has(allowed, spelled(used))) continue;
        const std::string_view beside = own ? "; the function of that name in the model may be passed over" : "";
        const std::string danger = TRY(lists.danger_of(used));
        if (!danger.empty()) {
            findings.push_back({"serialization.dangerous-operator", Severity::critical,
                                "running it uses the operator " + spelled(used) + ": " + danger + std::string(beside), used.where,
                                "An operator runs with the rights of whoever runs the model, and this one reaches beyond the model's numbers.",
                                "Take a model that was exported without it. If you know what it does there, allow it by name: "
                                "allow-operators: [\"" + spelled(used) + "\"]."});
            continue;
        }
        if (own && !TRY(lists.is_of_a_runtime(used))) continue;
        const bool domain_allowed = !used.domain.empty() && has(allowed, used.runtime + ":" + all_of_domain(used));
        const bool known = TRY(lists.is_known(used));
        if (domain_allowed || known) continue;
        findings.push_back({"serialization.unknown-operator", Severity::high,
                            "running it uses the operator " + spelled(used) + ", which " + (own ? "a runtime may bring" : "its runtime does not bring") + std::string(beside), used.where,
                            "A custom operator is native code of whoever loads the model, and nothing here tells what it does.",
                            "Export the model with operators of the standard; or, if the library that brings this one is yours, allow it by "
                            "name: allow-operators: [\"" + spelled(used) + "\"]."});
    }
    return {};
}

std::string problem_of_operator(const std::string& pattern, const RuleData* data) {
    const std::size_t colon = pattern.find(':');
    std::string_view name = colon == std::string::npos ? std::string_view() : std::string_view(pattern).substr(colon + 1);
    if (name.ends_with(".*")) name.remove_suffix(2);
    const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || c == '>';
    });
    if (!plain) return "'" + pattern + "' is no operator: expected runtime:domain.Name, or runtime:domain.* for a whole domain, like onnx:com.microsoft.*";
    if (data == nullptr) return "";
    const std::string runtime = pattern.substr(0, colon);
    std::vector<std::string> known;
    for (const std::string& path : data->below(kFolder)) {
        if (path != kDangerous && path != kDomains && path.ends_with(".txt")) known.push_back(path.substr(kFolder.size(), path.size() - kFolder.size() - 4));
    }
    if (std::find(known.begin(), known.end(), runtime) != known.end()) return "";
    std::string list;
    for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
    return "'" + pattern + "': there is no runtime '" + runtime + "', but " + list;
}

}  // namespace headgate::checkers
