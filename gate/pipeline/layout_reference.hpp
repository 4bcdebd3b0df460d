// layout_reference.hpp: "oci-layout:DIR[:TAG]" and "oci-layout:DIR@sha256:HEX", split alike by everything that reads it.
#pragma once

#include <string>
#include <string_view>

namespace headgate::pipeline {

inline constexpr std::string_view kLayoutScheme = "oci-layout:";

struct LayoutReference {
    std::string folder;
    std::string image;       // tag, or "sha256:HEX"; "" for the only one
};

/// `text` with or without the scheme. A colon in the name of a folder that is there is a part of the name. A digest may also stand behind
/// a colon, as messages print it.
LayoutReference split_layout_reference(std::string_view text);

/// ":TAG", "@sha256:HEX" or "", as it is written behind the folder.
std::string image_suffix(std::string_view image);

}  // namespace headgate::pipeline
