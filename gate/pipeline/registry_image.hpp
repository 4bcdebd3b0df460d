// registry_image.hpp: one image of a registry: what judging it needs, fetched in as few rounds as its structure allows, and made into
// evidence like that of an OCI layout (oci.hpp). Layers are not fetched here: they are bound by digest, and read where a rule asks for it
// (registry_layers.hpp).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "attest/trust.hpp"
#include "formats/oci_attached.hpp"
#include "io/registry.hpp"
#include "model/recording.hpp"
#include "pipeline/oci.hpp"

namespace headgate::pipeline {

/// What is asked of a registry: io::Registry, or somebody in its place. Whatever is answered by digest has that digest. Thread-safe.
struct ImageSource {
    std::function<Result<io::RegistryDocument>(const io::Repository&, std::string_view tag_or_digest, io::Deadline)> manifest;
    std::function<Result<Bytes>(const io::Repository&, const std::string& digest, std::uint64_t max_bytes, io::Deadline)> blob;
    std::function<Result<std::vector<io::RegistryDocument>>(const io::Repository&, const std::string& digest, io::Deadline)> referrers;
    /// As io::Registry::range() and stream() say: a range is nobody's until the whole has its digest.
    std::function<Result<Bytes>(const io::Repository&, const std::string& digest, std::uint64_t offset, std::uint64_t length, io::Deadline)> range;
    std::function<Result<void>(const io::Repository&, const std::string& digest, std::uint64_t size, const io::Registry::Sink&, io::Deadline)> stream;
};
ImageSource image_source(std::shared_ptr<const io::Registry> registry);

/// The repository of a reference of scheme "oci", and what is asked there: its digest, else its tag, else "latest".
io::Repository repository_of(const Reference& reference);
std::string wanted_of(const Reference& reference);

struct FetchLimits {
    std::size_t manifests = 64;                      // of an index, below it
    std::uint64_t documents = 32ULL << 20U;          // bytes of manifests and configs together, as their descriptors say
    std::uint64_t document = 4ULL << 20U;            // of each
    std::uint64_t statement = 16ULL << 20U;          // of each that a build made about itself
    std::size_t at_once = 8;                         // requests for one image
    formats::AttachedLimits attached = {};
};

/// One image as it lies in the registry.
struct FetchedImage {
    formats::OciDescriptor root;
    std::vector<FileRecord> files;                   // in path order; layers, and what is over a limit, as their descriptors say
    std::map<std::string, Bytes> documents;          // manifests and configs, by path
    std::string beyond;                              // which limit left documents unread; "" none
    Attached attached;
};

enum class Fetch { whole, only_attached };           // only_attached: neither config nor the manifests below an index

/// `root`: the manifest or index. The Error is that something could not be asked, or that an answer is not what it says; what is not
/// there is the image's fault.
Result<FetchedImage> fetch_image(const ImageSource& source, const io::Repository& where, io::RegistryDocument root, Fetch what,
                                 io::Deadline deadline, const FetchLimits& limits = {});
/// The same of an image that is known by its digest: what is attached to it is asked for together with its manifest. Error{not_found}: the
/// registry has no such image.
Result<FetchedImage> fetch_image(const ImageSource& source, const io::Repository& where, const std::string& digest, Fetch what,
                                 io::Deadline deadline, const FetchLimits& limits = {});

/// The evidence about it, and what it is: a container, a model, a dataset. Pure; `reference` as given: its digest, where it has one, is the
/// image's. `contents`: the layers of a model artifact, for whoever reads or leaves them (registry_layers.hpp); nullptr: they are left.
/// `layers`: those of an image, which may be read (image_layers.hpp) and are left else.
Recording image_evidence(const FetchedImage& image, const Reference& reference, const attest::Trust& trust, Instant now,
                         const Limits& limits = {}, std::vector<formats::OciContent>* contents = nullptr,
                         std::vector<formats::OciDescriptor>* layers = nullptr);

/// An image with what is attached to it, for `verify image`; what the registry does not have is its `problem`.
Result<AttachedImage> fetch_attached_image(const ImageSource& source, const Reference& reference, io::Deadline deadline);

/// The reference with this digest added.
Reference with_digest(const Reference& reference, const std::string& digest);

}  // namespace headgate::pipeline
