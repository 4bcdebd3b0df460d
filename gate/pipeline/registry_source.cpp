// registry_source.cpp: the registry's client as the source of images.
#include "pipeline/registry_image.hpp"

namespace headgate::pipeline {

ImageSource image_source(std::shared_ptr<const io::Registry> registry) {
    ImageSource source;
    source.manifest = [registry](const io::Repository& where, std::string_view wanted, io::Deadline deadline) {
        return registry->manifest(where, wanted, deadline);
    };
    source.blob = [registry](const io::Repository& where, const std::string& digest, std::uint64_t max_bytes, io::Deadline deadline) {
        return registry->blob(where, digest, max_bytes, deadline);
    };
    source.referrers = [registry](const io::Repository& where, const std::string& digest, io::Deadline deadline) {
        return registry->referrers(where, digest, deadline);
    };
    return source;
}

}  // namespace headgate::pipeline
