#include "pipeline/oci.hpp"

#include <algorithm>
#include <map>

#include "crypto/sha256.hpp"
#include "formats/oci_attached.hpp"
#include "formats/oci_document.hpp"
#include "io/file_source.hpp"
#include "pipeline/image_layers.hpp"

namespace headgate::pipeline {
namespace {

// Manifests and configs are small; a layer is never needed whole.
constexpr std::uint64_t kMaxDocument = 8ULL << 20U;

// Reads documents of the layout a second time and takes them only if they are what was hashed.
class Documents {
  public:
    Documents(const SubjectPlan& plan, const Evidence& evidence) : plan_(plan), evidence_(evidence) {}

    std::optional<ByteView> read(const std::string& path, std::uint64_t max_bytes = kMaxDocument) {
        if (const auto known = read_.find(path); known != read_.end()) return ByteView(known->second);
        const auto file = std::find_if(plan_.files.begin(), plan_.files.end(),
                                       [&](const FilePlan& candidate) { return candidate.path == path; });
        const auto record = std::find_if(evidence_.files.begin(), evidence_.files.end(),
                                         [&](const FileRecord& candidate) { return candidate.path == path; });
        if (file == plan_.files.end() || record == evidence_.files.end() || record->size > max_bytes) {
            return std::nullopt;
        }
        auto descriptor = file->root->open_file(file->open_path);
        auto bytes = descriptor.ok() ? io::read_file_beneath(std::move(descriptor).value(), path, max_bytes)
                                     : Result<Bytes>(descriptor.error());
        if (!bytes.ok() || crypto::sha256_hex(*bytes) != record->sha256) {
            error_ = bytes.ok() ? Error{ErrorCode::io, path + ": the file changed while it was read"} : bytes.error();
            return std::nullopt;
        }
        return ByteView(read_.emplace(path, std::move(bytes).value()).first->second);
    }
    /// A blob that is what its descriptor says.
    Result<Bytes> blob(const formats::OciDescriptor& what, std::uint64_t max_bytes) {
        const auto bytes = read(what.path(), max_bytes);
        if (!bytes) return Error{ErrorCode::not_found, "blob " + what.digest + " is not in the layout, or is over " + std::to_string(max_bytes) + " bytes"};
        if (auto problem = formats::blob_problem(what, bytes->size(), crypto::sha256_hex(*bytes))) return *problem;
        return Bytes(bytes->begin(), bytes->end());
    }
    const std::optional<Error>& error() const { return error_; }

  private:
    const SubjectPlan& plan_;
    const Evidence& evidence_;
    std::map<std::string, Bytes> read_;
    std::optional<Error> error_;
};

bool contains(const std::vector<std::string>& paths, const std::string& path) {
    return std::find(paths.begin(), paths.end(), path) != paths.end();
}

}  // namespace

std::optional<Error> read_oci_layout(const SubjectPlan& plan, const Limits& limits, Subject& subject, Evidence& evidence, Attached& attached,
                                     std::vector<formats::OciContent>& contents, std::vector<formats::OciDescriptor>& layers) {
    Documents documents(plan, evidence);
    Budget budget(limits);
    Evidence found;
    formats::ParseContext context{limits, budget, found, {}, {}, 0};
    const std::vector<FileRecord> files = evidence.files;
    const auto image = formats::read_oci_layout(
        files, [&](const std::string& path) { return documents.read(path); }, plan.tag, context);
    if (image) {
        attached = formats::collect_attached(
            image->attachments, image->root,
            [&](const formats::OciDescriptor& what, std::uint64_t max_bytes) { return documents.blob(what, max_bytes); }, limits);
    }
    if (documents.error()) return documents.error();
    evidence.merge(std::move(found));
    if (!image) return std::nullopt;

    constexpr std::string_view kAlgorithm = "sha256:";
    subject.digest.sha256 = image->root.digest.substr(kAlgorithm.size());
    // The layout names the image with a digest that its bytes match; what else it is called, only --as or the layout says.
    subject.origin = subject.reference.scheme == "file" ? Origin::recorded : Origin::asserted;
    subject.is_folder = true;
    // Other images and attachments in the same layout are no part of this subject.
    std::erase_if(evidence.files, [&](const FileRecord& file) { return contains(image->others, file.path); });
    for (FileRecord& file : evidence.files) {
        if (contains(image->covered, file.path)) file.examined = true;
    }
    leave_unread(*image, evidence);
    check_stated_kind(plan.kind_given ? std::optional(plan.subject.kind) : std::nullopt, image->kind, evidence);
    if (!plan.kind_given) subject.kind = image->kind;
    contents = image->contents;
    layers = layers_to_read(*image, evidence);
    return std::nullopt;
}

void leave_unread(const formats::OciImage& image, Evidence& evidence) {
    const auto leave = [&](const formats::OciDescriptor& layer) {
        for (FileRecord& file : evidence.files) {
            if (file.path != layer.path() || !file.examined) continue;
            file.examined = false;
            Opaque& unread = evidence.opaques.emplace_back();
            unread.where.path = file.path;
            unread.why = "a layer of type " + layer.media_type + " is not read";
            unread.bytes = file.size;
        }
    };
    for (const formats::OciDescriptor& layer : image.layers) {
        if (!formats::is_layer_type(layer.media_type)) leave(layer);
    }
    for (const formats::OciDescriptor& layer : image.unread) leave(layer);
}

void check_stated_kind(std::optional<Kind> stated, Kind kind, Evidence& evidence) {
    if (!stated || *stated == kind || (*stated == Kind::model && kind == Kind::container)) return;
    Finding& finding = evidence.findings.emplace_back();
    finding.id = "subject.kind-mismatch";
    finding.message = "by its manifest it is a " + std::string(to_string(kind)) + ", and is judged as a " + std::string(to_string(*stated));
    finding.why = "Under the wrong kind the rules for what it really is would not be asked.";
    finding.fix = "Leave --kind out, or name the kind that it is.";
}

}  // namespace headgate::pipeline
