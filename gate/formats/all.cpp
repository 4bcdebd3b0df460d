#include "formats/all.hpp"

#include <vector>

namespace headgate::formats {

std::span<const Format> all_formats() {
    static const std::vector<Format> kFormats = {
    };
    return kFormats;
}

bool is_artifact_format(std::string_view format) {
    static constexpr std::string_view kCarriers[] = {"pickle", "torch", "safetensors", "gguf", "npy", "zip", "tar"};
    for (const std::string_view carrier : kCarriers) {
        if (carrier == format) return true;
    }
    return false;
}

}  // namespace headgate::formats
