#include "formats/model_documents.hpp"

#include <algorithm>
#include <array>

namespace headgate::formats {
namespace {

using codec::Json;

constexpr std::size_t kMaxFields = 1024;
constexpr std::size_t kMaxText = 512;     // longer texts are templates, whose parser has its own facts
constexpr std::size_t kMaxDepth = 6;

std::string escaped_token(std::string_view key) {
    std::string token;
    for (const char c : key) token += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return token;
}

std::optional<PredicateField> scalar(const Json& value, const std::string& pointer) {
    using Type = PredicateField::Type;
    switch (value.type) {
        case Json::Type::null: return PredicateField{pointer, Type::null, "null"};
        case Json::Type::boolean: return PredicateField{pointer, Type::boolean, value.boolean ? "true" : "false"};
        case Json::Type::integer:
        case Json::Type::real: return PredicateField{pointer, Type::number, value.text};
        case Json::Type::text: return PredicateField{pointer, Type::text, value.text};
        case Json::Type::array:
        case Json::Type::object: break;
    }
    return std::nullopt;
}

// In document order, with a stack of its own: what is next comes off its end.
std::vector<PredicateField> scalars_of(const Json& document) {
    struct Place {
        const Json* value;
        std::string pointer;
        std::size_t depth;
    };
    std::vector<PredicateField> fields;
    std::vector<Place> stack = {{&document, "", 0}};
    while (!stack.empty() && fields.size() < kMaxFields) {
        const Place place = std::move(stack.back());
        stack.pop_back();
        if (auto field = scalar(*place.value, place.pointer)) {
            if (field->value.size() <= kMaxText) fields.push_back(*std::move(field));
            continue;
        }
        if (place.depth == kMaxDepth) continue;
        const auto& members = place.value->members;
        const std::size_t shown_members = std::min(members.size(), kMaxFields);
        for (std::size_t i = shown_members; i-- > 0;) {
            stack.push_back({&members[i].second, place.pointer + "/" + escaped_token(members[i].first), place.depth + 1});
        }
        const auto& items = place.value->items;
        const std::size_t shown_items = std::min(items.size(), kMaxFields);
        for (std::size_t i = shown_items; i-- > 0;) {
            stack.push_back({&items[i], place.pointer + "/" + std::to_string(i), place.depth + 1});
        }
    }
    return fields;
}

// { token: number, ... }: the highest number; nullopt when it is anything else.
std::optional<std::uint64_t> highest_number(const Json& map) {
    std::uint64_t highest = 0;
    for (const auto& [token, number] : map.members) {
        if (!number.is_integer() || number.integer < 0) return std::nullopt;
        highest = std::max(highest, static_cast<std::uint64_t>(number.integer));
    }
    return highest;
}

// The vocabulary of a model: numbers by token (BPE, WordPiece), or pieces in the order of their numbers (Unigram).
std::optional<Vocabulary> vocabulary_of(const Json& pieces) {
    Vocabulary vocabulary;
    if (pieces.is_array()) {
        vocabulary.tokens = vocabulary.rows = pieces.items.size();
    } else if (const auto highest = pieces.is_object() ? highest_number(pieces) : std::nullopt) {
        vocabulary.tokens = pieces.members.size();
        vocabulary.rows = pieces.members.empty() ? 0 : *highest + 1;
    }
    return vocabulary.tokens == 0 ? std::nullopt : std::optional(vocabulary);
}

// Added tokens may stand in the vocabulary, too: then they are counted there.
std::uint64_t tokens_only_added(const Json& document, const Json& pieces) {
    const Json* const added = document.find("added_tokens");
    if (added == nullptr || !added->is_array()) return 0;
    std::vector<std::string_view> known;
    known.reserve(pieces.members.size() + pieces.items.size());
    for (const auto& [token, number] : pieces.members) known.push_back(token);
    for (const Json& piece : pieces.items) {
        if (!piece.items.empty() && piece.items.front().is_text()) known.push_back(piece.items.front().text);
    }
    std::sort(known.begin(), known.end());
    return static_cast<std::uint64_t>(std::count_if(added->items.begin(), added->items.end(), [&](const Json& token) {
        const std::string* const content = token.find_text("content");
        return content != nullptr && !std::binary_search(known.begin(), known.end(), std::string_view(*content));
    }));
}

void record_vocabulary(const Json& document, ParseContext& context) {
    const bool whole = context.name() == "tokenizer.json";
    if (!whole && context.name() != "vocab.json") return;
    const Json* const model = whole ? document.find("model") : nullptr;
    const Json* const pieces = model != nullptr ? model->find("vocab") : whole ? nullptr : &document;
    if (pieces == nullptr) return;
    auto vocabulary = vocabulary_of(*pieces);
    if (!vocabulary) return;
    if (whole) vocabulary->tokens += tokens_only_added(document, *pieces);
    vocabulary->where = context.at(pieces->offset);
    context.evidence.vocabularies.push_back(*std::move(vocabulary));
}

}  // namespace

std::string_view configuration_role(std::string_view name) {
    struct Name {
        std::string_view file;
        std::string_view role;
    };
    static constexpr std::array<Name, 8> kNames = {{{"config.json", "model"},
                                                    {"params.json", "model-params"},
                                                    {"tokenizer_config.json", "tokenizer"},
                                                    {"special_tokens_map.json", "special-tokens"},
                                                    {"generation_config.json", "generation"},
                                                    {"adapter_config.json", "adapter"},
                                                    {"quantize_config.json", "quantization"},
                                                    {"quant_config.json", "quantization"}}};
    const auto known = std::find_if(kNames.begin(), kNames.end(), [&](const Name& one) { return one.file == name; });
    return known == kNames.end() ? std::string_view() : known->role;
}

void record_model_document(const Json& document, ParseContext& context) {
    if (!context.member.empty() || !document.is_object()) return;
    record_vocabulary(document, context);
    const std::string_view role = configuration_role(context.name());
    if (!role.empty()) context.evidence.configurations.push_back({context.whole(), std::string(role), scalars_of(document)});
}

}  // namespace headgate::formats
