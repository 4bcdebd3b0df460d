#include "external/settings_schema.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace headgate::external {
namespace {

using codec::Json;

constexpr std::size_t kDepth = 16;
constexpr std::array<std::string_view, 5> kTypes = {"object", "array", "string", "integer", "boolean"};
constexpr std::array<std::string_view, 6> kForPeople = {"title", "description", "default", "examples", "$schema", "$id"};

struct Keyword {
    std::string_view key;
    std::string_view type;                       // of the values that it is about; "" any
};
constexpr std::array<Keyword, 13> kKeywords = {{
    {"type", ""}, {"enum", ""}, {"properties", "object"}, {"required", "object"}, {"additionalProperties", "object"},
    {"items", "array"}, {"minItems", "array"}, {"maxItems", "array"}, {"uniqueItems", "array"},
    {"minLength", "string"}, {"maxLength", "string"}, {"minimum", "integer"}, {"maximum", "integer"},
}};

Error wrong(const std::string& place, const std::string& what) {
    return {ErrorCode::malformed, "settings_schema" + (place.empty() ? "" : " at " + place) + ": " + what};
}

Result<void> check_keywords(const Json& schema, const std::string& type, const std::string& place) {
    for (const auto& [key, value] : schema.members) {
        if (std::find(kForPeople.begin(), kForPeople.end(), key) != kForPeople.end()) continue;
        const auto known = std::find_if(kKeywords.begin(), kKeywords.end(), [&, &name = key](const Keyword& one) { return one.key == name; });
        if (known == kKeywords.end()) return wrong(place, "'" + key + "' is not of the subset that plugins may use (plugins/README.md)");
        if (!known->type.empty() && known->type != type) return wrong(place, "'" + key + "' is for " + std::string(known->type) + "s only");
        const bool a_number = key.starts_with("m") && key != "items";
        if (a_number && !value.is_integer()) return wrong(place, "'" + key + "' is no whole number");
        if (key == "uniqueItems" && value.type != Json::Type::boolean) return wrong(place, "'uniqueItems' is neither true nor false");
    }
    return {};
}

Result<void> check_enum(const Json& schema, const std::string& place) {
    const Json* const choices = schema.find("enum");
    if (choices == nullptr) return {};
    const bool plain = choices->is_array() && !choices->items.empty() && std::all_of(choices->items.begin(), choices->items.end(), [](const Json& item) {
        return item.is_text() || item.is_integer() || item.type == Json::Type::boolean;
    });
    if (!plain) return wrong(place, "'enum' is no list of texts, whole numbers and booleans");
    return {};
}

Result<void> check_at(const Json& schema, const std::string& place, std::size_t depth);

Result<void> check_object(const Json& schema, const std::string& place, std::size_t depth) {
    const Json* const further = schema.find("additionalProperties");
    if (further == nullptr || further->type != Json::Type::boolean || further->boolean) {
        return wrong(place, "'additionalProperties' must be there and false: a setting that nobody reads is a mistake");
    }
    const Json* const properties = schema.find("properties");
    if (properties != nullptr && !properties->is_object()) return wrong(place, "'properties' is no object");
    if (properties != nullptr) {
        for (const auto& [key, value] : properties->members) TRY_VOID(check_at(value, place + "/properties/" + key, depth + 1));
    }
    const Json* const required = schema.find("required");
    if (required == nullptr) return {};
    if (!required->is_array()) return wrong(place, "'required' is no list");
    for (const Json& item : required->items) {
        if (!item.is_text() || properties == nullptr || properties->find(item.text) == nullptr) {
            return wrong(place, "'required' names what 'properties' does not have");
        }
    }
    return {};
}

Result<void> check_at(const Json& schema, const std::string& place, std::size_t depth) {
    if (depth > kDepth) return wrong(place, "it is nested deeper than " + std::to_string(kDepth));
    if (!schema.is_object()) return wrong(place, "it is no object");
    const Json* const type = schema.find("type");
    const std::string name = type != nullptr && type->is_text() ? type->text : "";
    if (type != nullptr && std::find(kTypes.begin(), kTypes.end(), name) == kTypes.end()) {
        return wrong(place, "'type' is none of object, array, string, integer, boolean");
    }
    if (type == nullptr && schema.find("enum") == nullptr) return wrong(place, "it has neither 'type' nor 'enum', and so would take anything");
    TRY_VOID(check_keywords(schema, name, place));
    TRY_VOID(check_enum(schema, place));
    if (name == "object") return check_object(schema, place, depth);
    if (name == "array") {
        const Json* const items = schema.find("items");
        if (items == nullptr) return wrong(place, "an array without 'items' would take anything");
        return check_at(*items, place + "/items", depth + 1);
    }
    return {};
}

// --- settings ------------------------------------------------------------------------------------------------------

Error refused(const std::string& place, const std::string& what) {
    return {ErrorCode::policy, "the plugin does not take these settings: " + (place.empty() ? "" : place + ": ") + what};
}

std::string_view type_of(const Json& value) {
    switch (value.type) {
        case Json::Type::object: return "object";
        case Json::Type::array: return "array";
        case Json::Type::text: return "string";
        case Json::Type::integer: return "integer";
        case Json::Type::boolean: return "boolean";
        case Json::Type::real: return "number";
        case Json::Type::null: return "null";
    }
    return "";
}

bool same(const Json& a, const Json& b) { return codec::write_json(a) == codec::write_json(b); }

std::optional<std::int64_t> bound(const Json& schema, std::string_view key) {
    const Json* const value = schema.find(key);
    return value == nullptr ? std::nullopt : std::optional(value->integer);
}

Result<void> within(const Json& schema, const char* least, const char* most, std::int64_t number, const std::string& place, const std::string& what) {
    const auto from = bound(schema, least);
    const auto until = bound(schema, most);
    if (from && number < *from) return refused(place, what + std::to_string(number) + ", and " + std::to_string(*from) + " is the least");
    if (until && number > *until) return refused(place, what + std::to_string(number) + ", and " + std::to_string(*until) + " is the most");
    return {};
}

Result<void> settle(const Json& value, const Json& schema, const std::string& place);

Result<void> settle_object(const Json& value, const Json& schema, const std::string& place) {
    const Json* const properties = schema.find("properties");
    std::vector<std::string_view> known;
    if (properties != nullptr) {
        for (const auto& [key, _] : properties->members) known.emplace_back(key);
    }
    for (const auto& [key, item] : value.members) {
        const Json* const wanted = properties == nullptr ? nullptr : properties->find(key);
        if (wanted == nullptr) {
            const auto near = nearest(key, known);
            return refused(place, "it has no setting '" + key + "'" + (near ? "; did you mean '" + std::string(*near) + "'?" : ""));
        }
        TRY_VOID(settle(item, *wanted, place + (place.empty() ? "" : ".") + key));
    }
    const Json* const required = schema.find("required");
    if (required == nullptr) return {};
    for (const Json& name : required->items) {
        if (value.find(name.text) == nullptr) return refused(place, "it needs the setting '" + name.text + "'");
    }
    return {};
}

Result<void> settle_array(const Json& value, const Json& schema, const std::string& place) {
    TRY_VOID(within(schema, "minItems", "maxItems", static_cast<std::int64_t>(value.items.size()), place, "the number of items is "));
    const Json* const unique = schema.find("uniqueItems");
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        const std::string here = place + "[" + std::to_string(i) + "]";
        TRY_VOID(settle(value.items[i], *schema.find("items"), here));
        if (unique == nullptr || !unique->boolean) continue;
        const auto end = value.items.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::any_of(value.items.begin(), end, [&](const Json& other) { return same(other, value.items[i]); })) {
            return refused(here, "it stands twice in this list");
        }
    }
    return {};
}

// As deep as the schema is, which is bounded.
Result<void> settle(const Json& value, const Json& schema, const std::string& place) {
    if (const std::string* type = schema.find_text("type"); type != nullptr && type_of(value) != *type) {
        return refused(place, "expected " + *type + ", not " + std::string(type_of(value)));
    }
    if (const Json* choices = schema.find("enum")) {
        std::string list;
        bool found = false;
        for (const Json& choice : choices->items) {
            found = found || same(choice, value);
            list += (list.empty() ? "" : ", ") + (choice.is_text() ? choice.text : codec::write_json(choice));
        }
        if (!found) return refused(place, "expected one of " + list);
    }
    switch (value.type) {
        case Json::Type::object: return settle_object(value, schema, place);
        case Json::Type::array: return schema.find("items") == nullptr ? Result<void>() : settle_array(value, schema, place);
        case Json::Type::text: return within(schema, "minLength", "maxLength", static_cast<std::int64_t>(value.text.size()), place, "its length is ");
        case Json::Type::integer: return within(schema, "minimum", "maximum", value.integer, place, "it is ");
        default: return {};
    }
}

}  // namespace

Result<void> check_schema(const Json& schema) {
    if (schema.type == Json::Type::null) return {};
    TRY_VOID(check_at(schema, "", 0));
    if (const std::string* type = schema.find_text("type"); type == nullptr || *type != "object") return wrong("", "settings are an object");
    return {};
}

Result<void> check_settings(const Json& settings, const Json& schema) {
    if (schema.type != Json::Type::null) return settle(settings, schema, "");
    if (settings.members.empty()) return {};
    return refused("", "it takes none, and is given '" + settings.members.front().first + "'");
}

}  // namespace headgate::external
