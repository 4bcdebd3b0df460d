#include "formats/oci_walk.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "formats/inner_path.hpp"

namespace headgate::formats {
namespace {

bool holds_statements(const OciDocument& manifest) {
    return std::all_of(manifest.layers.begin(), manifest.layers.end(), [](const OciEntry& layer) { return layer.descriptor.media_type == kInTotoLayer; });
}

}  // namespace

OciWalk::OciWalk(std::span<const FileRecord> files, const OciRead& read, const OciPlace& place, ParseContext& context)
    : read_(read), place_(place), context_(context) {
    for (const FileRecord& file : files) files_.emplace(file.path, &file);
}

void OciWalk::finding(const std::string& path, std::string_view thing, std::string message, const char* why) {
    if (++findings_ > 100) return;
    context_.finding("oci." + std::string(thing), Severity::high, std::move(message), {path, {}, {}, {}}, why,
                     std::string(place_.fix));
}

const FileRecord* OciWalk::file(const std::string& path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : found->second;
}

std::optional<OciDocument> OciWalk::document(const std::string& path, std::string_view media_type) {
    const auto bytes = file(path) == nullptr ? std::nullopt : read_(path);
    if (!bytes) {
        finding(path, file(path) == nullptr ? "missing-blob" : "unscannable",
                path + (file(path) == nullptr ? " is not in " + std::string(place_.name) : " is too large for a document"),
                "What cannot be read cannot be judged.");
        return std::nullopt;
    }
    if (!context_.budget.step(bytes->size() / 8 + 1)) {
        context_.unscannable("oci", std::string(place_.name) + " has more documents than the limits allow", {path, {}, {}, {}});
        return std::nullopt;
    }
    OciDocument read = read_oci_document(*bytes, context_.limits);
    if (!read.problem.empty()) {
        finding(path, "malformed", path + " is no index or manifest: " + read.problem, "Runtimes differ on what such a document says.");
        return std::nullopt;
    }
    const bool kind_agrees = read.is_index ? is_index_type(media_type) : is_manifest_type(media_type);
    if (!kind_agrees || (!read.media_type.empty() && read.media_type != media_type)) {
        finding(path, "media-type", path + " is described as " + std::string(media_type) + ", but is " +
                    (read.media_type.empty() ? std::string(read.is_index ? "an index" : "a manifest") : read.media_type),
                "Runtimes that go by the one or the other run different images.");
        return std::nullopt;
    }
    return read;
}

bool OciWalk::check_blob(const OciEntry& entry, const std::string& named_in) {
    const std::string path = entry.descriptor.path();
    covered_.insert(path);
    const FileRecord* record = file(path);
    if (record == nullptr) {
        finding(named_in, "missing-blob", "blob " + entry.descriptor.digest + " (" + entry.descriptor.media_type + ") is not in " + std::string(place_.name),
                "The image is incomplete; what would be fetched in its place was not judged.");
        return false;
    }
    if (record->size != entry.descriptor.size) {
        finding(named_in, "size-mismatch", "blob " + entry.descriptor.digest + " has " + std::to_string(record->size) +
                    " bytes, its descriptor says " + std::to_string(entry.descriptor.size),
                "A descriptor that does not fit its blob was not made for it.");
    }
    if (!entry.embedded.empty()) {
        const auto embedded = from_base64(entry.embedded);
        const auto bytes = read_(path);
        if (!embedded || !bytes || !std::equal(embedded->begin(), embedded->end(), bytes->begin(), bytes->end())) {
            finding(named_in, "embedded-data", "the data embedded in the descriptor of " + entry.descriptor.digest + " differs from its blob",
                    "Runtimes that use the embedded data see other content.");
        }
    }
    return true;
}

void OciWalk::walk(const OciEntry& root, const std::string& named_in, OciImage& image) { descend(root, named_in, 0, image); }

void OciWalk::descend(const OciEntry& entry, const std::string& named_in, std::uint32_t depth, OciImage& image) {
    const std::string path = entry.descriptor.path();
    if (!is_index_type(entry.descriptor.media_type) && !is_manifest_type(entry.descriptor.media_type)) {
        finding(named_in, "media-type", "descriptor " + entry.descriptor.digest + " has the media type \"" +
                    entry.descriptor.media_type + "\", which is no image or index",
                "What it would run is not known.");
        check_blob(entry, named_in);
        return;
    }
    if (!check_blob(entry, named_in)) return;
    if (depth > context_.limits.depth) {
        context_.unscannable("oci", "indexes are nested deeper than the limit", {path, {}, {}, {}});
        return;
    }
    // Listed as an attestation and as an image, it is looked at as both.
    if (!visited_.insert(entry.descriptor.digest + (entry.attestation ? " attestation " : " ") + entry.descriptor.media_type).second) return;
    const auto read = document(path, entry.descriptor.media_type);
    if (!read) return;
    for (const OciEntry& child : read->entries) descend(child, path, depth + 1, image);
    if (!read->is_index) walk_manifest(entry, *read, path, image);
}

void OciWalk::walk_manifest(const OciEntry& entry, const OciDocument& manifest, const std::string& path, OciImage& image) {
    image.manifests.push_back(entry.descriptor);
    const OciEntry& config = *manifest.config;
    // The annotation alone makes no attestation: runtimes that choose by platform do not ask for it.
    const bool attestation = entry.attestation && holds_statements(manifest);
    const OciForm form = attestation ? OciForm::other : form_of(manifest);
    const bool runs = form == OciForm::image;
    if (!attestation) settle_kind(form, manifest, path, image);
    const bool has_config = check_blob(config, path);
    if (has_config) image.configs.push_back(config.descriptor);
    if (runs) {
        check_diff_ids(manifest, path);
        note_base(manifest, path);
    }
    if (has_config && !runs) check_config(config, image);
    NameSet names;
    for (const OciEntry& layer : manifest.layers) {
        const OciDescriptor& what = layer.descriptor;
        if (is_foreign_layer_type(what.media_type) || layer.has_urls) {
            finding(path, "foreign-layer", "layer " + what.digest + " is fetched from elsewhere", "Its source is outside the registry and the layout.");
        } else if (!is_layer_type(what.media_type) && (runs || is_called_layer(what.media_type))) {
            finding(path, "media-type", "layer " + what.digest + " has the unknown media type \"" + what.media_type + "\"",
                    "What a runtime does with it is not known.");
        }
        if (!check_blob(layer, path)) continue;
        if (holds_model(form)) {
            add_content(form, layer, path, names, image);
        } else if (attestation) {
            read_statement(layer, image);
        } else {
            add_layer(what, path, image);
        }
    }
}

/// What the image says that it was built on (image-spec, "Pre-Defined Annotation Keys"): whoever signed the image has signed that.
void OciWalk::note_base(const OciDocument& manifest, const std::string& path) {
    Configuration image{{path, {}, {}, {}}, "image", {}};
    for (const auto& [pointer, value] : {std::pair<std::string, std::string>{"/base/name", manifest.base_name}, {"/base/digest", manifest.base_digest}}) {
        if (!value.empty()) image.fields.push_back({pointer, PredicateField::Type::text, value.substr(0, 1024)});
    }
    context_.evidence.configurations.push_back(std::move(image));
}

void OciWalk::add_layer(const OciDescriptor& layer, const std::string& path, OciImage& image) {
    if (!layers_.insert(layer.digest + " " + layer.media_type).second) return;
    image.layers.push_back(layer);
    const auto [first, fresh] = described_.emplace(layer.digest, layer.media_type);
    if (fresh || layer_packing(first->second) == layer_packing(layer.media_type)) return;
    finding(path, "media-type", "layer " + layer.digest + " is described as " + first->second + " and as " + layer.media_type,
            "At most one of them is what it is; whoever goes by the other unpacks something else, or nothing.");
}

void OciWalk::settle_kind(OciForm form, const OciDocument& manifest, const std::string& path, OciImage& image) {
    const Kind kind = kind_of(form, manifest);
    if (holds_model(form)) {
        ++models_;
        context_.evidence.formats.push_back({{path, {}, {}, {}}, "oci-" + std::string(to_string(form)), false, false});
    }
    if (!kind_) {
        kind_ = kind;
    } else if (*kind_ != kind) {
        if (*kind_ == Kind::container || kind == Kind::container) {
            finding(path, "mixed-kinds", "the index lists both images and models",
                    "What is judged as one of them is used as the other by whoever asks for another platform.");
            kind_ = Kind::container;
        } else {
            kind_ = Kind::model;
        }
    }
    image.kind = *kind_;
}

bool OciWalk::is_json(const std::string& path) {
    const auto bytes = read_(path);
    return bytes && context_.budget.step(bytes->size() / 8 + 1) && codec::parse_json(*bytes, {context_.limits.nesting, 16U << 20U, 1'000'000}).ok();
}

void OciWalk::check_config(const OciEntry& config, OciImage& image) {
    if (!is_json(config.descriptor.path())) image.unread.push_back(config.descriptor);
}

// What BuildKit says about its build: without a signature it is no evidence, and nothing loads it.
void OciWalk::read_statement(const OciEntry& layer, OciImage& image) {
    const std::string path = layer.descriptor.path();
    if (!layers_.insert(layer.descriptor.digest + " " + layer.descriptor.media_type).second) return;
    if (!is_json(path)) {
        image.unread.push_back(layer.descriptor);
        return;
    }
    context_.evidence.formats.push_back({{path, {}, {}, {}}, "json", true, false});
}

void OciWalk::add_content(OciForm form, const OciEntry& layer, const std::string& path, NameSet& names, OciImage& image) {
    const OciLayerType* const type = find_layer_type(form, layer.descriptor.media_type);
    if (type == nullptr) {
        image.unread.push_back(layer.descriptor);
        return;
    }
    OciContent content{layer.descriptor, type->packing, {}};
    const std::string_view name = type->packing == OciPacking::raw ? layer_file_name(layer) : std::string_view();
    if (!name.empty()) {
        constexpr const char* kWhy = "Unpacked, it lies in another place than it seems, or in that of another.";
        if (!is_inner_path(name) || bad_member_name(name)) {
            finding(path, "layer-name", "the file name of layer " + layer.descriptor.digest + ", \"" + std::string(name) + "\", is no plain relative path", kWhy);
        } else if (names.add(name, image.contents.size())) {
            finding(path, "layer-name", "two layers have the file name \"" + std::string(name) + "\"", kWhy);
        } else {
            // Of another platform's model: apart from the first one's.
            content.name = models_ == 1 ? std::string(name) : path.substr(path.rfind('/') + 1).substr(0, 12) + "/" + std::string(name);
        }
    }
    image.contents.push_back(std::move(content));
}

void OciWalk::check_diff_ids(const OciDocument& manifest, const std::string& path) {
    const std::string config = manifest.config->descriptor.path();
    if (file(config) == nullptr) return;
    const auto bytes = read_(config);
    const auto count = bytes ? count_diff_ids(*bytes, context_.limits) : std::nullopt;
    if (!count) {
        finding(config, "malformed", "the image config is no JSON document with rootfs.diff_ids", "What the image runs is not known.");
    } else if (*count != 0 && *count != manifest.layers.size()) {  // none: tools that make artifacts leave it empty
        finding(path, "diff-ids", "the config has " + std::to_string(*count) + " diff_ids, the manifest " +
                    std::to_string(manifest.layers.size()) + " layers",
                "Runtimes differ on which layers such an image has.");
    }
}

}  // namespace headgate::formats
