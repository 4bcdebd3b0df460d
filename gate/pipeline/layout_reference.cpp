#include "pipeline/layout_reference.hpp"

#include <algorithm>

#include "io/directory.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::string_view kAlgorithm = "sha256:";

bool is_digest(std::string_view text) {
    if (!text.starts_with(kAlgorithm) || text.size() != kAlgorithm.size() + 64) return false;
    text.remove_prefix(kAlgorithm.size());
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

LayoutReference split_layout_reference(std::string_view text) {
    if (text.starts_with(kLayoutScheme)) text.remove_prefix(kLayoutScheme.size());
    if (io::path_type(std::string(text)).ok()) return {std::string(text), ""};
    const std::size_t digest = text.size() - std::min(text.size(), kAlgorithm.size() + 64);
    if (digest > 0 && (text[digest - 1] == '@' || text[digest - 1] == ':') && is_digest(text.substr(digest))) {
        return {std::string(text.substr(0, digest - 1)), std::string(text.substr(digest))};
    }
    const std::size_t colon = text.rfind(':');
    const std::size_t slash = text.rfind('/');
    if (colon == std::string_view::npos || (slash != std::string_view::npos && colon < slash)) return {std::string(text), ""};
    return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

std::string image_suffix(std::string_view image) {
    if (image.empty()) return "";
    return (is_digest(image) ? "@" : ":") + std::string(image);
}

}  // namespace headgate::pipeline
