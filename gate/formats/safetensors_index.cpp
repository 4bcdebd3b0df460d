#include "formats/safetensors_index.hpp"

#include "base/text.hpp"

namespace headgate::formats {
namespace {

// A file beside the index: no folder, no drive, no URL.
bool is_plain_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.find_first_of("/\\:") == std::string_view::npos &&
           !has_control_characters(name);
}

}  // namespace

bool is_safetensors_index(const codec::Json& document) {
    const codec::Json* map = document.find("weight_map");
    return map != nullptr && map->is_object();
}

Examined read_safetensors_index(const codec::Json& document, ParseContext& context) {
    const codec::Json& map = *document.find("weight_map");
    if (map.members.size() > context.limits.facts) {
        context.unscannable("safetensors-index", "more tensors than the limit allows", context.at(map.offset));
        return Examined::partly;
    }
    std::vector<IndexEntry> entries;
    for (const auto& [tensor, file] : map.members) {
        if (!file.is_text() || !is_plain_name(file.text)) {
            context.finding("safetensors-index.bad-file-name", Severity::high,
                            "weight_map sends tensor \"" + tensor + "\" to " +
                                (file.is_text() ? "\"" + file.text + "\", which is no plain file name"
                                                : "something that is no text"),
                            context.at(file.offset), "A path in an index can lead out of the model's folder.",
                            "Name files beside the index only.");
            return Examined::partly;
        }
        entries.push_back({context.at(file.offset), tensor, file.text});
    }
    context.format("safetensors-index", true);
    std::move(entries.begin(), entries.end(), std::back_inserter(context.evidence.index_entries));
    return Examined::whole;
}

}  // namespace headgate::formats
