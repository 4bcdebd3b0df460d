#include "formats/oci_attached.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace headgate::formats {
namespace {

using Form = AttachedDocument::Form;

constexpr std::string_view kSimpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json";
constexpr std::string_view kDsse = "application/vnd.dsse.envelope.v1+json";
constexpr std::string_view kCosignArtifact = "application/vnd.dev.cosign.artifact.sig.v1+json";  // cosign 2's experiment
constexpr std::string_view kBundles[] = {
    "application/vnd.dev.sigstore.bundle.v0.3+json", "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle+json;version=0.2", "application/vnd.dev.sigstore.bundle+json;version=0.1"};
constexpr std::string_view kNotation = "application/vnd.cncf.notary.signature";
constexpr std::string_view kJws = "application/jose+json";
constexpr std::string_view kCose = "application/cose";

bool is_bundle(std::string_view type) {
    return std::find(std::begin(kBundles), std::end(kBundles), type) != std::end(kBundles);
}

class Collector {
  public:
    Collector(const OciDescriptor& image, const OciBlobs& blobs, const Limits& limits, const AttachedLimits& attached)
        : image_(image), blobs_(blobs), limits_(limits), attached_(attached) {
        out_.digest = image.digest;
        out_.media_type = image.media_type;
        out_.size = image.size;
    }

    Attached run(std::span<const OciAttachment> attachments) {
        for (const OciAttachment& attachment : attachments) {
            if (attachment.kind == OciAttachment::Kind::sbom) continue;
            if (!attachment.subject.empty() && attachment.subject != image_.digest) continue;
            if (!is_manifest_type(attachment.manifest.media_type)) continue;  // a list: its entries stand here too
            if (!opened_.insert(attachment.manifest.digest).second) continue;
            if (opened_.size() > attached_.manifests) {
                refuse("more than " + std::to_string(attached_.manifests) + " manifests about one image");
            } else {
                read(attachment);
            }
            if (refused_) break;
        }
        return std::move(out_);
    }

  private:
    void problem(const OciDescriptor& where, std::string what) {
        Attached::Problem& added = out_.problems.emplace_back();
        added.where.path = where.path();
        added.what = std::move(what);
    }
    void refuse(std::string what) {
        refused_ = true;
        out_.documents.clear();
        problem(image_, std::move(what));
    }

    void read(const OciAttachment& attachment) {
        const OciDescriptor& from = attachment.manifest;
        const auto bytes = blobs_(from, attached_.manifest_bytes);
        if (!bytes.ok()) return problem(from, bytes.error().message);
        const OciDocument manifest = read_oci_document(*bytes, limits_);
        if (!manifest.problem.empty() || manifest.is_index) {
            return problem(from, "it is no manifest: " + (manifest.is_index ? "it is an index" : manifest.problem));
        }
        if (!manifest.media_type.empty() && manifest.media_type != from.media_type) {
            return problem(from, "it is described as " + from.media_type + " and says that it is " + manifest.media_type);
        }
        if (manifest.subject && !names_image(*manifest.subject, from)) return;
        switch (attachment.kind) {
            case OciAttachment::Kind::signature: return take_layers(manifest, kSimpleSigning, Form::cosign_signature, from);
            case OciAttachment::Kind::attestation: return take_layers(manifest, kDsse, Form::cosign_attestation, from);
            case OciAttachment::Kind::sbom: return;
            case OciAttachment::Kind::referrer: break;
        }
        if (!manifest.subject) return problem(from, "it is listed as a referrer and has no subject");
        take_referrer(manifest, from);
    }

    bool names_image(const OciEntry& subject, const OciDescriptor& from) {
        const OciDescriptor& named = subject.descriptor;
        if (named.digest == image_.digest && named.size == image_.size && named.media_type == image_.media_type) return true;
        problem(from, "its subject is " + named.digest + " of " + std::to_string(named.size) + " bytes (" + named.media_type +
                          "), the image is " + image_.digest + " of " + std::to_string(image_.size) + " (" + image_.media_type + ")");
        return false;
    }

    void take_referrer(const OciDocument& manifest, const OciDescriptor& from) {
        // Before image-spec 1.1 the config's media type said what an artifact is.
        const std::string& type = manifest.artifact_type.empty() ? manifest.config->descriptor.media_type : manifest.artifact_type;
        if (!from.artifact_type.empty() && from.artifact_type != type) {
            return problem(from, "it is listed as " + from.artifact_type + " and says that it is " + type);
        }
        if (type == kCosignArtifact) return take_layers(manifest, kSimpleSigning, Form::cosign_signature, from);
        if (!is_bundle(type) && type != kNotation) return;  // something else about the image
        if (manifest.layers.size() != 1) {
            return problem(from, "a signature has one layer, this one " + std::to_string(manifest.layers.size()));
        }
        const OciEntry& layer = manifest.layers.front();
        const std::string& what = layer.descriptor.media_type;
        if (is_bundle(type) && is_bundle(what)) return take(layer, Form::sigstore_bundle);
        if (type == kNotation && what == kJws) return take(layer, Form::notation_jws);
        if (type == kNotation && what == kCose) return take(layer, Form::notation_cose);
        problem(from, "its layer is of type " + what + ", which is no " + (type == kNotation ? "Notation envelope" : "bundle"));
    }

    void take_layers(const OciDocument& manifest, std::string_view media_type, Form form, const OciDescriptor& from) {
        // Counted before one is opened: whoever lists a thousand pays for one manifest, and so do we.
        if (out_.documents.size() + manifest.layers.size() > attached_.documents) return too_many();
        for (const OciEntry& layer : manifest.layers) {
            if (layer.descriptor.media_type == media_type) {
                take(layer, form);
            } else {
                problem(from, "its layer is of type " + layer.descriptor.media_type + ", expected is " + std::string(media_type));
            }
            if (refused_) return;
        }
    }

    void too_many() { refuse("more than " + std::to_string(attached_.documents) + " signatures and attestations about one image"); }

    void take(const OciEntry& layer, Form form) {
        if (out_.documents.size() >= attached_.documents) return too_many();
        auto content = blobs_(layer.descriptor, attached_.document_bytes);
        if (!content.ok()) return problem(layer.descriptor, content.error().message);
        bytes_ += content->size();
        if (bytes_ > attached_.bytes) {
            return refuse("more than " + std::to_string(attached_.bytes) + " bytes of signatures and attestations about one image");
        }
        AttachedDocument& document = out_.documents.emplace_back();
        document.form = form;
        document.where.path = layer.descriptor.path();
        document.content = std::move(content).value();
        document.annotations = layer.annotations;
    }

    const OciDescriptor& image_;
    const OciBlobs& blobs_;
    const Limits& limits_;
    const AttachedLimits& attached_;
    Attached out_;
    std::set<std::string> opened_;
    std::uint64_t bytes_ = 0;
    bool refused_ = false;
};

}  // namespace

bool holds_signed_documents(std::string_view artifact_type) {
    return is_bundle(artifact_type) || artifact_type == kNotation || artifact_type == kCosignArtifact;
}

bool is_signed_document(std::string_view media_type) {
    return is_bundle(media_type) || media_type == kSimpleSigning || media_type == kDsse || media_type == kJws || media_type == kCose;
}

std::optional<Error> blob_problem(const OciDescriptor& what, std::uint64_t size, std::string_view sha256) {
    if (what.digest != "sha256:" + std::string(sha256)) {
        return Error{ErrorCode::malformed, "blob " + what.digest + " has the digest sha256:" + std::string(sha256)};
    }
    if (what.size == size) return std::nullopt;
    return Error{ErrorCode::malformed, "blob " + what.digest + " has " + std::to_string(size) + " bytes, its descriptor says " + std::to_string(what.size)};
}

Attached collect_attached(std::span<const OciAttachment> attachments, const OciDescriptor& image, const OciBlobs& blobs,
                          const Limits& limits, const AttachedLimits& attached_limits) {
    return Collector(image, blobs, limits, attached_limits).run(attachments);
}

}  // namespace headgate::formats
