#include "formats/keras_zip.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "formats/keras_config.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kConfig = "config.json";
constexpr std::string_view kMetadata = "metadata.json";
constexpr std::uint64_t kMostMetadata = 64U << 10U;
constexpr std::string_view kFix = "Save the model again with model.save of a current Keras.";

class KerasReader {
  public:
    KerasReader(ByteSource& source, const ZipDirectory& directory, ParseContext& context)
        : source_(source), directory_(directory), context_(context) {}

    Examined run() {
        context_.format("keras");
        for (const ZipEntry& entry : directory_.entries) {
            add_member(context_, entry.name, entry.size);
            if (entry.folder && entry.size == 0) continue;
            ParseContext inner = context_.inside(entry.name);
            const Examined one =
                with_member(source_, entry, context_, [&](ByteSource& content) { return member(entry.name, content, inner); });
            if (one == Examined::partly) all_ = Examined::partly;
        }
        if (!has(kConfig)) {
            all_ = problem(context_, "keras.malformed", "the archive has no config.json", "What Keras would make of it cannot be told.");
        }
        return all_;
    }

  private:
    bool has(std::string_view name) const {
        return std::any_of(directory_.entries.begin(), directory_.entries.end(), [&](const ZipEntry& entry) { return entry.name == name; });
    }

    Examined problem(ParseContext& inner, std::string id, std::string message, std::string why) {
        inner.finding(std::move(id), Severity::high, std::move(message), inner.whole(), std::move(why), std::string(kFix));
        return Examined::partly;
    }

    Examined member(const std::string& name, ByteSource& content, ParseContext& inner) {
        if (name == kConfig) return config(content, inner);
        if (name == kMetadata) return metadata(content, inner);
        if (name == "model.weights.h5") return weights(content, inner, "hdf5");
        if (name == "model.weights.npz") return weights(content, inner, "zip");
        if (name.starts_with("assets/")) return examine(content, inner);
        examine(content, inner);
        return problem(inner, "keras.unknown-member", "member \"" + name + "\" does not belong in a Keras archive",
                       "Keras does not read it, so nothing accounts for its content.");
    }

    Examined config(ByteSource& content, ParseContext& inner) {
        const auto bytes = content.size() <= codec::JsonLimits{}.bytes ? content.all() : std::nullopt;
        if (bytes) return check_keras_config(*bytes, inner);
        inner.unscannable("keras", "the configuration is larger than the limit allows", inner.whole());
        return Examined::partly;
    }

    /// Exactly what Keras writes: its version, when it was saved, and (lately) for which backend.
    Examined metadata(ByteSource& content, ParseContext& inner) {
        const auto bytes = content.size() <= kMostMetadata ? content.all() : std::nullopt;
        const auto document = codec::parse_json(bytes.value_or(ByteView{}));
        const bool good = document.ok() && document->find_text("keras_version") != nullptr &&
                          std::all_of(document->members.begin(), document->members.end(), [](const auto& entry) { return entry.second.is_text(); });
        if (!good) {
            return problem(inner, "keras.metadata", "metadata.json is not the short list of texts that Keras writes, with keras_version",
                           "Which version of Keras wrote the model, and how it is read, cannot be told.");
        }
        inner.format("json", true);
        return Examined::whole;
    }

    Examined weights(ByteSource& content, ParseContext& inner, std::string_view format) {
        const Examined examined = examine(content, inner);
        const std::string_view found = detect(content, inner.name());
        if (found == format) return examined;
        return problem(inner, "keras.weights", "the weights are " + (found.empty() ? std::string("of no known format") : std::string(found)),
                       "Keras opens them by their name.");
    }

    ByteSource& source_;
    const ZipDirectory& directory_;
    ParseContext& context_;
    Examined all_ = Examined::whole;
};

}  // namespace

bool is_keras(const ZipDirectory& directory, std::string_view name) {
    if (ascii_lower(name).ends_with(".keras")) return true;
    const auto has = [&](std::string_view member) {
        return std::any_of(directory.entries.begin(), directory.entries.end(), [&](const ZipEntry& entry) { return entry.name == member; });
    };
    return has(kConfig) && (has(kMetadata) || has("model.weights.h5") || has("model.weights.npz"));
}

Examined examine_keras(ByteSource& source, const ZipDirectory& directory, ParseContext& context) {
    return KerasReader(source, directory, context).run();
}

}  // namespace headgate::formats
