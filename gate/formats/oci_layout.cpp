#include "formats/oci_layout.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/encoding.hpp"
#include "formats/oci_document.hpp"
#include "formats/oci_index.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kBlobs = "blobs/sha256/";
constexpr std::string_view kFix = "Copy the image again from its registry (for example with skopeo copy) into an empty folder.";

class LayoutReader {
  public:
    LayoutReader(std::span<const FileRecord> files, const OciRead& read, const std::string& tag, ParseContext& context)
        : read_(read), tag_(tag), context_(context) {
        for (const FileRecord& file : files) files_.emplace(file.path, &file);
    }

    std::optional<OciImage> run() {
        context_.format("oci-layout");
        if (!check_layout_file()) return std::nullopt;
        check_blob_names();
        const auto index = document("index.json", kOciIndex);
        if (!index) return std::nullopt;
        if (!index->is_index) {
            finding("index.json", "no-index", "index.json lists no manifests", "Nothing says which image this is.");
            return std::nullopt;
        }
        OciIndexParts parts = sort_index(*index, read_, context_.limits, context_.budget);
        images_ = std::move(parts.images);
        attachments_ = std::move(parts.attachments);
        const auto root = choose();
        if (!root) return std::nullopt;
        OciImage image;
        image.root = *root;
        image.is_index = is_index_type(root->media_type);
        walk_root(image);
        for (const OciAttachment& attachment : attachments_) walk_other(attachment.manifest);
        for (const OciEntry& entry : images_) {
            if (entry.descriptor.digest != root->digest) walk_other(entry.descriptor);
        }
        for (const std::string& path : covered_) image.covered.push_back(path);
        for (const std::string& path : others_) {
            if (covered_.count(path) == 0) image.others.push_back(path);
        }
        image.attachments = attachments_;
        report_unreferenced();
        return image;
    }

  private:
    void finding(const std::string& path, std::string_view thing, std::string message, const char* why) {
        if (++findings_ > 100) return;
        context_.finding("oci." + std::string(thing), Severity::high, std::move(message), {path, {}, {}, {}}, why,
                         std::string(kFix));
    }

    const FileRecord* file(const std::string& path) const {
        const auto found = files_.find(path);
        return found == files_.end() ? nullptr : found->second;
    }

    bool check_layout_file() {
        covered_.insert("oci-layout");
        covered_.insert("index.json");
        const auto bytes = file("oci-layout") == nullptr ? std::nullopt : read_("oci-layout");
        const std::string version = bytes ? read_layout_version(*bytes, context_.limits) : std::string{};
        if (version == "1.0.0") return true;
        finding("oci-layout", "layout-version",
                "oci-layout is missing or states version \"" + version + "\"; 1.0.0 is the one that is known",
                "Readers of another version find other images.");
        return false;
    }

    /// Each blob's name is its digest.
    void check_blob_names() {
        for (const auto& [path, record] : files_) {
            if (!path.starts_with(kBlobs)) continue;
            const std::string hex = path.substr(kBlobs.size());
            if (!is_lower_hex(hex, 64)) continue;  // reported as unknown
            const bool same = hex == record->sha256;
            if (context_.evidence.digest_claims.size() < context_.limits.facts) {
                context_.evidence.digest_claims.push_back(
                    {{path, {}, {}, {}}, path, same ? DigestClaim::Outcome::matches : DigestClaim::Outcome::differs});
            }
            if (!same) {
                finding(path, "digest-mismatch", "blob " + hex + " has the digest sha256:" + record->sha256,
                        "The content was changed after it was named by its digest.");
            }
        }
    }

    /// A JSON document of the layout, with its own mediaType compared with the descriptor's.
    std::optional<OciDocument> document(const std::string& path, std::string_view media_type) {
        const auto bytes = file(path) == nullptr ? std::nullopt : read_(path);
        if (!bytes) {
            finding(path, file(path) == nullptr ? "missing-blob" : "unscannable",
                    path + (file(path) == nullptr ? " is not in the layout" : " is too large for a document"),
                    "What cannot be read cannot be judged.");
            return std::nullopt;
        }
        if (!context_.budget.step(bytes->size() / 8 + 1)) {
            context_.unscannable("oci", "the layout has more documents than the limits allow", {path, {}, {}, {}});
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

    std::optional<OciDescriptor> choose() {
        std::vector<const OciEntry*> found;
        const auto add = [&](const OciEntry& entry) {
            const bool known = std::any_of(found.begin(), found.end(), [&](const OciEntry* other) {
                return other->descriptor.digest == entry.descriptor.digest &&
                       other->descriptor.media_type == entry.descriptor.media_type &&
                       other->descriptor.size == entry.descriptor.size;
            });
            if (!known) found.push_back(&entry);
        };
        for (const OciEntry& entry : images_) {
            if (tag_.empty() || entry.descriptor.ref_name == tag_ || entry.descriptor.digest == tag_) add(entry);
        }
        if (found.size() == 1) return found.front()->descriptor;
        std::string names;
        for (const OciEntry& entry : images_) {
            if (names.size() > 400) break;
            names += (names.empty() ? "" : ", ") + (entry.descriptor.ref_name.empty() ? entry.descriptor.digest : entry.descriptor.ref_name);
        }
        if (found.empty()) {
            finding("index.json", "no-image",
                    tag_.empty() ? "index.json lists no image" : "index.json has no image \"" + tag_ + "\"; it has: " + names,
                    "There is nothing to judge under that name.");
        } else {
            finding("index.json", "ambiguous-image",
                    tag_.empty() ? "index.json lists several images: " + names
                                 : "index.json gives the name \"" + tag_ + "\" to several images",
                    "Nothing says which one would run: name one by its tag or digest.");
        }
        return std::nullopt;
    }

    /// The blob of a descriptor: there, of the stated size, and equal to what is embedded. False: not there.
    bool check_blob(const OciEntry& entry, const std::string& named_in) {
        const std::string path = entry.descriptor.path();
        covered_.insert(path);
        const FileRecord* record = file(path);
        if (record == nullptr) {
            finding(named_in, "missing-blob", "blob " + entry.descriptor.digest + " (" + entry.descriptor.media_type + ") is not in the layout",
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

    void walk_root(OciImage& image) {
        const auto entry = std::find_if(images_.begin(), images_.end(),
                                        [&](const OciEntry& e) { return e.descriptor.digest == image.root.digest; });
        walk(*entry, "index.json", 0, image);
    }

    void walk(const OciEntry& entry, const std::string& named_in, std::uint32_t depth, OciImage& image) {
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
        if (!visited_.insert(entry.descriptor.digest + " " + entry.descriptor.media_type).second) return;
        const auto read = document(path, entry.descriptor.media_type);
        if (!read) return;
        for (const OciEntry& child : read->entries) walk(child, path, depth + 1, image);
        if (!read->is_index) walk_manifest(entry, *read, path, image);
    }

    void walk_manifest(const OciEntry& entry, const OciDocument& manifest, const std::string& path, OciImage& image) {
        image.manifests.push_back(entry.descriptor);
        const OciEntry& config = *manifest.config;
        const bool runs = is_config_type(config.descriptor.media_type) && !entry.attestation;
        if (check_blob(config, path)) image.configs.push_back(config.descriptor);
        if (runs) check_diff_ids(manifest, path);
        for (const OciEntry& layer : manifest.layers) {
            const OciDescriptor& what = layer.descriptor;
            if (is_foreign_layer_type(what.media_type) || layer.has_urls) {
                finding(path, "foreign-layer", "layer " + what.digest + " is fetched from elsewhere", "Its source is outside the registry and the layout.");
            } else if (runs && !is_layer_type(what.media_type)) {
                finding(path, "media-type", "layer " + what.digest + " has the unknown media type \"" + what.media_type + "\"",
                        "What a runtime does with it is not known.");
            }
            if (!check_blob(layer, path)) continue;
            if (layers_.insert(what.digest).second) image.layers.push_back(what);
        }
    }

    void check_diff_ids(const OciDocument& manifest, const std::string& path) {
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

    /// Files of attachments and of other images: gathered without findings about their content.
    void walk_other(const OciDescriptor& from) {
        std::vector<OciDescriptor> pending{from};
        while (!pending.empty()) {
            const OciDescriptor next = pending.back();
            pending.pop_back();
            others_.insert(next.path());
            if (!is_index_type(next.media_type) && !is_manifest_type(next.media_type)) continue;
            if (!other_visited_.insert(next.path()).second || other_visited_.size() > context_.limits.members) continue;
            const auto bytes = file(next.path()) == nullptr ? std::nullopt : read_(next.path());
            if (!bytes || !context_.budget.step(bytes->size() / 8 + 1)) continue;
            const OciDocument read = read_oci_document(*bytes, context_.limits);
            if (!read.problem.empty()) continue;
            if (read.config) others_.insert(read.config->descriptor.path());
            for (const OciEntry& layer : read.layers) others_.insert(layer.descriptor.path());
            for (const OciEntry& child : read.entries) pending.push_back(child.descriptor);
        }
    }

    void report_unreferenced() {
        for (const auto& [path, record] : files_) {
            if (covered_.count(path) != 0 || others_.count(path) != 0) continue;
            finding(path, path.starts_with(kBlobs) ? "unreferenced-blob" : "unknown-file",
                    "\"" + path + "\" is in the layout, but no manifest refers to it",
                    "Content that no digest of the image covers is not part of what is signed or judged.");
        }
    }

    std::map<std::string, const FileRecord*> files_;
    const OciRead& read_;
    const std::string& tag_;
    ParseContext& context_;
    std::vector<OciEntry> images_;
    std::vector<OciAttachment> attachments_;
    std::set<std::string> covered_, others_, visited_, other_visited_, layers_;
    std::uint32_t findings_ = 0;
};

}  // namespace

std::string OciDescriptor::path() const {
    return std::string(kBlobs) + (digest.starts_with("sha256:") ? digest.substr(7) : digest);
}

std::optional<OciImage> read_oci_layout(std::span<const FileRecord> files, const OciRead& read, const std::string& tag,
                                        ParseContext& context) {
    return LayoutReader(files, read, tag, context).run();
}

}  // namespace headgate::formats
