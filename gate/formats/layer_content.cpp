#include "formats/layer_content.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"
#include "formats/pickle.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {
namespace {

using Names = std::span<const std::string_view>;

bool has(Names list, std::string_view name) { return std::find(list.begin(), list.end(), name) != list.end(); }
bool ends_with_one_of(std::string_view name, Names endings) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

// Rows of all.cpp that are ordinary files wherever they lie.
constexpr auto kOrdinary = std::to_array<std::string_view>(
    {"", "text", "json", "source", "template", "image", "executable", "parquet", "arrow", "lfs-pointer", "sentencepiece", "unread"});
// Of these, what no loader makes an object of, whatever it is called.
constexpr auto kPlain = std::to_array<std::string_view>({"text", "json", "source", "template", "image", "lfs-pointer"});
// Plain, and recognised before anybody asked whether an unpickler takes it.
constexpr auto kBeforePickle = std::to_array<std::string_view>({"image"});
// Rows that only guess, from a few bytes or an element: ordinary bytes look the same, so the name has to say it too.
constexpr auto kGuessed = std::to_array<std::string_view>({"onnx", "tensorflow", "coreml", "coreml-weights", "paddle", "paddle-params", "ubjson", "text-model",
                                                           "tensorflow-checkpoint", "keras-config", "openvino", "pmml"});
// What a loader or an installer takes, as facts call it.
constexpr auto kArtifacts = std::to_array<std::string_view>({"pickle", "torch", "torch-legacy", "torchscript", "npy", "npz", "gguf", "safetensors", "hdf5", "keras",
                                                             "skops", "tflite", "catboost", "onnx", "savedmodel", "tensorflow-graph", "coreml", "paddle", "mar",
                                                             "wheel", "sdist", "npm-package", "crate"});
// Names by which loaders and installers choose. Not `.pth` (lines of site-packages), `.bin` and `.model`: their content tells.
constexpr auto kNames = std::to_array<std::string_view>({".pkl", ".pickle", ".dill", ".joblib", ".pt", ".pt2", ".ptl", ".pte", ".ckpt", ".safetensors", ".gguf", ".ggml",
                                                         ".onnx", ".keras", ".tflite", ".npy", ".npz", ".skops", ".nemo", ".whl", ".crate", ".mlmodel", ".pdmodel",
                                                         ".pdiparams", ".cbm", ".ubj", ".pmml", ".engine", ".rknn", ".hef", ".llamafile"});
constexpr auto kWholeNames = std::to_array<std::string_view>({"saved_model.pb", "saved_model.pbtxt", "keras_metadata.pb", "pytorch_model.bin", "adapter_model.bin"});
// Behind such a name, what tools that compress add to it.
constexpr auto kPacked = std::to_array<std::string_view>({".gz", ".bz2", ".xz", ".zst", ".lz4"});
// What a reader of containers says that gave up: what it would have found behind that, nobody knows. Reserved flags, frames that are skipped and
// what stands behind the end are read by some and passed over by others. One that is broken, nobody reads.
constexpr auto kGaveUp = std::to_array<std::string_view>({"compressed.unscannable", "container.unscannable", "hdf5.unscannable", "pickle.unscannable", "sevenzip.unscannable",
                                                          "tar.unscannable", "zip.unscannable", "compressed.flags", "compressed.skipped-frame", "tar.trailing-bytes"});
// Archives that hold no models, by what they are called: one that is broken says nothing.
constexpr auto kOrdinaryArchives = std::to_array<std::string_view>({".jar", ".war", ".ear", ".aar", ".apk", ".egg", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp",
                                                                    ".ott", ".xpi", ".epub", ".pyz", ".ja", ".nupkg", ".vsix", ".exe", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst"});
// At the root of a file system (FHS 3.0), and what images have besides.
constexpr auto kSystem = std::to_array<std::string_view>(
    {"bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "proc", "root", "run", "sbin", "sys", "tmp", "usr", "var", ".dockerenv"});

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool is_within(std::string_view inner, std::string_view outer) {
    return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '!');
}

/// `place` or something within it, or a container around it.
bool belongs_to(std::string_view member, std::string_view place) { return is_within(member, place) || is_within(place, member); }

template <typename Fact>
void keep(std::vector<Fact>& facts, const std::vector<std::string>& places) {
    std::erase_if(facts, [&](const Fact& fact) {
        return std::none_of(places.begin(), places.end(), [&](const std::string& place) { return belongs_to(fact.where.member, place); });
    });
}

/// Members of an archive that are artifacts, and what is said of the archive around them. Of the ordinary files beside them, nothing.
void keep_artifacts(Evidence& facts, const std::vector<std::string>& places) {
    keep(facts.formats, places);
    keep(facts.imports, places);
    keep(facts.calls, places);
    keep(facts.members, places);
    keep(facts.tensors, places);
    keep(facts.operators, places);
    keep(facts.traits, places);
    keep(facts.digest_claims, places);
    keep(facts.cards, places);
    keep(facts.index_entries, places);
    keep(facts.configurations, places);
    keep(facts.vocabularies, places);
    keep(facts.opaques, places);
    keep(facts.findings, places);
}

bool is_named(std::string_view name) {
    if (ends_with_one_of(name, kNames) || has(kWholeNames, name)) return true;
    const auto packed = std::find_if(kPacked.begin(), kPacked.end(), [&](std::string_view ending) { return name.ends_with(ending); });
    if (packed == kPacked.end()) return false;
    const std::string_view inner = name.substr(0, name.size() - packed->size());
    // README.pt.gz is Portuguese, and nothing loads a torch file that is compressed as a whole.
    return !inner.ends_with(".pt") && (ends_with_one_of(inner, kNames) || has(kWholeNames, inner));
}

/// A text of before UTF-8 (Latin-1, KOI8, ...): lines, most of them ASCII, and no control characters.
bool is_eight_bit_text(ByteSource& source) {
    constexpr std::uint64_t kMost = 1U << 20U;
    const auto bytes = source.size() <= kMost ? source.all() : std::nullopt;
    if (!bytes) return false;
    std::uint64_t ascii = 0, lines = 0;
    for (const std::uint8_t byte : *bytes) {
        const bool blank = byte == '\n' || byte == '\r' || byte == '\t' || byte == '\f';
        if ((byte < 0x20 && !blank) || byte == 0x7F) return false;
        ascii += byte < 0x80 ? 1 : 0;
        lines += byte == '\n' ? 1 : 0;
    }
    return lines > 0 && ascii >= bytes->size() / 2;
}

/// Where in the file something gave up.
std::vector<std::string> given_up(const Evidence& facts) {
    std::vector<std::string> places;
    for (const Finding& finding : facts.findings) {
        if (!has(kGaveUp, finding.id)) continue;
        if (std::find(places.begin(), places.end(), finding.where.member) == places.end()) places.push_back(finding.where.member);
        if (places.size() == 100) break;
    }
    return places;
}

/// Outermost ones only; so many are told apart, and of more the whole file is one.
std::vector<std::string> artifact_places(const Evidence& facts, const std::string& path) {
    constexpr std::size_t kMostPlaces = 100;
    std::vector<std::string> places;
    for (const FormatFact& fact : facts.formats) {
        if (!has(kArtifacts, fact.format)) continue;
        if (std::any_of(places.begin(), places.end(), [&](const std::string& place) { return is_within(fact.where.member, place); })) continue;
        std::erase_if(places, [&](const std::string& place) { return is_within(place, fact.where.member); });
        if (places.size() == kMostPlaces) return {path};
        places.push_back(fact.where.member);
    }
    return places;
}

}  // namespace

bool is_model_place(std::string_view path) {
    const std::string_view top = path.substr(0, path.find('/'));
    return !top.empty() && !has(kSystem, top);
}

Examined examine_layer_file(ByteSource& source, const std::string& path, LayerUse use, ParseContext& layer) {
    const std::string name = ascii_lower(last_part(path));
    if (source.size() == 0) return Examined::whole;          // a whiteout, a marker
    const bool of_model = use == LayerUse::model && is_model_place(path);
    const bool named = is_named(name);
    std::string_view format;
    if (!of_model) {
        format = detect(source, name);
        const bool ordinary = has(kOrdinary, format) || has(kGuessed, format);
        const bool asked = named && !has(kPlain, format);
        // Text has been asked whether it is a pickle; what is recognised before that has not.
        const bool told = has(kPlain, format) && !has(kBeforePickle, format);
        const bool disguised = ordinary && !told && (!asked || format.empty()) && loads_as_pickle(source);
        if (ordinary && !asked && !disguised) return Examined::whole;
        if (format.empty() && !disguised && is_eight_bit_text(source)) return Examined::whole;
    }
    Evidence facts;
    ParseContext inner{layer.limits, layer.budget, facts, layer.path, path, layer.depth + 1, layer.sha256_hex, layer.package_words};
    const Examined examined = examine(source, inner);
    bool kept = of_model || named;
    if (!kept) {
        std::vector<std::string> places = artifact_places(facts, path);
        // Whatever else it is, it loads as a pickle; and a zip file that is laid out to be misread hides what it holds.
        const bool tricks = std::any_of(facts.findings.begin(), facts.findings.end(), [&](const Finding& finding) {
            return finding.id == "pickle.polyglot" || (finding.id.starts_with("zip.") && !ends_with_one_of(name, kOrdinaryArchives));
        });
        if (tricks) places = {path};
        // What reads no further may have stopped before what it was asked to find.
        if (!tricks && examined == Examined::partly) {
            for (std::string& place : given_up(facts)) places.push_back(std::move(place));
        }
        kept = !places.empty();
        if (kept) keep_artifacts(facts, places);
    }
    if (!kept) return Examined::whole;
    const bool whole = layer.sha256_hex != nullptr && source.size() <= layer.limits.member_bytes;
    const auto bytes = whole ? source.all() : std::nullopt;
    add_member(layer, path, source.size(), bytes ? layer.sha256_hex(*bytes) : std::string());
    const bool explained = !facts.findings.empty() || !facts.opaques.empty();
    layer.evidence.merge(std::move(facts));
    return examined == Examined::whole || !explained ? Examined::whole : Examined::partly;
}

}  // namespace headgate::formats
