// language.cpp: the tables of the language as a JSON Schema, for editors.
#include "policy/language.hpp"

#include <algorithm>

#include "codec/json.hpp"

namespace headgate::policy {
namespace {

using codec::Json;

constexpr std::string_view kDuration = "^[0-9]+[smhd]$";
constexpr std::string_view kNamePattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$";
constexpr std::string_view kDigest = "^(sha256:)?[0-9a-f]{64}$";

Json typed(std::string_view type) {
    Json object = Json::object();
    object.add("type", Json::of(type));
    return object;
}

Json pattern(std::string_view regex) {
    Json object = typed("string");
    object.add("pattern", Json::of(regex));
    return object;
}

Json words(std::span<const std::string_view> choices) {
    Json object = Json::object();
    Json& list = object.add("enum", Json::array());
    for (const std::string_view choice : choices) list.push(Json::of(choice));
    return object;
}

Json one_or_more(Json item) {
    Json list = typed("array");
    list.add("items", item);
    Json object = Json::object();
    Json& any = object.add("anyOf", Json::array());
    any.push(std::move(item));
    any.push(std::move(list));
    return object;
}

Json described(Json object, std::string_view text) {
    object.add("description", Json::of(text));
    return object;
}

Json refer(std::string_view section) {
    Json object = Json::object();
    object.add("$ref", Json::of("#/$defs/" + std::string(section)));
    return object;
}

Json list_of(Json item) {
    Json object = typed("array");
    object.add("items", std::move(item));
    return object;
}

Json map_of(Json value, std::span<const std::string_view> names) {
    Json object = typed("object");
    if (!names.empty()) object.add("propertyNames", words(names));
    object.add("additionalProperties", std::move(value));
    return object;
}

Json either(Json a, Json b) {
    Json object = Json::object();
    Json& any = object.add("anyOf", Json::array());
    any.push(std::move(a));
    any.push(std::move(b));
    return object;
}

Json shape_of(const KeyDoc& doc) {
    switch (doc.shape) {
        case Shape::version: {
            Json object = Json::object();
            object.add("const", Json::of(std::int64_t{1}));
            return object;
        }
        case Shape::text:
        case Shape::pattern:
        case Shape::instant: return typed("string");
        case Shape::name: return pattern(kNamePattern);
        case Shape::flag: return typed("boolean");
        case Shape::integer: return typed("integer");
        case Shape::duration: return pattern(kDuration);
        case Shape::digest: return pattern(kDigest);
        case Shape::choice: return words(doc.choices);
        case Shape::choices: return one_or_more(words(doc.choices));
        case Shape::list:
        case Shape::patterns: return one_or_more(typed("string"));
        case Shape::section:
        case Shape::settings: return doc.nested.empty() ? typed("object") : refer(doc.nested);
        case Shape::sections:
            return list_of(doc.nested == "extension" ? either(pattern("^builtin:"), refer(doc.nested)) : refer(doc.nested));
        case Shape::named_sections:
            return map_of(doc.nested == "claim" ? typed("string") : refer(doc.nested), doc.choices);
        case Shape::mode: return either(words(doc.choices), map_of(words(doc.choices), {}));
        case Shape::subject_match: return either(typed("string"), refer(doc.nested));
        case Shape::results: return map_of(words(doc.choices), {});
        case Shape::ecosystems: return map_of(typed("string"), doc.choices);
        case Shape::scalar:
        case Shape::any: return Json::object();
    }
    return Json::object();
}

std::string hover(std::string_view help, std::string_view fallback) {
    return std::string(help) + (fallback.empty() ? "" : " (default: " + std::string(fallback) + ")");
}

Json section_schema(const Section& section) {
    Json object = typed("object");
    object.add("description", Json::of(section.help));
    object.add("additionalProperties", Json::of(false));
    Json required = Json::array();
    Json& properties = object.add("properties", Json::object());
    for (const KeyDoc& doc : section.keys) {
        if (doc.need == Need::not_yet) continue;
        Json value = shape_of(doc);
        value.add("description", Json::of(hover(doc.help, doc.fallback)));
        properties.add(std::string(doc.key), std::move(value));
        if (doc.need == Need::required) required.push(Json::of(doc.key));
    }
    if (!required.items.empty()) object.add("required", std::move(required));
    return object;
}

Json signers_schema() {
    Json object = typed("object");
    object.add("additionalProperties", Json::of(false));
    Json& properties = object.add("properties", Json::object());
    properties.add("any-of", one_or_more(typed("string")));
    properties.add("of", one_or_more(typed("string")));
    properties.add("at-least", typed("integer"));
    return object;
}

Json conditions_schema() {
    Json item = typed("object");
    item.add("additionalProperties", Json::of(false));
    Json& properties = item.add("properties", Json::object());
    properties.add("at", typed("string"));
    properties.add("equals", Json::object());
    properties.add("matches", typed("string"));
    return list_of(std::move(item));
}

Json builders_schema() {
    Json item = typed("object");
    item.add("additionalProperties", Json::of(false));
    Json& properties = item.add("properties", Json::object());
    properties.add("id", typed("string"));
    properties.add("signed-by", one_or_more(typed("string")));
    properties.add("level", typed("integer"));
    Json& required = item.add("required", Json::array());
    required.push(Json::of("id"));
    required.push(Json::of("signed-by"));
    return list_of(std::move(item));
}

Json setting_schema(const SettingSpec& spec) {
    switch (spec.type) {
        case SettingType::flag: return typed("boolean");
        case SettingType::integer: return typed("integer");
        case SettingType::duration: return pattern(kDuration);
        case SettingType::text: return spec.choices.empty() ? typed("string") : words(spec.choices);
        case SettingType::text_list: return one_or_more(spec.choices.empty() ? typed("string") : words(spec.choices));
        case SettingType::patterns: return one_or_more(typed("string"));
        case SettingType::signers: return spec.key == "any-of" ? one_or_more(typed("string")) : signers_schema();
        case SettingType::conditions: return conditions_schema();
        case SettingType::builders: return builders_schema();
        case SettingType::plugin: return typed("string");
        case SettingType::document: return typed("object");
        case SettingType::severity: {
            constexpr std::string_view kWords[] = {"critical", "high", "medium", "low", "info"};
            return words(kWords);
        }
    }
    return Json::object();
}

// `with`, when `check` is this checker.
Json with_schema(const Checker& checker) {
    Json with = typed("object");
    with.add("additionalProperties", Json::of(false));
    Json& properties = with.add("properties", Json::object());
    for (const SettingSpec& spec : checker.settings) {
        Json value = setting_schema(spec);
        value.add("description", Json::of(hover(spec.help, spec.fallback) + "; stricter: " + std::string(to_string(spec.stricter))));
        properties.add(std::string(spec.key), std::move(value));
        if (spec.type == SettingType::signers && spec.key == "any-of") {
            properties.add("at-least", described(typed("integer"), "how many of `of` must have signed, by distinct key material"));
            properties.add("of", described(one_or_more(typed("string")), "trust names, with at-least"));
        }
    }
    Json condition = Json::object();
    Json& if_ = condition.add("if", Json::object());
    Json check = Json::object();
    check.add("const", Json::of(checker.id));
    if_.add("properties", Json::object()).add("check", std::move(check));
    if_.add("required", Json::array()).push(Json::of("check"));
    condition.add("then", Json::object()).add("properties", Json::object()).add("with", std::move(with));
    return condition;
}

void add_checkers(Json& rule, std::span<const Checker> checkers) {
    std::vector<std::string_view> ids;
    ids.reserve(checkers.size());
    for (const Checker& checker : checkers) ids.push_back(checker.id);
    Json check = words(ids);
    for (Json::Member& member : rule.members) {
        if (member.first != "properties") continue;
        for (Json::Member& property : member.second.members) {
            if (property.first == "check") property.second.add("enum", *check.find("enum"));
        }
    }
    // A child policy repeats only the id and what it tightens.
    std::erase_if(rule.members, [](const Json::Member& member) { return member.first == "required"; });
    rule.add("required", Json::array()).push(Json::of("id"));
    Json& all = rule.add("allOf", Json::array());
    for (const Checker& checker : checkers) all.push(with_schema(checker));
}

}  // namespace

std::string json_schema(std::span<const Checker> checkers) {
    Json document = Json::object();
    document.add("$schema", Json::of("https://json-schema.org/draft/2020-12/schema"));
    document.add("$id", Json::of("https://headgate.dev/schema/policy-v1.json"));
    document.add("title", Json::of("Headgate policy, version 1"));
    document.add("$ref", Json::of("#/$defs/policy"));
    Json& definitions = document.add("$defs", Json::object());
    for (const Section& section : language()) {
        Json schema = section_schema(section);
        if (section.name == "rule") add_checkers(schema, checkers);
        definitions.add(std::string(section.name), std::move(schema));
    }
    return codec::write_json_pretty(document) + "\n";
}

std::string_view to_string(Stricter direction) {
    switch (direction) {
        case Stricter::fewer: return "fewer";
        case Stricter::more: return "more";
        case Stricter::smaller: return "smaller";
        case Stricter::larger: return "larger";
        case Stricter::on: return "true";
        case Stricter::off: return "false";
        case Stricter::earlier: return "the earlier of its words";
        case Stricter::fixed: return "neither; a child repeats it";
    }
    return "";
}

std::string_view to_string(SettingType type) {
    switch (type) {
        case SettingType::flag: return "true or false";
        case SettingType::text: return "text";
        case SettingType::text_list: return "list of texts";
        case SettingType::integer: return "number";
        case SettingType::duration: return "duration (90d)";
        case SettingType::severity: return "severity";
        case SettingType::patterns: return "list of reference patterns";
        case SettingType::signers: return "signers";
        case SettingType::conditions: return "conditions";
        case SettingType::builders: return "builders";
        case SettingType::plugin: return "name of a plugin";
        case SettingType::document: return "mapping";
    }
    return "";
}

}  // namespace headgate::policy
