#include "formats/text_model.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "formats/text.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kMostData = 16U << 20U;
constexpr std::size_t kMostDepth = 100;

// The kinds of data that are written in protobuf's text form: outermost fields of each.
constexpr std::string_view kLabelMap[] = {"item"};
constexpr std::string_view kProjector[] = {"embeddings", "model_checkpoint_path", "model_checkpoint_dir"};
constexpr std::string_view kCheckpoint[] = {"model_checkpoint_path", "all_model_checkpoint_paths", "all_model_checkpoint_timestamps",
                                            "last_preserved_timestamp"};
constexpr std::string_view kTriton[] = {
    "name", "platform", "backend", "runtime", "version_policy", "max_batch_size", "input", "output", "batch_input", "batch_output",
    "optimization", "dynamic_batching", "sequence_batching", "ensemble_scheduling", "instance_group", "default_model_filename",
    "cc_model_filenames", "metric_tags", "parameters", "model_warmup", "model_operations", "model_transaction_policy",
    "model_repository_agents", "response_cache", "model_metrics"};
constexpr std::span<const std::string_view> kData[] = {kLabelMap, kProjector, kCheckpoint, kTriton};

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

/// Reads protobuf's text form as far as where its outermost fields are: names, strings, comments, brackets.
class Outline {
  public:
    explicit Outline(std::string_view text) : text_(text) {}

    /// nullopt: not plainly written (or not in this form at all).
    std::optional<std::set<std::string_view>> fields() {
        while (at_ < text_.size()) {
            if (!token()) return std::nullopt;
        }
        if (!open_.empty() || pending_ || valued_) return std::nullopt;
        return std::move(fields_);
    }

  private:
    bool token() {
        const char c = text_[at_];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ';') return ++at_, true;
        if (c == '#') return at_ = std::min(text_.find('\n', at_), text_.size()), true;
        if (c == '"' || c == '\'') return value() && string(c);
        if (c == '{' || c == '<' || c == '[') {
            if (open_.empty() && !pending_ && !valued_) return false;      // a bracket of no field
            if (open_.size() >= kMostDepth) return false;
            pending_ = valued_ = false;
            open_.push_back(c == '{' ? '}' : c == '<' ? '>' : ']');
            return ++at_, true;
        }
        if (c == '}' || c == '>' || c == ']') {
            if (open_.empty() || open_.back() != c) return false;
            open_.pop_back();
            return ++at_, true;
        }
        if (c == ':') {
            if (open_.empty() && !pending_) return false;
            valued_ = open_.empty();
            pending_ = false;
            return ++at_, true;
        }
        if (!letter(c) && !digit(c) && c != '-' && c != '+' && c != '.') return false;
        const std::size_t begin = at_;
        while (at_ < text_.size() && (letter(text_[at_]) || digit(text_[at_]) || text_[at_] == '.' || text_[at_] == '-' || text_[at_] == '+' ||
                                      (!open_.empty() && text_[at_] == '/'))) {
            ++at_;
        }
        return word(text_.substr(begin, at_ - begin));
    }

    bool word(std::string_view word) {
        if (!open_.empty()) return true;
        if (valued_) return valued_ = false, true;
        if (pending_ || !letter(word[0]) || word.find_first_of(".-+") != std::string_view::npos) return false;
        fields_.insert(word);
        pending_ = true;
        return true;
    }

    // Strings follow each other to make one; the first is the field's value.
    bool value() {
        if (!open_.empty()) return true;
        if (pending_) return false;
        valued_ = false;
        return true;
    }

    bool string(char quote) {
        for (++at_; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
            if (text_[at_] == '\\') {
                ++at_;
            } else if (text_[at_] == quote) {
                return ++at_, true;
            }
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string open_;                     // the brackets that close what is open
    bool pending_ = false;                 // a name stands there, its ':' or bracket does not yet
    bool valued_ = false;                  // a ':' stands there, its value does not yet
    std::set<std::string_view> fields_;
};

bool is_data(ByteSource& source) {
    const auto bytes = source.size() <= kMostData ? source.all() : std::nullopt;
    if (!bytes) return false;
    const auto fields = Outline(as_text(*bytes)).fields();
    if (!fields) return false;
    return std::any_of(std::begin(kData), std::end(kData), [&](std::span<const std::string_view> kind) {
        return std::all_of(fields->begin(), fields->end(), [&](std::string_view field) {
            return std::find(kind.begin(), kind.end(), field) != kind.end();
        });
    });
}

bool mentions(ByteSource& source, std::initializer_list<std::string_view> words) {
    constexpr std::uint64_t kStep = 1U << 20U;
    constexpr std::uint64_t kOverlap = 64;
    for (std::uint64_t at = 0; at < source.size(); at += kStep) {
        const auto bytes = source.view(at, std::min(kStep + kOverlap, source.size() - at));
        if (!bytes) return true;           // what cannot be read is taken for what is asked about
        const std::string_view text = as_text(*bytes);
        if (std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != std::string_view::npos; })) return true;
    }
    return false;
}

bool onnx_ending(std::string_view lower_name) { return ends_with_any(lower_name, {".onnxtxt", ".onnxtext", ".onnxjson"}); }

}  // namespace

bool sniff_text_model(ByteSource& source, std::string_view name) {
    const std::string lower = ascii_lower(name);
    if (onnx_ending(lower)) return looks_like_text(source, false);
    if (ends_with_any(lower, {".pbtxt", ".prototxt", ".textproto"})) return looks_like_text(source, false) && !is_data(source);
    // A meta graph without one of these has no operators.
    return lower.ends_with(".meta") && looks_like_text(source, false) && mentions(source, {"graph_def", "meta_info_def"});
}

Examined parse_text_model(ByteSource& source, ParseContext& context) {
    const bool onnx = onnx_ending(ascii_lower(context.name()));
    return refuse_text_model(onnx ? "a model in ONNX's text form" : "a model in protobuf's text form", source.size(), context);
}

bool is_onnx_json(const codec::Json& document) {
    const codec::Json* const graph = document.find("graph");
    if (graph == nullptr || !graph->is_object()) return false;
    for (const std::string_view key : {"irVersion", "ir_version", "opsetImport", "opset_import"}) {
        if (document.find(key) != nullptr) return true;
    }
    const codec::Json* const nodes = graph->find("node");
    return nodes != nullptr && nodes->is_array() && std::any_of(nodes->items.begin(), nodes->items.end(), [](const codec::Json& node) {
               return node.find("opType") != nullptr || node.find("op_type") != nullptr;
           });
}

Examined refuse_text_model(std::string_view what, std::uint64_t bytes, ParseContext& context) {
    context.format("text-model");
    context.opaque(std::string(what) + ", which this build does not read: publish its binary form", bytes);
    return Examined::partly;
}

}  // namespace headgate::formats
