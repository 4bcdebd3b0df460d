#include "formats/oci_layout.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/encoding.hpp"
#include "formats/oci_document.hpp"
#include "formats/oci_index.hpp"
#include "formats/oci_walk.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kBlobs = "blobs/sha256/";
constexpr std::string_view kFix = "Copy the image again from its registry (for example with skopeo copy) into an empty folder.";

class LayoutReader {
  public:
    LayoutReader(std::span<const FileRecord> files, const OciRead& read, const std::string& tag, ParseContext& context)
        : read_(read), tag_(tag), context_(context), walk_(files, read, {"the layout", kFix}, context) {}

    std::optional<OciImage> run() {
        context_.format("oci-layout");
        if (!check_layout_file()) return std::nullopt;
        check_blob_names();
        const auto index = walk_.document("index.json", kOciIndex);
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
        image.covered.assign(walk_.covered().begin(), walk_.covered().end());
        for (const std::string& path : others_) {
            if (!walk_.covered().contains(path)) image.others.push_back(path);
        }
        image.attachments = attachments_;
        report_unreferenced();
        return image;
    }

  private:
    void finding(const std::string& path, std::string_view thing, std::string message, const char* why) {
        walk_.finding(path, thing, std::move(message), why);
    }
    const FileRecord* file(const std::string& path) const { return walk_.file(path); }

    bool check_layout_file() {
        walk_.cover("oci-layout");
        walk_.cover("index.json");
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
        for (const auto& [path, record] : walk_.files()) {
            if (!path.starts_with(kBlobs)) continue;
            const std::string hex = path.substr(kBlobs.size());
            if (!is_lower_hex(hex, 64)) continue;  // reported as unknown
            const bool same = hex == record->sha256;
            if (context_.evidence.digest_claims.size() < context_.limits.facts) {
                DigestClaim& claim = context_.evidence.digest_claims.emplace_back();
                claim.where.path = claim.about = path;
                claim.outcome = same ? DigestClaim::Outcome::matches : DigestClaim::Outcome::differs;
            }
            if (!same) {
                finding(path, "digest-mismatch", "blob " + hex + " has the digest sha256:" + record->sha256,
                        "The content was changed after it was named by its digest.");
            }
        }
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

    void walk_root(OciImage& image) {
        const auto entry = std::find_if(images_.begin(), images_.end(),
                                        [&](const OciEntry& e) { return e.descriptor.digest == image.root.digest; });
        walk_.walk(*entry, "index.json", image);
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
        for (const auto& [path, record] : walk_.files()) {
            if (walk_.covered().contains(path) || others_.contains(path)) continue;
            finding(path, path.starts_with(kBlobs) ? "unreferenced-blob" : "unknown-file",
                    "\"" + path + "\" is in the layout, but no manifest refers to it",
                    "Content that no digest of the image covers is not part of what is signed or judged.");
        }
    }

    const OciRead& read_;
    const std::string& tag_;
    ParseContext& context_;
    std::vector<OciEntry> images_;
    std::vector<OciAttachment> attachments_;
    std::set<std::string> others_, other_visited_;
    OciWalk walk_;
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
