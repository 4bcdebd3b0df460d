#include "attest/provenance_fields.hpp"

#include <algorithm>

#include "attest/provenance.hpp"
#include "attest/statement.hpp"
#include "base/text.hpp"

namespace headgate::attest::provenance {
namespace {

using codec::Json;

constexpr std::size_t kMaxDigests = 32;  // of one resource

Error malformed(std::string what) { return {ErrorCode::malformed, "provenance: " + std::move(what)}; }

// SLSA provenance v1, "Extension fields": <vendor>_<fieldname>. Builders of v0.2 (BuildKit) write URIs.
bool is_extension(std::string_view name) {
    const std::size_t line = name.find('_');
    return name.find("://") != std::string_view::npos || (line != std::string_view::npos && line > 0 && line + 1 < name.size());
}

// Why a text is none that a URI, id or digest may be; "" when it is one.
std::string_view problem_of(std::string_view text) {
    if (text.size() > kMaxProvenanceText) return "is longer than 8192 bytes";
    return has_control_characters(text) ? "has control or invisible characters" : "";
}

}  // namespace

std::string shown(std::string_view text) { return "\"" + escape_terminal(text, 200) + "\""; }

Result<Object> Object::of(const Json& json, std::string_view where, std::initializer_list<std::string_view> known) {
    if (!json.is_object()) return malformed(std::string(where) + " is no object");
    for (const Json::Member& member : json.members) {
        if (std::find(known.begin(), known.end(), member.first) == known.end() && !is_extension(member.first)) {
            return malformed("unknown member " + shown(member.first) + " in " + std::string(where));
        }
    }
    return Object(&json, std::string(where));
}

Result<Object> Object::open(const Json& json, std::string_view where) {
    if (!json.is_object()) return malformed(std::string(where) + " is no object");
    return Object(&json, std::string(where));
}

const Json* Object::find(std::string_view name) const {
    const Json* const value = json_ == nullptr ? nullptr : json_->find(name);
    return value == nullptr || value->type == Json::Type::null ? nullptr : value;
}

Result<Object> Object::object(std::string_view name, std::initializer_list<std::string_view> known) const {
    const Json* const value = find(name);
    if (value == nullptr) return Object(nullptr, std::string(name));
    return of(*value, name, known);
}

Result<Object> Object::open_object(std::string_view name) const {
    const Json* const value = find(name);
    if (value == nullptr) return Object(nullptr, std::string(name));
    return open(*value, name);
}

Result<std::vector<Json>> Object::list(std::string_view name, std::size_t most) const {
    const Json* const value = find(name);
    if (value == nullptr) return std::vector<Json>{};
    if (!value->is_array()) return malformed(shown(name) + " of " + where_ + " is no array");
    if (value->items.size() > most) return malformed(shown(name) + " of " + where_ + " has more than " + std::to_string(most) + " items");
    return value->items;
}

Result<std::string> Object::text(std::string_view name) const {
    const Json* const value = find(name);
    if (value == nullptr) return std::string();
    if (!value->is_text()) return malformed(shown(name) + " of " + where_ + " is no string");
    const std::string_view problem = problem_of(value->text);
    if (!problem.empty()) return malformed(shown(name) + " of " + where_ + " " + std::string(problem));
    return value->text;
}

Result<std::string> Object::required(std::string_view name) const {
    std::string value = TRY(text(name));
    if (value.empty()) return malformed(shown(name) + " of " + where_ + " is missing or empty");
    return value;
}

Result<std::string> Object::scalar(std::string_view name) const {
    const Json* const value = find(name);
    if (value != nullptr && value->is_integer()) return std::to_string(value->integer);
    return text(name);
}

Result<std::string> Object::plain_text(std::string_view name) const {
    const Json* const value = find(name);
    if (value == nullptr || !value->is_text()) return std::string();
    return text(name);
}

Result<Material> material_of(const Object& object) {
    Material material;
    material.uri = TRY(object.text("uri"));
    const Json* const digest = object.find("digest");
    if (digest == nullptr) return material;
    if (!digest->is_object()) return malformed("the digest of " + object.where() + " is no object");
    if (digest->members.size() > kMaxDigests) return malformed("the digest of " + object.where() + " has more than 32 algorithms");
    for (const auto& [algorithm, value] : digest->members) {
        const std::string_view problem = !value.is_text() || value.text.empty() ? "is no string" : problem_of(value.text);
        if (!problem.empty() || !problem_of(algorithm).empty() || algorithm.empty()) {
            return malformed("a digest of " + object.where() + " " + std::string(problem.empty() ? "has no algorithm" : problem));
        }
        material.digests.push_back(algorithm + ":" + value.text);
    }
    return material;
}

Result<std::vector<PredicateField>> parameters_of(const Json* json) {
    if (json == nullptr) return std::vector<PredicateField>{};
    if (!json->is_object()) return malformed("the parameters are no object");
    return flatten(*json);
}

}  // namespace headgate::attest::provenance
