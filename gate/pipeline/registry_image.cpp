#include "pipeline/registry_image.hpp"

#include <algorithm>

#include "attest/attached.hpp"
#include "formats/oci_walk.hpp"
#include "pipeline/image_layers.hpp"
#include "pipeline/registry_layers.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::string_view kFix = "Push the image again from where it was built, whole, and name it by the new digest.";

Evidence facts_of(const FetchedImage& image, const Limits& limits, formats::OciImage& parts) {
    Evidence found;
    Budget budget(limits);
    formats::ParseContext context{limits, budget, found, {}, {}, 0};
    context.format("oci-image");
    const formats::OciRead read = [&](const std::string& path) -> std::optional<ByteView> {
        const auto document = image.documents.find(path);
        if (document == image.documents.end()) return std::nullopt;
        return ByteView(document->second);
    };
    const std::string root = image.root.path();
    if (!image.beyond.empty()) context.unscannable("oci", "the image has " + image.beyond + "; the rest was not read", {root, {}, {}, {}});
    formats::OciWalk walk(image.files, read, {"the registry", kFix}, context);
    formats::OciEntry entry;
    entry.descriptor = image.root;
    walk.walk(entry, root, parts);
    for (const auto& [path, bytes] : image.documents) {
        found.digest_claims.push_back({{path, {}, {}, {}}, path, DigestClaim::Outcome::matches});
    }
    found.files = image.files;
    for (FileRecord& file : found.files) file.examined = walk.covered().contains(file.path);
    leave_unread(parts, found);
    return found;
}

}  // namespace

io::Repository repository_of(const Reference& reference) { return {reference.space, reference.name}; }

std::string wanted_of(const Reference& reference) {
    if (!reference.digest.empty()) return reference.digest;
    return reference.version.empty() ? "latest" : reference.version;
}

Reference with_digest(const Reference& reference, const std::string& digest) {
    if (!reference.digest.empty()) return reference;
    auto whole = parse_reference(reference.canonical + "@" + digest);
    return whole.ok() ? std::move(whole).value() : reference;
}

Result<AttachedImage> fetch_attached_image(const ImageSource& source, const Reference& reference, io::Deadline deadline) {
    const io::Repository where = repository_of(reference);
    AttachedImage image;
    auto root = source.manifest(where, wanted_of(reference), deadline);
    if (!root.ok() && root.error().code == ErrorCode::not_found) {
        image.problem = "the registry has no " + reference.canonical;
        return image;
    }
    if (!root.ok()) return root.error();
    FetchedImage fetched = TRY(fetch_image(source, where, std::move(root).value(), Fetch::only_attached, deadline));
    image.attached = std::move(fetched.attached);
    return image;
}

Recording image_evidence(const FetchedImage& image, const Reference& reference, const attest::Trust& trust, Instant now,
                         const Limits& limits, std::vector<formats::OciContent>* contents, std::vector<formats::OciDescriptor>* layers) {
    Recording recording;
    Subject& subject = recording.subject;
    subject.reference = with_digest(reference, image.root.digest);
    subject.ref = subject.reference.canonical;
    subject.origin = Origin::verified;
    subject.digest.sha256 = image.root.digest.substr(std::string_view("sha256:").size());
    subject.has_bytes = true;
    subject.is_folder = true;
    formats::OciImage parts;
    recording.evidence = facts_of(image, limits, parts);
    subject.kind = parts.kind;
    if (contents == nullptr) leave_layers(parts.contents, recording.evidence);
    const std::vector<FileRecord> files = recording.evidence.files;
    attest::read_attached(image.attached, {subject, files}, trust, {}, now, recording.evidence);
    if (contents != nullptr) *contents = std::move(parts.contents);
    if (layers != nullptr) *layers = layers_to_read(parts, recording.evidence);
    return recording;
}

}  // namespace headgate::pipeline
