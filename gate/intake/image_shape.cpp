#include "intake/image_shape.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "base/text.hpp"
#include "model/reference.hpp"

namespace headgate::intake {
namespace {

bool begins_with_one_of(std::string_view text, std::span<const std::string_view> beginnings) {
    const std::string lower = ascii_lower(text.substr(0, 32));
    return std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view one) { return lower.starts_with(one); });
}

bool has_digest(std::string_view text) { return text.find("@sha256:") != std::string_view::npos; }

/// What stands behind the last colon, where no slash follows: "x:1", "host:5000/x:1".
bool has_tag(std::string_view text) {
    const std::string_view name = text.substr(0, std::min(text.find('@'), text.size()));
    const std::size_t colon = name.rfind(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == name.size()) return false;
    return name.find('/', colon) == std::string_view::npos;
}

bool can_be_a_name(std::string_view text) {
    if (text.empty() || text.size() > 1024 || text.find("://") != std::string_view::npos || is_picture(text) || text.starts_with("sha256:")) return false;
    if (text.find_first_of(" \t\r\n{}()<>\"',;|=*\\") != std::string_view::npos) return false;
    return !text.starts_with('/') && !text.starts_with('.') && !text.starts_with('~') && !text.starts_with('-');
}

}  // namespace

bool has_registry(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0) return false;
    const std::string_view first = text.substr(0, slash);
    return first == "localhost" || (first.find_first_of(".:") != std::string_view::npos && !first.starts_with('.'));
}

bool is_picture(std::string_view text) {
    // A repository may be called so too.
    if (has_registry(text) && text.find("://") == std::string_view::npos) return false;
    constexpr std::array<std::string_view, 8> kEndings = {".png", ".svg", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".bmp"};
    const std::string lower = ascii_lower(text);
    return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return lower.ends_with(ending); });
}

bool names_an_artifact(std::string_view text) {
    static constexpr std::array<std::string_view, 11> kSchemes = {"hf://", "oci://", "oci+modelcar://", "oci+native://", "oci+fetch://", "modelscope://", "pvc://", "s3://", "gs://",
                                                                  "docker://", "docker-image://"};
    return begins_with_one_of(text, kSchemes);
}

bool names_a_model(std::string_view text) {
    static constexpr std::array<std::string_view, 5> kSchemes = {"hf://", "oci+modelcar://", "oci+native://", "oci+fetch://", "modelscope://"};
    return begins_with_one_of(text, kSchemes);
}

bool looks_like_image(std::string_view text) {
    if (!can_be_a_name(text)) return false;
    if (has_digest(text) || has_registry(text)) return true;
    return has_tag(text) && parse_reference("oci:" + std::string(text)).ok();
}

bool is_plainly_an_image(std::string_view text) { return can_be_a_name(text) && (has_digest(text) || (has_registry(text) && has_tag(text))); }

}  // namespace headgate::intake
