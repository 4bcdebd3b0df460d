#include "policy/document.hpp"

#include <algorithm>

#include "codec/json.hpp"

namespace headgate::policy {
namespace {

using codec::Json;
using codec::Yaml;

// Looks like a number to readers of YAML, and is no whole one: "1.5", "1e3", ".inf", "0x10", "010".
bool is_other_number(const Yaml& node) {
    if (node.quoted || node.text.empty() || integer_of(node)) return false;
    const std::string_view text = std::string_view(node.text).substr(node.text[0] == '-' || node.text[0] == '+' ? 1 : 0);
    const bool digits = !text.empty() && ((text[0] >= '0' && text[0] <= '9') || text[0] == '.');
    if (text == ".inf" || text == ".nan" || text == ".NaN" || text == ".Inf") return true;
    return digits && text.find_first_not_of("0123456789.eE+-xoabcdefABCDEF_") == std::string_view::npos && text.find_first_of("0123456789") != std::string_view::npos &&
           std::count(text.begin(), text.end(), '.') < 2 && text.find('-', 1) == std::string_view::npos;
}

// As deep as the YAML is: its reader bounds that.
Json convert(Loading& loading, const Yaml& node) {
    switch (node.type) {
        case Yaml::Type::null: return {};
        case Yaml::Type::scalar: {
            if (const auto flag = node.boolean()) return Json::of(*flag);
            if (const auto number = node.quoted ? std::nullopt : integer_of(node)) return Json::of(*number);
            if (is_other_number(node)) loading.mistakes.add(node, shown(node.text) + " is no whole number in plain decimal digits; a text is written in quotes");
            return Json::of(node.text);
        }
        case Yaml::Type::sequence: {
            Json array = Json::array();
            for (const Yaml& item : node.items) array.push(convert(loading, item));
            return array;
        }
        case Yaml::Type::mapping: {
            Json object = Json::object();
            for (const Yaml::Entry& entry : node.entries) object.add(entry.key, convert(loading, entry.value));
            return object;
        }
    }
    return {};
}

}  // namespace

std::optional<SettingDocument> read_document(Loading& loading, const Yaml& node) {
    if (!node.is_mapping()) {
        loading.mistakes.add(node, "expected a mapping: { NAME: VALUE }");
        return std::nullopt;
    }
    return SettingDocument{codec::write_jcs(convert(loading, node))};
}

}  // namespace headgate::policy
