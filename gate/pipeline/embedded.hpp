// embedded.hpp: the files of rules/ compiled into the binary (cmake/HeadgateEmbed.cmake writes the table).
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.hpp"

namespace headgate {

struct EmbeddedFile {
    std::string_view path;       // relative to rules/: "baseline.yaml"
    const unsigned char* begin;
    const unsigned char* end;

    ByteView bytes() const { return {begin, static_cast<std::size_t>(end - begin)}; }
};

std::span<const EmbeddedFile> embedded_files();

}  // namespace headgate
