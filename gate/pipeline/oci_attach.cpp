#include "pipeline/oci_attach.hpp"

#include <algorithm>
#include <cstdio>

#include "crypto/sha256.hpp"
#include "formats/oci_document.hpp"
#include "io/atomic_file.hpp"
#include "io/file_source.hpp"
#include "io/folder_lock.hpp"
#include "pipeline/oci.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMaxDocument = 8ULL << 20U;
constexpr int kAttempts = 20;                        // against programs that do not take the lock
constexpr std::string_view kIndexFile = "/index.json";

std::string blob_path(const std::string& folder, const std::string& digest) { return folder + "/blobs/sha256/" + digest.substr(digest.find(':') + 1); }

// A layout is somebody else's folder: nothing is written through its links.
Result<std::string> own_folder(const std::string& folder) {
    const std::string real = TRY(io::real_path(folder));
    const auto blobs = io::real_path(real + "/blobs/sha256");
    if (!blobs.ok() || *blobs != real + "/blobs/sha256") return Error{ErrorCode::malformed, folder + ": blobs/sha256 is no folder of its own in this layout"};
    return real;
}

// What an attempt has added, taken back unless it succeeds.
class Written {
  public:
    explicit Written(std::string folder) : folder_(std::move(folder)) {}
    ~Written() {
        for (const std::string& path : paths_) std::remove(path.c_str());
    }
    Written(const Written&) = delete;
    Written& operator=(const Written&) = delete;

    Result<void> add(const Blob& blob) {
        const std::string path = blob_path(folder_, blob.digest);
        if (io::path_type(path).ok()) {
            const auto there = io::read_file(path, blob.content.size());
            if (!there.ok() || as_text(*there) != blob.content) return Error{ErrorCode::malformed, path + ": its content is not what its name says"};
            return {};
        }
        TRY_VOID(io::write_file_atomically(path, blob.content));
        paths_.push_back(path);
        return {};
    }
    void keep() { paths_.clear(); }

  private:
    std::string folder_;
    std::vector<std::string> paths_;
};

Result<Bytes> read_blob(const std::string& folder, const std::string& digest, std::uint64_t size) {
    const std::string path = blob_path(folder, digest);
    if (size > kMaxDocument) return Error{ErrorCode::malformed, path + ": too large for a list of referrers"};
    Bytes bytes = TRY(io::read_file(path, kMaxDocument));
    if ("sha256:" + crypto::sha256_hex(bytes) != digest) return Error{ErrorCode::malformed, path + ": its content is not what its name says"};
    return bytes;
}

// Whether an index, or a list that it names, still speaks of a blob. What cannot be read may.
bool is_named(const std::string& folder, ByteView index_json, const std::string& digest, const Limits& limits) {
    const formats::OciDocument index = formats::read_oci_document(index_json, limits);
    if (!index.problem.empty()) return true;
    return std::any_of(index.entries.begin(), index.entries.end(), [&](const formats::OciEntry& entry) {
        const formats::OciDescriptor& what = entry.descriptor;
        if (what.digest == digest) return true;
        if (!formats::is_index_type(what.media_type)) return false;
        const auto bytes = read_blob(folder, what.digest, what.size);
        if (!bytes.ok()) return true;
        const formats::OciDocument list = formats::read_oci_document(*bytes, limits);
        return !list.problem.empty() ||
               std::any_of(list.entries.begin(), list.entries.end(), [&](const formats::OciEntry& child) { return child.descriptor.digest == digest; });
    });
}

// nullopt: somebody else replaced index.json in between.
Result<std::optional<AttachOutcome>> attempt(const std::string& folder, const Referrer& referrer, const std::string& image_digest, const Limits& limits) {
    const Bytes index = TRY(io::read_file(folder + std::string(kIndexFile), kMaxDocument));
    const ReferrerTag tag = TRY(find_referrer_tag(index, image_digest, limits));
    std::optional<Bytes> old;
    if (!tag.list.empty()) old = TRY(read_blob(folder, tag.list, tag.size));
    const std::optional<Blob> list = TRY(add_to_list(old, referrer, limits));
    if (!list) return std::optional(AttachOutcome{referrer.manifest.digest, false});
    const std::string changed = TRY(point_tag_at(index, image_digest, *list, limits));

    Written written(folder);
    for (const Blob& blob : referrer.blobs) TRY_VOID(written.add(blob));
    TRY_VOID(written.add(referrer.manifest));
    TRY_VOID(written.add(*list));
    const Bytes now = TRY(io::read_file(folder + std::string(kIndexFile), kMaxDocument));
    if (now != index) return std::optional<AttachOutcome>();
    TRY_VOID(io::write_file_atomically(folder + std::string(kIndexFile), changed));
    written.keep();
    if (!tag.list.empty() && !is_named(folder, as_bytes(changed), tag.list, limits)) std::remove(blob_path(folder, tag.list).c_str());
    return std::optional(AttachOutcome{referrer.manifest.digest, true});
}

}  // namespace

Result<AttachOutcome> attach_to_layout(const std::string& folder, const std::string& image_digest, const ReferrerBundle& bundle,
                                       const Limits& limits) {
    const std::string real = TRY(own_folder(folder));
    const io::FolderLock lock = TRY(io::FolderLock::take(real));
    const AttachedImage image = TRY(read_attached_image(real, image_digest, limits));
    if (!image.problem.empty()) return Error{ErrorCode::not_found, folder + ": " + image.problem};
    formats::OciDescriptor descriptor;
    descriptor.media_type = image.attached.media_type;
    descriptor.digest = image.attached.digest;
    descriptor.size = image.attached.size;
    const Referrer referrer = make_referrer(descriptor, bundle);
    for (int i = 0; i < kAttempts; ++i) {
        const auto outcome = attempt(real, referrer, image_digest, limits);
        if (!outcome.ok()) return Error{outcome.error().code, folder + ": " + outcome.error().message};
        if (*outcome) return **outcome;
    }
    return Error{ErrorCode::io, folder + ": index.json is changed by others again and again; try again"};
}

}  // namespace headgate::pipeline
