// oci_walk.hpp: one image from its manifest or index down, wherever it lies: a layout on disk, a registry. Pure, over records of the
// blobs and a function that answers the bytes of documents. What is wrong is a finding `oci.*` (oci_layout.hpp lists them).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "formats/member_names.hpp"
#include "formats/oci_artifact.hpp"

namespace headgate::formats {

/// Where the image lies, in the words of findings, and how to mend it.
struct OciPlace {
    std::string_view name;       // "the layout"
    std::string_view fix;
};

class OciWalk {
  public:
    /// All of them must outlive the walk.
    OciWalk(std::span<const FileRecord> files, const OciRead& read, const OciPlace& place, ParseContext& context);

    /// Adds manifests, configs and layers below `root` to `image`. `named_in`: the path of what names the root.
    void walk(const OciEntry& root, const std::string& named_in, OciImage& image);

    /// A JSON document, its own mediaType compared with that of its descriptor; nullopt: a finding says why.
    std::optional<OciDocument> document(const std::string& path, std::string_view media_type);

    /// The finding `oci.<thing>`; a hundred of them say enough.
    void finding(const std::string& path, std::string_view thing, std::string message, const char* why);

    const FileRecord* file(const std::string& path) const;
    const std::map<std::string, const FileRecord*>& files() const { return files_; }
    /// Paths that the image needs.
    const std::set<std::string>& covered() const { return covered_; }
    void cover(const std::string& path) { covered_.insert(path); }

  private:
    /// The blob of a descriptor: there, of the stated size, and equal to what is embedded. False: not there.
    bool check_blob(const OciEntry& entry, const std::string& named_in);
    void descend(const OciEntry& entry, const std::string& named_in, std::uint32_t depth, OciImage& image);
    void walk_manifest(const OciEntry& entry, const OciDocument& manifest, const std::string& path, OciImage& image);
    void check_diff_ids(const OciDocument& manifest, const std::string& path);
    /// What the manifest is, beside those that were met before.
    void settle_kind(OciForm form, const OciDocument& manifest, const std::string& path, OciImage& image);
    /// The config of what is no image: JSON, or nobody reads it.
    void check_config(const OciEntry& config, OciImage& image);
    void read_statement(const OciEntry& layer, OciImage& image);
    /// A layer of an image, or of an artifact that is not known: under each media type that it is described as.
    void note_base(const OciDocument& manifest, const std::string& path);
    void add_layer(const OciDescriptor& layer, const std::string& path, OciImage& image);
    /// A layer of a model artifact. `names`: those of its manifest.
    void add_content(OciForm form, const OciEntry& layer, const std::string& path, NameSet& names, OciImage& image);
    bool is_json(const std::string& path);

    std::map<std::string, const FileRecord*> files_;
    const OciRead& read_;
    OciPlace place_;
    ParseContext& context_;
    std::set<std::string> covered_, visited_, layers_;
    std::map<std::string, std::string> described_;   // media type of each layer, by digest: the first one
    std::optional<Kind> kind_;       // of the manifests so far
    std::size_t models_ = 0;         // manifests of model artifacts
    std::uint32_t findings_ = 0;
};

}  // namespace headgate::formats
