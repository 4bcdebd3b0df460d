#include "formats/mar.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {
namespace {

using codec::Json;

constexpr std::string_view kManifest = "MAR-INF/MANIFEST.json";
constexpr std::uint64_t kMostManifest = 1U << 20U;
constexpr std::uint32_t kMostFindings = 100;
constexpr std::string_view kFix = "Make the archive again with torch-model-archiver, and publish that.";

struct Handler {
    std::string_view name;
    bool code = false;          // it runs what the model's own configuration names
};
// What TorchServe brings (ts/torch_handler) and the two of its C++ backend.
constexpr Handler kHandlers[] = {{"base_handler"},    {"text_classifier"},       {"image_classifier"}, {"object_detector"},
                                 {"image_segmenter"}, {"dali_image_classifier"}, {"BaseHandler"},      {"TorchScriptHandler"},
                                 {"vllm_handler", true}, {"trt_llm_handler", true}};
constexpr std::string_view kRuntimes[] = {"python", "python2", "python3", "LSP"};
constexpr std::string_view kTopKeys[] = {"createdOn", "description", "runtime", "model", "archiverVersion"};
constexpr std::string_view kModelKeys[] = {"modelName", "version", "modelVersion", "description", "serializedFile", "modelFile",
                                           "handler", "requirementsFile", "configFile"};
constexpr std::string_view kCodeKeys[] = {"modelFile", "requirementsFile"};
constexpr std::string_view kFileKeys[] = {"serializedFile", "modelFile", "requirementsFile", "configFile"};
constexpr std::string_view kImported[] = {".py", ".pyc", ".pyd", ".so", ".dylib", ".dll"};

bool is_in(std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

class MarReader {
  public:
    MarReader(ByteSource& source, const ZipDirectory& directory, ParseContext& context)
        : source_(source), directory_(directory), context_(context) {}

    Examined run() {
        for (const ZipEntry& entry : directory_.entries) {
            add_member(context_, entry.name, entry.size);
            if (entry.folder && entry.size == 0) continue;
            const std::string lower = ascii_lower(entry.name);
            code_ = code_ || std::any_of(std::begin(kImported), std::end(kImported), [&](std::string_view ending) { return lower.ends_with(ending); });
            ParseContext inner = context_.inside(entry.name);
            const Examined one = with_member(source_, entry, context_, [&](ByteSource& content) {
                return entry.name == kManifest ? manifest(content, inner) : examine(content, inner);
            });
            if (one == Examined::partly) all_ = Examined::partly;
        }
        context_.format("mar", false, code_);
        return all_;
    }

  private:
    void finding(ParseContext& inner, std::string_view thing, std::string message, std::uint64_t at, std::string_view why) {
        all_ = Examined::partly;
        if (++findings_ > kMostFindings) return;
        context_.finding("mar." + std::string(thing), Severity::high, std::move(message), inner.at(at), std::string(why), std::string(kFix));
    }

    Examined manifest(ByteSource& content, ParseContext& inner) {
        inner.format("json", true);
        const auto bytes = content.size() <= kMostManifest ? content.all() : std::nullopt;
        if (!bytes) {
            context_.unscannable("mar", "the manifest is longer than " + std::to_string(kMostManifest) + " bytes", inner.whole());
            return Examined::partly;
        }
        const auto document = codec::parse_json(*bytes, {context_.limits.nesting, kMostManifest, 100'000});
        if (!document.ok() || !document->is_object()) {
            finding(inner, "manifest", "the manifest is no plain JSON object" + (document.ok() ? "" : ": " + document.error().message), 0,
                    "Readers differ on what such a document says.");
            return Examined::partly;
        }
        const std::uint32_t before = findings_;
        read(*document, inner);
        return findings_ == before ? Examined::whole : Examined::partly;
    }

    void check_keys(const Json& object, std::span<const std::string_view> known, ParseContext& inner) {
        for (const Json::Member& member : object.members) {
            const bool good = is_in(known, member.first) && (member.second.is_text() || member.first == "model");
            if (good) continue;
            finding(inner, "manifest", "the manifest says \"" + to_valid_utf8(member.first.substr(0, 100)) + "\", which TorchServe's archiver does not write so",
                    member.second.offset, "What it makes a server do, nobody can tell.");
        }
    }

    void read(const Json& document, ParseContext& inner) {
        check_keys(document, kTopKeys, inner);
        const std::string* const runtime = document.find_text("runtime");
        if (runtime != nullptr && !is_in(kRuntimes, *runtime)) {
            finding(inner, "manifest", "it runs by \"" + to_valid_utf8(runtime->substr(0, 100)) + "\", no runtime of TorchServe", 0,
                    "What runs it, nobody can tell.");
        }
        const Json* const model = document.find("model");
        const std::string* const handler = model == nullptr ? nullptr : model->find_text("handler");
        if (handler == nullptr) {
            finding(inner, "manifest", "the manifest names no handler of a model", 0, "What a server runs for it, nobody can tell.");
            return;
        }
        check_keys(*model, kModelKeys, inner);
        read_handler(*handler, model->offset, inner);
        for (const std::string_view key : kFileKeys) {
            const std::string* const file = model->find_text(key);
            if (file == nullptr) continue;
            code_ = code_ || is_in(kCodeKeys, key);
            if (!has(*file)) missing(inner, std::string(key), *file, model->offset);
        }
    }

    /// "name", or "module", "module.py", "module:function": TorchServe looks in the archive first, then among its own.
    void read_handler(const std::string& handler, std::uint64_t at, ParseContext& inner) {
        const auto* const own = std::find_if(std::begin(kHandlers), std::end(kHandlers), [&](const Handler& row) { return row.name == handler; });
        if (own != std::end(kHandlers)) {
            code_ = code_ || own->code;
            return;
        }
        code_ = true;
        const std::string file = handler.substr(0, handler.find(':'));
        if (!has(file) && !has(file + ".py") && !has(file + ".so")) missing(inner, "handler", handler, at);
    }

    void missing(ParseContext& inner, const std::string& key, const std::string& file, std::uint64_t at) {
        finding(inner, "missing-member", "its " + key + " is \"" + to_valid_utf8(file.substr(0, 200)) + "\", which is not in the archive", at,
                "A server then takes what it finds of that name elsewhere.");
    }

    bool has(const std::string& name) const {
        return std::any_of(directory_.entries.begin(), directory_.entries.end(),
                           [&](const ZipEntry& entry) { return !entry.folder && entry.name == name; });
    }

    ByteSource& source_;
    const ZipDirectory& directory_;
    ParseContext& context_;
    std::uint32_t findings_ = 0;
    bool code_ = false;
    Examined all_ = Examined::whole;
};

}  // namespace

bool is_mar(const ZipDirectory& directory) {
    return std::any_of(directory.entries.begin(), directory.entries.end(), [](const ZipEntry& entry) { return entry.name == kManifest; });
}

Examined examine_mar(ByteSource& source, const ZipDirectory& directory, ParseContext& context) {
    return MarReader(source, directory, context).run();
}

}  // namespace headgate::formats
