#include "intake/dockerfile_stage.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "codec/tree.hpp"
#include "intake/served.hpp"
#include "intake/server_table.hpp"

namespace headgate::intake::dockerfile {

std::optional<std::vector<std::string>> exec_form(const std::string& text) {
    if (!trim(text).starts_with('[')) return std::nullopt;
    const auto list = codec::parse_json_tree(as_bytes(text));
    if (!list || !list->is_array()) return std::nullopt;
    std::vector<std::string> words;
    for (const codec::Tree& item : list->items) words.push_back(item.text);
    return words;
}

void StageRun::set(bool of_entry, const std::string& rest, std::uint32_t at) {
    auto words = exec_form(rest);
    const bool script = !words;
    if (script) words = {"/bin/sh", "-c", rest};
    if (of_entry) entry_is_script = script;
    (of_entry ? entry : command) = std::move(*words);
    changed = true;
    line = at;
}

std::size_t StageRun::bytes() const {
    std::size_t sum = image.size();
    for (const std::vector<std::string>* words : {&entry, &command}) {
        for (const std::string& word : *words) sum += word.size();
    }
    for (const auto& [name, value] : environment) sum += name.size() + value.size();
    return sum;
}

bool StageRun::record(IntakeContext& context) const {
    if (!changed) return true;
    ServerCommand served;
    served.image = image;
    served.words = entry;
    served.environment = environment;
    if (!entry_is_script) served.words.insert(served.words.end(), command.begin(), command.end());
    return record_served(served, context.at_line(line), context);
}

bool may_name_models(std::string_view script, const std::vector<std::string>& documents) {
    return servers::may_serve(script) || std::any_of(documents.begin(), documents.end(), [](const std::string& one) { return servers::may_serve(one); });
}

bool record_script(std::string_view script, const std::vector<std::string>& documents, const Variables& environment, std::uint32_t line, IntakeContext& context) {
    ServerCommand served;
    served.words = {"/bin/sh", "-c", std::string(script)};
    served.environment = environment;
    served.documents = documents;
    return record_served(served, context.at_line(line), context);
}

}  // namespace headgate::intake::dockerfile
