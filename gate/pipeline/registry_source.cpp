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
    source.range = [registry](const io::Repository& where, const std::string& digest, std::uint64_t offset, std::uint64_t length, io::Deadline deadline) {
        return registry->range(where, digest, offset, length, deadline);
    };
    source.stream = [registry](const io::Repository& where, const std::string& digest, std::uint64_t size, const io::Registry::Sink& sink, io::Deadline deadline) {
        return registry->stream(where, digest, size, sink, deadline);
    };
    return source;
}

}  // namespace headgate::pipeline
