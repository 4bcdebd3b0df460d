#include "pipeline/layout.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"
#include "formats/parser.hpp"
#include "intake/manifest.hpp"

namespace headgate::pipeline {
namespace {

bool ends_with_any(std::string_view name, std::span<const std::string_view> suffixes) {
    const std::string lower = ascii_lower(name);
    return std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view suffix) { return lower.ends_with(suffix); });
}

bool is_weight_file(std::string_view name) {
    static constexpr std::array<std::string_view, 16> kSuffixes = {
        ".safetensors", ".gguf", ".pt", ".pth", ".ckpt", ".onnx", ".h5", ".keras", ".tflite", ".msgpack", ".nemo", ".cbm", ".mlmodel",
        ".pdmodel", ".pdiparams", ".pdparams"};
    const std::string lower = ascii_lower(name);
    if (lower.ends_with(".bin")) return lower.find("model") != std::string::npos;  // pytorch_model.bin, adapter_model.bin
    return ends_with_any(name, kSuffixes);
}

bool is_data_file(std::string_view name) {
    static constexpr std::array<std::string_view, 8> kSuffixes = {".csv",   ".tsv", ".jsonl",  ".ndjson",
                                                                  ".parquet", ".arrow", ".tar", ".tar.gz"};
    return ends_with_any(name, kSuffixes);
}

bool is_text_file(std::string_view name) {
    static constexpr std::array<std::string_view, 8> kSuffixes = {".md",  ".txt",  ".rst", ".json",
                                                                  ".yaml", ".yml", ".cff", ".bib"};
    const std::string lower = ascii_lower(name);
    return ends_with_any(name, kSuffixes) || lower.starts_with("license") || lower.starts_with("readme") ||
           lower.starts_with(".git") || lower == "notice";
}

// config.json (or diffusers' model_index.json) of a model, by the keys that model libraries write.
bool is_model_config(ByteView bytes) {
    static constexpr std::array<std::string_view, 5> kKeys = {"model_type", "architectures", "_class_name",
                                                              "quantization_config", "auto_map"};
    const auto document = codec::parse_json(bytes);
    if (!document.ok()) {
        // Loaders may be more patient than we are: by its words it is a model's, and then a finding.
        return std::any_of(kKeys.begin(), kKeys.end(), [&](std::string_view key) {
            return as_text(bytes).find('"' + std::string(key) + '"') != std::string_view::npos;
        });
    }
    return std::any_of(kKeys.begin(), kKeys.end(),
                       [&](std::string_view key) { return document->find(key) != nullptr; });
}

// A README whose front matter has a key that only dataset cards have.
bool is_data_card(const std::string&, ByteView bytes) {
    const std::string_view text = as_text(bytes);
    if (!text.starts_with("---")) return false;
    const std::size_t end = text.find("\n---", 3);
    if (end == std::string_view::npos) return false;
    static constexpr std::array<std::string_view, 5> kKeys = {"dataset_info:", "task_categories:", "size_categories:",
                                                              "annotations_creators:", "configs:"};
    for (const std::string_view line : split_lines(text.substr(0, end))) {
        for (const std::string_view key : kKeys) {
            if (line.starts_with(key)) return true;
        }
    }
    return false;
}

bool has_child(const FolderView& folder, std::string_view name) {
    return std::any_of(folder.children.begin(), folder.children.end(),
                       [&](const io::Entry* entry) { return base_name(entry->path) == name; });
}

// A file `<stem>.<number>-of-<number>` of a TensorFlow checkpoint, beside its index.
bool has_shard(const FolderView& folder, std::string_view stem) {
    const std::string prefix = std::string(stem) + ".data-";
    return std::any_of(folder.children.begin(), folder.children.end(),
                       [&](const io::Entry* entry) { return base_name(entry->path).starts_with(prefix); });
}

bool is_network(ByteView bytes) {
    MemorySource source(bytes);
    return formats::detect(source, "network.xml") == "openvino";
}

// Models whose files are told by what stands beside them: an index and its shards, a network in XML and its weights.
bool is_pair(const FolderView& folder, const io::Entry& entry, const ReadSmall& read, const AskAbout& ask) {
    const std::string_view name = base_name(entry.path);
    const std::string lower = ascii_lower(name);
    if (lower.ends_with(".index")) return has_shard(folder, name.substr(0, name.size() - std::string_view(".index").size()));
    if (!lower.ends_with(".xml")) return false;
    std::string weights(name);
    weights.replace(weights.size() - 4, 4, ".bin");
    if (!has_child(folder, weights)) return false;
    const auto bytes = read(entry.path);
    return !bytes || ask(SmallFile::network, entry.path, *bytes);      // what cannot be read is taken for what is asked about
}

template <typename Predicate>
bool child_satisfies(const FolderView& folder, std::string_view name, const ReadSmall& read, const Predicate& predicate) {
    for (const io::Entry* entry : folder.children) {
        if (base_name(entry->path) != name || entry->type == io::Entry::Type::folder) continue;
        const auto bytes = read(entry->path);
        if (!bytes || predicate(entry->path, *bytes)) return true;  // what cannot be read is taken for what is asked about
    }
    return false;
}

// Manifest.json of a .mlpackage, whose model is two folders down.
bool is_package_manifest(const std::string&, ByteView bytes) { return as_text(bytes).find("\"itemInfoEntries\"") != std::string_view::npos; }

// An object of Kubernetes, which deploys something, by its words.
bool deploys(const io::Entry& entry, const ReadSmall& read) {
    if (!intake::has_telling_name(entry.path)) return false;
    const auto bytes = read(entry.path);
    const intake::ManifestFormat* const told = bytes ? intake::content_format(entry.path, *bytes) : nullptr;
    return told != nullptr && told->kind == Kind::container;
}

// Data files, and beside them nothing but text; a manifest is not "text".
bool is_bare_data(const FolderView& folder, const ReadSmall& read) {
    bool data = false;
    for (const io::Entry* entry : folder.below) {
        if (entry->type == io::Entry::Type::folder) continue;
        const std::string_view name = base_name(entry->path);
        if (intake::find_manifest(entry->path) != nullptr) return false;
        if (is_data_file(name)) {
            data = true;
        } else if (!is_text_file(name)) {
            return false;
        }
    }
    return data && std::none_of(folder.below.begin(), folder.below.end(), [&](const io::Entry* entry) { return entry->type == io::Entry::Type::file && deploys(*entry, read); });
}

}  // namespace

bool answer_about(SmallFile question, ByteView bytes) { return question == SmallFile::network ? is_network(bytes) : is_model_config(bytes); }

bool has_artifact_name(std::string_view name) {
    static constexpr std::array<std::string_view, 36> kSuffixes = {
        ".pkl", ".pickle", ".joblib", ".dill", ".npy", ".npz", ".pdopt", ".mar", ".skops", ".llamafile", ".rds", ".rda", ".rdata",
        ".pb", ".cpb", ".onnxtxt", ".onnxtext", ".onnxjson", ".engine", ".plan", ".trt", ".ptl", ".pte", ".vmfb", ".rknn", ".hef",
        ".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".7z", ".whl", ".crate"};
    return is_weight_file(name) || ends_with_any(name, kSuffixes);
}

std::string_view base_name(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view parent_path(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

FolderShape folder_shape(const FolderView& folder, const std::vector<std::string>& parents, const ReadSmall& read, const AskAbout& ask) {
    if (parents.size() >= 2 && parents[0] == "snapshots" &&
        (parents[1].starts_with("models--") || parents[1].starts_with("datasets--"))) {
        return FolderShape::hub_snapshot;
    }
    if (has_child(folder, "oci-layout") && has_child(folder, "index.json")) return FolderShape::oci_layout;
    for (const std::string_view graph : {"saved_model.pb", "saved_model.pbtxt", "saved_model.cpb"}) {
        if (has_child(folder, graph)) return FolderShape::model;
    }
    for (const io::Entry* entry : folder.children) {
        if (entry->type == io::Entry::Type::folder) continue;
        if (is_weight_file(base_name(entry->path)) || is_pair(folder, *entry, read, ask)) return FolderShape::model;
    }
    if (child_satisfies(folder, "Manifest.json", read, is_package_manifest)) return FolderShape::model;
    const auto is_config = [&](const std::string& path, ByteView bytes) { return ask(SmallFile::model_config, path, bytes); };
    if (child_satisfies(folder, "config.json", read, is_config) || child_satisfies(folder, "model_index.json", read, is_config)) {
        return FolderShape::model;
    }
    if (has_child(folder, "dataset_info.json") || has_child(folder, "dataset_infos.json") ||
        has_child(folder, "croissant.json") || child_satisfies(folder, "README.md", read, is_data_card) ||
        is_bare_data(folder, read)) {
        return FolderShape::dataset;
    }
    return FolderShape::plain;
}

Kind kind_of(FolderShape shape, const std::vector<std::string>& parents) {
    switch (shape) {
        case FolderShape::dataset: return Kind::dataset;
        case FolderShape::oci_layout: return Kind::container;
        case FolderShape::hub_snapshot:
            return parents.size() >= 2 && parents[1].starts_with("datasets--") ? Kind::dataset : Kind::model;
        case FolderShape::plain:
        case FolderShape::model: break;
    }
    return Kind::model;
}

std::optional<HubBlob> hub_blob(const std::string& link_path, const std::string& target) {
    // .../<repo>/snapshots/<commit>/[folders/]<link> -> (../ for each folder between)blobs/<name>, and nothing else: a target
    // that goes through another folder would be resolved by the kernel through links that this text does not show.
    const std::vector<std::string_view> parts = split(target, '/');
    std::size_t ups = 0;
    while (ups < parts.size() && parts[ups] == "..") ++ups;
    if (ups < 2 || parts.size() != ups + 2 || parts[ups] != "blobs") return std::nullopt;
    const std::string_view name = parts.back();
    if (name.empty() || name == "." || name == "..") return std::nullopt;
    std::string_view repo = parent_path(link_path);
    std::string_view topmost;
    for (std::size_t i = 0; i < ups; ++i) {
        topmost = base_name(repo);
        repo = parent_path(repo);
    }
    if (topmost != "snapshots" || repo.empty()) return std::nullopt;
    return HubBlob{std::string(repo), std::string(name)};
}

}  // namespace headgate::pipeline
