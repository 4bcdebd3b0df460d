// protocol.cpp: requests written, descriptions read. Answers to `check`: answer.cpp.
#include "external/protocol.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "external/document.hpp"
#include "external/members.hpp"

namespace headgate::external {
namespace {

using codec::Json;

constexpr std::size_t kMaxSchema = 256U << 10U;      // bytes, as it is written again

Json number(std::uint64_t value) { return Json::of(static_cast<std::int64_t>(value)); }

Json head(std::string_view op, std::string_view id) {
    Json request = Json::object();
    request.add("protocol", Json::of(kProtocol));
    request.add("request_id", Json::of(id));
    request.add("op", Json::of(op));
    return request;
}

Json files_json(const std::vector<InputFile>& files, const char* key) {
    Json list = Json::array();
    for (const InputFile& file : files) {
        Json& item = list.push(Json::object());
        item.add(key, Json::of(file.path));
        item.add("size", number(file.size));
        item.add("sha256", Json::of(file.sha256));
        item.add("fd", Json::of(static_cast<std::int64_t>(file.number)));
    }
    return list;
}

Json subject_json(const CheckRequest& request) {
    const Subject& subject = *request.subject;
    Json json = Json::object();
    json.add("kind", Json::of(to_string(subject.kind)));
    json.add("name", Json::of(subject.ref));
    Json& digests = json.add("digests", Json::object());
    if (!subject.digest.sha256.empty()) digests.add("sha256", Json::of(subject.digest.sha256));
    if (!subject.digest.dir_hash.empty()) digests.add("dirHash", Json::of(subject.digest.dir_hash));
    json.add("origin", Json::of(to_string(subject.origin)));
    json.add("tier", Json::of(request.tier));
    json.add("folder", Json::of(subject.is_folder));
    return json;
}

bool is_plugin_name(std::string_view name) {
    const bool letters = std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    return letters && !name.empty() && name.front() >= 'a' && name.front() <= 'z' && name.back() != '-';
}

// "NAME.kebab-thing"
bool is_rule_of(std::string_view id, std::string_view name) {
    if (id.size() <= name.size() + 1 || !id.starts_with(name) || id[name.size()] != '.') return false;
    const std::string_view rest = id.substr(name.size() + 1);
    return std::all_of(rest.begin(), rest.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

Result<PluginRule> read_rule(const Json& item, const std::string& plugin) {
    constexpr std::string_view kWhere = "a rule of the plugin";
    if (!item.is_object()) return malformed("a rule of the plugin is no object");
    PluginRule rule;
    rule.id = TRY(name_of(item, "id", kMaxId, kWhere));
    if (!is_rule_of(rule.id, plugin)) return malformed("rule '" + rule.id + "' is not written as '" + plugin + ".NAME': lower case, digits, '-' and '.'");
    const auto severity = parse_severity(TRY(text_of(item, "severity", 16, kWhere)));
    if (!severity) return malformed("'severity' of rule '" + rule.id + "' is none of critical, high, medium, low, info");
    rule.severity = *severity;
    rule.why = TRY(text_of(item, "why", kMaxText, kWhere));
    rule.fix = TRY(text_of(item, "fix", kMaxText, kWhere));
    return rule;
}

Result<void> read_rules(const Json& document, Description& described) {
    const Json* const rules = TRY(list_of(document, "rules", kMaxRules, "the plugin"));
    if (rules == nullptr || rules->items.empty()) return malformed("the plugin describes no rule: it could never find anything");
    for (const Json& item : rules->items) {
        PluginRule rule = TRY(read_rule(item, described.name));
        if (described.find(rule.id) != nullptr) return malformed("the plugin describes rule '" + rule.id + "' twice");
        described.rules.push_back(std::move(rule));
    }
    return {};
}

Result<void> read_kinds(const Json& document, Description& described) {
    for (const std::string& word : TRY(texts_of(document, "kinds", 16, "the plugin"))) {
        const auto kind = parse_kind(word);
        if (!kind) return malformed("'kinds' of the plugin holds a word that is none of model, dataset, package, container");
        described.kinds.push_back(*kind);
    }
    if (described.kinds.empty()) return malformed("the plugin names no 'kinds' that it looks at");
    return {};
}

Result<void> read_needs(const Json& document, Description& described) {
    const Json* const needs = document.find("needs");
    if (needs == nullptr) return {};
    if (!needs->is_object()) return malformed("'needs' of the plugin is no object");
    described.needs_network = !TRY(texts_of(*needs, "network", 100, "'needs'")).empty();
    described.needs_data = TRY(texts_of(*needs, "data", 16, "'needs'"));
    return {};
}

}  // namespace

std::string describe_request(std::string_view id) {
    Json request = head("describe", id);
    request.add("protocols", Json::array()).push(Json::of(kProtocol));
    return codec::write_json(request);
}

std::string check_request(const CheckRequest& request, const CallFacts& facts) {
    Json json = head("check", request.id);
    json.add("deadline_ms", Json::of(facts.deadline_ms));
    json.add("now", Json::of(format_instant(facts.now)));
    json.add("subject", subject_json(request));
    Json& input = json.add("input", Json::object());
    input.add("files", files_json(request.files, "path"));
    input.add("part", number(request.part));
    input.add("parts", number(request.parts));
    if (!request.paths.empty()) {
        Json& paths = input.add("paths", Json::array());
        for (const std::string& path : request.paths) paths.push(Json::of(path));
    }
    json.add("data", files_json(facts.data, "name"));
    auto settings = codec::parse_json(as_bytes(request.settings));
    json.add("settings", settings.ok() ? std::move(settings).value() : Json::object());
    json.add("offline", Json::of(facts.offline));
    Json& policy = json.add("policy", Json::object());
    policy.add("uri", Json::of(facts.policy_uri));
    policy.add("digest", Json::of(facts.policy_digest));
    return codec::write_json(json);
}

const PluginRule* Description::find(std::string_view id) const {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const PluginRule& rule) { return rule.id == id; });
    return found == rules.end() ? nullptr : &*found;
}

Result<Description> read_description(ByteView bytes, std::string_view id, std::span<const std::string> taken) {
    const Json document = TRY(read_document(bytes));
    TRY_VOID(check_head(document, id));
    Description described;
    described.name = TRY(name_of(document, "name", kMaxName, "the plugin"));
    if (!is_plugin_name(described.name)) return malformed("'name' of the plugin is not written in lower case letters, digits and '-'");
    if (std::find(taken.begin(), taken.end(), described.name) != taken.end()) {
        return malformed("the plugin calls itself '" + described.name + "', and findings that begin so are the gate's own");
    }
    described.version = TRY(name_of(document, "version", kMaxName, "the plugin"));
    TRY_VOID(read_kinds(document, described));
    TRY_VOID(read_needs(document, described));
    if (const Json* batch = document.find("batch")) {
        if (batch->type != Json::Type::boolean) return malformed("'batch' of the plugin is neither true nor false");
        described.batch = batch->boolean;
    }
    if (const Json* schema = document.find("settings_schema"); schema != nullptr && schema->type != Json::Type::null) {
        if (!schema->is_object()) return malformed("'settings_schema' of the plugin is no object");
        if (codec::write_json(*schema).size() > kMaxSchema) return malformed("'settings_schema' of the plugin is too long");
        described.settings_schema = *schema;
    }
    TRY_VOID(read_rules(document, described));
    return described;
}

}  // namespace headgate::external
