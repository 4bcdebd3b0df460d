#include "formats/hub_json.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "formats/chat_template.hpp"
#include "formats/coreml.hpp"
#include "formats/json_non_finite.hpp"
#include "formats/keras_config.hpp"
#include "formats/model_documents.hpp"
#include "formats/paddle.hpp"
#include "formats/safetensors_index.hpp"
#include "formats/text.hpp"
#include "formats/text_model.hpp"

namespace headgate::formats {
namespace {

using codec::Json;

constexpr std::uint64_t kMaxDocument = 128ULL << 20U;
// The largest tokenizers have some two million.
constexpr codec::JsonLimits kDocumentLimits{100, kMaxDocument, 4'000'000};
constexpr std::uint64_t kMaxLine = 64ULL << 20U;
constexpr std::uint64_t kMostWhiteSpace = 1U << 20U;  // in front of a document whose name does not say that it is one

bool named(std::string_view name, std::initializer_list<std::string_view> endings) {
    const std::string lower = ascii_lower(name);
    return std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view ending) { return lower.ends_with(ending); });
}
bool named_lines(std::string_view name) {
    return named(name, {".jsonl", ".ndjson", ".jsonlines"});
}
bool named_json(std::string_view name) {
    return named(name, {".json", ".geojson"}) || named_lines(name);
}

/// Python's reader passes over a byte order mark.
ByteView without_mark(ByteView bytes) {
    return as_text(bytes).starts_with("\xef\xbb\xbf") ? bytes.subspan(3) : bytes;
}

void malformed(ParseContext& context, std::string message, std::optional<std::uint64_t> offset) {
    Location where = context.whole();
    where.offset = offset;
    context.finding("json.malformed", Severity::high, std::move(message), std::move(where),
                    "Readers disagree on malformed JSON: what one skips another obeys.",
                    "Write the file again with a JSON library: strict RFC 8259, no duplicate keys.");
}

bool is_known_library(std::string_view module) {
    for (const std::string_view library :
         {"transformers", "peft", "diffusers", "sentence_transformers", "timm", "torch"}) {
        if (module == library || (module.starts_with(library) && module.substr(library.size()).starts_with('.')))
            return true;
    }
    return false;
}

constexpr std::array<std::string_view, 4> kEndpointWords = {"endpoint", "webhook", "callback", "exfil"};

bool empty_value(const Json& value) {
    return value.type == Json::Type::null || (value.is_object() && value.members.empty()) ||
           (value.is_array() && value.items.empty()) || (value.is_text() && value.text.empty());
}

constexpr std::string_view kTrusted = "With trust_remote_code the loader imports and runs Python from the repository.";

void remote_code(ParseContext& context, const std::string& key, const std::string& what, std::uint64_t offset,
                 std::string_view why = kTrusted) {
    context.finding("hub.remote-code", Severity::high, "\"" + key + "\" " + what, context.at(offset), std::string(why),
                    "Use a model whose architecture the library has, or review the code and admit it by policy.");
}

// A configuration of a model or tokenizer that names where to send things: loaders need no endpoint, exfiltration does.
// Only in files named *config.json: a service's own settings may well have one.
void judge_endpoint(const std::string& key, const Json& value, ParseContext& context) {
    if (!value.is_text() || !ascii_lower(context.name()).ends_with("config.json")) return;
    const std::string lower = ascii_lower(key);
    const bool names_endpoint = std::any_of(kEndpointWords.begin(), kEndpointWords.end(), [&](std::string_view word) {
        return lower.find(word) != std::string::npos;
    });
    const std::string url = ascii_lower(value.text);
    if (!names_endpoint || (!url.starts_with("http://") && !url.starts_with("https://"))) return;
    context.finding("hub.endpoint", Severity::high,
                    "the configuration names a network endpoint: \"" + key + "\" is " + value.text, context.at(value.offset),
                    "Code that reads the configuration could send data there or take commands from there.",
                    "Remove it, or keep a service's settings apart from the model.");
}

/// How attention, experts and the like are computed: "sdpa", or "owner/kernel[@revision][:function]", which transformers fetches from
/// the hub and imports without asking for trust. One text, or one for each part of the model.
void judge_kernels(const std::string& key, const Json& value, ParseContext& context) {
    const bool known = key.find("attn_implementation") != std::string::npos || key.find("experts_implementation") != std::string::npos;
    const bool configured = key.find("_implementation") != std::string::npos || key == "kernel_config";
    if (!known && !(configured && ascii_lower(context.name()).ends_with("config.json"))) return;
    const auto judge = [&](const Json& name) {
        // A URL is no name of a kernel: "reference_implementation" and the like.
        if (!name.is_text() || name.text.find_first_of("/\\") == std::string::npos || name.text.find("://") != std::string::npos) return;
        remote_code(context, key, "names code of the hub or of a folder: " + name.text, name.offset,
                    "transformers fetches such a kernel and imports it as the model is made, without asking for trust_remote_code.");
    };
    judge(value);
    for (const auto& [part, name] : value.members) judge(name);
    for (const Json& name : value.items) judge(name);
}

void judge_member(const std::string& key, const Json& value, ParseContext& context) {
    judge_endpoint(key, value, context);
    judge_kernels(key, value, context);
    if ((key == "auto_map" || key == "custom_pipelines" || key == "custom_pipeline") && !empty_value(value)) {
        std::string classes;
        for (const auto& [name, target] : value.members) {
            if (target.is_text() && classes.size() < 200)
                classes += (classes.empty() ? "" : ", ") + name + " = " + target.text;
        }
        remote_code(context, key, "maps to code in a repository" + (classes.empty() ? "" : ": " + classes),
                    value.offset);
    }
    if (key == "trust_remote_code" && value.type == Json::Type::boolean && value.boolean) {
        remote_code(context, key, "is true", value.offset);
    }
    if (key == "_class_name" && value.is_array())
        remote_code(context, key, "names a pipeline class of the repository's own", value.offset);
    if (key == "auto_mapping" && value.is_object()) {
        const std::string* library = value.find_text("parent_library");
        if (library != nullptr && !is_known_library(*library)) {
            remote_code(context, key, "imports " + *library, value.offset);
        }
    }
}

void judge_template_value(const std::string& key, const Json& value, bool certain, ParseContext& context) {
    const auto judge = [&](const std::string& label, const Json& text) {
        const bool tags = text.text.find("{{") != std::string::npos || text.text.find("{%") != std::string::npos ||
                          text.text.find("{#") != std::string::npos;
        if (text.is_text() && tags)
            report_embedded_template(text.text, label, certain, context.at(text.offset), context);
    };
    judge(key, value);
    if (!certain) return;
    for (const Json& item : value.items) {
        const Json* text = item.find("template");
        const std::string* name = item.find_text("name");
        if (text != nullptr) judge(key + "[" + (name != nullptr ? *name : "") + "]", *text);
        judge(key, item);
    }
    for (const auto& [name, text] : value.members) judge(key + "[" + name + "]", text);
}

// Depth is bounded by the parser (100).
void walk(const Json& value, ParseContext& context) {
    for (const auto& [key, member] : value.members) {
        judge_member(key, member, context);
        const bool certain = key == "chat_template" || key == "chat_templates";
        if (certain || ascii_lower(key).find("template") != std::string::npos) {
            judge_template_value(key, member, certain, context);
        }
        if (!certain && (member.is_object() || member.is_array())) walk(member, context);
    }
    for (const Json& item : value.items) {
        if (item.is_object() || item.is_array()) walk(item, context);
    }
}

// Each line a document. The first error is returned; blank lines are allowed.
struct LinesOutcome {
    std::optional<std::string> error;
    std::uint64_t offset = 0;
    std::uint64_t documents = 0;
    bool unread = false;  // a limit was met or the source failed: said already
};

LinesOutcome parse_lines(ByteSource& source, ParseContext& context, KerasObjects& objects) {
    LinesOutcome outcome;
    constexpr std::uint64_t kStep = 1U << 20U;
    std::uint64_t at = 0;
    std::uint64_t window = kStep;
    while (at < source.size()) {
        const std::uint64_t length = std::min(window, source.size() - at);
        const auto bytes = source.view(at, length);
        if (!bytes || !context.budget.step(length / 64 + 1)) {
            if (!source.failure())
                context.unscannable("json", "the lines need more memory or steps than the limit allows",
                                    context.at(at));
            outcome.unread = true;
            return outcome;
        }
        const std::string_view text = as_text(*bytes);
        const bool last = at + length == source.size();
        const std::size_t end = last ? text.size() : text.rfind('\n');
        if (end == std::string_view::npos) {  // a line longer than the window
            if (window > kMaxLine) {
                context.unscannable("json", "a line is longer than 64 MiB", context.at(at));
                outcome.unread = true;
                return outcome;
            }
            window *= 2;
            continue;
        }
        for (std::size_t begin = 0; begin < end;) {
            const std::size_t stop = std::min(text.find('\n', begin), end);
            const std::string_view line = trim(text.substr(begin, stop - begin));
            if (!line.empty()) {
                const auto document = codec::parse_json(as_bytes(line));
                if (!document.ok()) {
                    outcome.error = document.error().message;
                    outcome.offset = at + begin;
                    return outcome;
                }
                objects.look(*document, at + static_cast<std::uint64_t>(line.data() - text.data()));
                ++outcome.documents;
            }
            begin = stop + 1;
        }
        at += last ? length : end + 1;
        window = kStep;
    }
    return outcome;
}

Examined finish_lines(ByteSource& source, ParseContext& context) {
    KerasObjects objects(context);
    const LinesOutcome outcome = parse_lines(source, context, objects);
    if (outcome.unread) return Examined::partly;
    if (outcome.error) {
        malformed(context, "a line is not JSON: " + *outcome.error, outcome.offset);
        return Examined::partly;
    }
    context.format("jsonl", true);
    return objects.finish();
}

bool several_lines(std::string_view text) {
    const std::size_t line = text.find('\n');
    return line != std::string_view::npos && !trim(text.substr(line)).empty() &&
           codec::parse_json(as_bytes(trim(text.substr(0, line)))).ok();
}

/// An object or array, behind white space and a byte order mark, which readers of JSON pass over. Where there is nothing but white
/// space for a megabyte, only reading all of it can tell.
bool begins_like_json(ByteSource& source) {
    constexpr std::uint64_t kStep = 4U << 10U;
    for (std::uint64_t at = 0; at < source.size() && at < kMostWhiteSpace; at += kStep) {
        const auto window = source.view(at, std::min(kStep, source.size() - at));
        if (!window) return false;
        const std::string_view text = trim(as_text(at == 0 ? without_mark(*window) : *window));
        if (!text.empty()) return text.starts_with('{') || text.starts_with('[');
    }
    return source.size() > kMostWhiteSpace;
}

/// {"..., [{, [[ or ["...: what begins so and is in no file of JSON is hardly prose.
bool begins_document(std::string_view text) {
    text = trim(text);
    if (text.empty()) return false;
    const bool object = text.front() == '{';
    text = trim(text.substr(1));
    return text.starts_with('"') || (!object && (text.starts_with('{') || text.starts_with('[')));
}

Examined finish_document(const Json& document, std::uint64_t bytes, ParseContext& context) {
    if (document.find("nbformat") != nullptr && document.find("cells") != nullptr) {
        context.format("notebook", false, true);
        return Examined::whole;
    }
    if (is_safetensors_index(document)) return read_safetensors_index(document, context);
    if (is_keras_config(document)) return check_keras_document(document, context);
    if (is_paddle_program(document)) return read_paddle_program(document, context);
    if (is_onnx_json(document)) return refuse_text_model("a model in ONNX's JSON form", bytes, context);
    judge_hub_document(document, context);
    record_model_document(document, context);
    KerasObjects objects(context);
    objects.look(document, 0);
    context.format(objects.any() ? "keras-objects" : "json", true);
    const Examined named = objects.finish();
    return !is_coreml_manifest(document) || check_coreml_manifest(document, context) ? named : Examined::partly;
}

}  // namespace

void judge_hub_document(const Json& document, ParseContext& context) {
    walk(document, context);
}

std::string_view json_kind(ByteSource& source) {
    const auto whole = source.size() <= kMaxDocument ? source.all() : std::nullopt;
    if (!whole) return "json";
    const auto bytes = std::optional<ByteView>(without_mark(*whole));
    const std::string_view text = as_text(*bytes);
    const bool keras = text.find("\"class_name\"") != std::string_view::npos && text.find("\"config\"") != std::string_view::npos;
    const bool onnx = text.find("\"graph\"") != std::string_view::npos && text.find("\"node\"") != std::string_view::npos;
    const bool escaped = text.find("\\u00") != std::string_view::npos;      // a key may be spelled so
    const bool paddle = text.find("\"base_code\"") != std::string_view::npos;
    if (!keras && !onnx && !paddle && !escaped) return "json";
    const auto document = codec::parse_json(*bytes, kDocumentLimits);
    // Loaders may be more patient than we are: by its words it is a model's.
    if (!document.ok()) return keras ? "keras-config" : onnx ? "text-model" : paddle ? "paddle" : "json";
    if (is_paddle_program(*document)) return "paddle";
    return is_keras_config(*document) ? "keras-config" : is_onnx_json(*document) ? "text-model" : "json";
}

bool sniff_json(ByteSource& source, std::string_view name) {
    if (named_json(name)) return looks_like_text(source, false);
    return begins_like_json(source) && looks_like_text(source);
}

Examined parse_hub_json(ByteSource& source, ParseContext& context) {
    const bool promised = named_json(context.name());
    if (named_lines(context.name())) return finish_lines(source, context);
    const auto bytes = source.size() <= kMaxDocument ? source.all() : std::nullopt;
    if (!bytes) {
        if (source.failure()) return Examined::partly;
        if (!promised || source.size() > kMaxDocument) {  // large: JSON Lines are read in windows
            const auto head = source.view(0, std::min<std::uint64_t>(source.size(), 1U << 20U));
            if (head && several_lines(as_text(*head))) return finish_lines(source, context);
        }
        context.unscannable("json", "the document is larger than 128 MiB", context.whole());
        return Examined::partly;
    }
    if (!context.budget.step(bytes->size() / 16 + 1)) {
        context.unscannable("json", "the document needs more steps than the limit allows", context.whole());
        return Examined::partly;
    }
    // In a file of that name a mark is an error; in another, a document may stand behind it.
    const ByteView content = promised ? *bytes : without_mark(*bytes);
    const auto document = codec::parse_json(content, kDocumentLimits);
    if (document.ok()) return finish_document(*document, source.size(), context);
    if (several_lines(as_text(*bytes))) {
        if (promised) return finish_lines(source, context);
        KerasObjects objects(context);
        const LinesOutcome outcome = parse_lines(source, context, objects);
        if (outcome.unread) return Examined::partly;
        if (!outcome.error) {
            context.format("jsonl", true);
            return objects.finish();
        }
    }
    if (const auto finite = without_non_finite(as_text(content))) {
        const auto repaired = codec::parse_json(as_bytes(*finite), kDocumentLimits);
        if (repaired.ok()) {
            context.finding("json.non-finite", Severity::low, "NaN or Infinity, which JSON does not have",
                            context.whole(), "Python reads it, other readers refuse the file.",
                            "Write null or a string instead.");
            return finish_document(*repaired, source.size(), context);
        }
    }
    // Loaders are more patient than we are: what is a model's by its words may be one to them.
    if (!promised && (json_kind(source) == "json" || !begins_document(as_text(content)))) return parse_text(source, context);
    malformed(context, "not JSON: " + document.error().message, std::nullopt);
    return Examined::partly;
}

}  // namespace headgate::formats
