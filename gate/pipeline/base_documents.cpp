#include "pipeline/base_documents.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "codec/json.hpp"
#include "formats/chat_template_compare.hpp"

namespace headgate::pipeline {
namespace {

using codec::Json;

constexpr std::size_t kShown = 120;          // characters of a value
constexpr std::size_t kMostPerDocument = 20;

struct Document {
    std::string_view file;
    std::string_view aspect;
};
constexpr std::array<Document, 5> kDocuments = {{{"chat_template.jinja", "chat-template"},
                                                 {"tokenizer_config.json", "tokenizer"},
                                                 {"tokenizer.json", "tokenizer"},
                                                 {"special_tokens_map.json", "special-tokens"},
                                                 {"generation_config.json", "generation-config"}}};
// Written by the library that saved them, about itself and its machine.
constexpr std::array<std::string_view, 7> kMeaningless = {"/transformers_version", "/_from_model_config", "/name_or_path", "/_name_or_path",
                                                          "/tokenizer_file", "/special_tokens_map_file", "/processor_class"};

std::string shortened(std::string text) {
    if (text.size() <= kShown) return text;
    text.resize(kShown);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) text.pop_back();
    return text + "...";
}

std::string escaped(std::string_view key) {
    std::string token;
    for (const char c : key) token += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return token;
}

// Scalars by JSON Pointer; empty containers count as one.
std::map<std::string, std::string> scalars_of(const Json& document) {
    std::map<std::string, std::string> scalars;
    std::vector<std::pair<const Json*, std::string>> stack = {{&document, ""}};
    while (!stack.empty()) {
        const auto [value, pointer] = std::move(stack.back());
        stack.pop_back();
        if (value->members.empty() && value->items.empty()) scalars.emplace(pointer, codec::write_json(*value));
        for (const auto& [key, member] : value->members) stack.emplace_back(&member, pointer + "/" + escaped(key));
        for (std::size_t i = 0; i < value->items.size(); ++i) stack.emplace_back(&value->items[i], pointer + "/" + std::to_string(i));
    }
    return scalars;
}

bool is_template(std::string_view pointer) { return pointer == "/chat_template" || pointer.starts_with("/chat_template/"); }
bool is_meaningless(std::string_view pointer) { return std::find(kMeaningless.begin(), kMeaningless.end(), pointer) != kMeaningless.end(); }
bool is_special(std::string_view pointer) {
    return pointer.find("_token") != std::string_view::npos || pointer.starts_with("/added_tokens");
}

class Differences {
  public:
    std::vector<BaseDifference> all;

    void templates(const std::string& path, std::string_view base, std::string_view here) {
        Budget budget(Limits{});
        for (formats::TemplateChange& change : formats::compare_templates(base, here, budget)) {
            all.push_back({{path, {}, {}, {}}, "chat-template", std::move(change.about), shortened(std::move(change.base)), shortened(std::move(change.here))});
        }
    }

    void json(const std::string& path, std::string_view aspect, const Json& base, const Json& here) {
        auto old_scalars = scalars_of(base), new_scalars = scalars_of(here);
        std::map<std::string, std::pair<std::string, std::string>> changed;
        for (auto& [pointer, value] : old_scalars) changed[pointer].first = value;
        for (auto& [pointer, value] : new_scalars) changed[pointer].second = value;
        std::erase_if(changed, [](const auto& entry) { return entry.second.first == entry.second.second || is_meaningless(entry.first); });
        std::size_t count = 0;
        for (auto& [pointer, values] : changed) {
            if (is_template(pointer)) {
                templates(path, text_of(values.first), text_of(values.second));
                continue;
            }
            if (++count > kMostPerDocument) continue;
            const std::string_view about = aspect == "tokenizer" && is_special(pointer) ? "special-tokens" : aspect;
            all.push_back({{path, {}, {}, {}}, std::string(about), shortened(pointer), shortened(values.first), shortened(values.second)});
        }
        if (count > kMostPerDocument) {
            all.push_back({{path, {}, {}, {}}, std::string(aspect), std::to_string(count - kMostPerDocument) + " more places", "", ""});
        }
    }

  private:
    // A template as text, not as the JSON string that it was written as.
    static std::string text_of(const std::string& scalar) {
        const auto parsed = codec::parse_json(as_bytes(scalar));
        return parsed.ok() && parsed->is_text() ? parsed->text : std::string();
    }
};

const FileRecord* record_of(std::span<const FileRecord> files, std::string_view path) {
    const auto known = std::find_if(files.begin(), files.end(), [&](const FileRecord& file) { return file.path == path && !file.evidence; });
    return known == files.end() ? nullptr : &*known;
}

}  // namespace

Result<std::vector<BaseDifference>> compare_documents(const BaseModel& base, const SubjectPlan& plan, std::span<const FileRecord> files) {
    Differences differences;
    for (const Document& document : kDocuments) {
        const std::string path(document.file);
        const FileRecord* const here = record_of(files, path);
        const FileRecord* const there = record_of(base.evidence().files, path);
        // A document that is not there leaves the defaults of the base's class; a template that is new replaces them.
        if (here == nullptr || (there == nullptr && document.aspect != "chat-template")) continue;
        if (there != nullptr && here->sha256 == there->sha256) continue;
        const Bytes here_bytes = TRY(read_again(plan, *here));
        const Bytes base_bytes = there == nullptr ? Bytes() : TRY(base.read(*there));
        if (document.aspect == "chat-template") {
            differences.templates(path, as_text(base_bytes), as_text(here_bytes));
            continue;
        }
        const auto here_json = codec::parse_json(here_bytes), base_json = codec::parse_json(base_bytes);
        if (here_json.ok() && base_json.ok()) {
            differences.json(path, document.aspect, *base_json, *here_json);
        } else {
            differences.all.push_back({{path, {}, {}, {}}, std::string(document.aspect), "the whole document", "", "it is no JSON, or the base's is none"});
        }
    }
    return std::move(differences.all);
}

}  // namespace headgate::pipeline
