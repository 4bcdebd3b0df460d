// oci_attached_image.cpp: an image of a layout on disk and its signatures, without hashing what nobody asks for.
#include <map>

#include "crypto/sha256.hpp"
#include "formats/oci_attached.hpp"
#include "io/file_source.hpp"
#include "pipeline/oci.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMaxDocument = 8ULL << 20U;

// Files of the layout by path. Blobs are compared with their names: what has another digest is not there.
class LayoutFolder {
  public:
    explicit LayoutFolder(std::shared_ptr<io::Directory> folder) : folder_(std::move(folder)) {}

    Result<Bytes> file(const std::string& path, std::uint64_t max_bytes) const {
        return io::read_file_beneath(TRY(folder_->open_file(path)), path, max_bytes);
    }
    std::optional<ByteView> document(const std::string& path) {
        if (const auto known = read_.find(path); known != read_.end()) return ByteView(known->second);
        auto bytes = file(path, kMaxDocument);
        if (!bytes.ok() || path != "blobs/sha256/" + crypto::sha256_hex(*bytes)) return std::nullopt;
        return ByteView(read_.emplace(path, std::move(bytes).value()).first->second);
    }
    Result<Bytes> blob(const formats::OciDescriptor& what, std::uint64_t max_bytes) const {
        auto bytes = file(what.path(), max_bytes);
        if (!bytes.ok()) return bytes;
        if (auto problem = formats::blob_problem(what, bytes->size(), crypto::sha256_hex(*bytes))) return *problem;
        return bytes;
    }

  private:
    std::shared_ptr<io::Directory> folder_;
    std::map<std::string, Bytes> read_;
};

AttachedImage none(std::string problem) {
    AttachedImage image;
    image.problem = std::move(problem);
    return image;
}

}  // namespace

Result<AttachedImage> read_attached_image(const std::string& folder, const std::string& tag, const Limits& limits) {
    LayoutFolder layout(TRY(io::Directory::open(folder)));
    const Bytes version = TRY(layout.file("oci-layout", kMaxDocument));
    if (formats::read_layout_version(version, limits) != "1.0.0") return none("oci-layout states no version 1.0.0");
    const Bytes index_bytes = TRY(layout.file("index.json", kMaxDocument));
    const formats::OciDocument index = formats::read_oci_document(index_bytes, limits);
    if (!index.problem.empty()) return none("index.json: " + index.problem);
    if (!index.is_index) return none("index.json lists no manifests");

    Budget budget(limits);
    const formats::OciRead read = [&](const std::string& path) { return layout.document(path); };
    const formats::OciIndexParts parts = formats::sort_index(index, read, limits, budget);
    const auto root = formats::find_image(parts, tag, read, limits, budget);
    if (!root.ok()) return none(root.error().message);
    const auto manifest = layout.blob(*root, kMaxDocument);
    if (!manifest.ok()) return none(manifest.error().message);

    AttachedImage image;
    image.attached = formats::collect_attached(
        parts.attachments, *root, [&](const formats::OciDescriptor& what, std::uint64_t max_bytes) { return layout.blob(what, max_bytes); }, limits);
    return image;
}

}  // namespace headgate::pipeline
