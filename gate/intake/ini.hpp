// ini.hpp: files of sections and "key = value" lines, as Python's configparser (pip.conf) and npm's ini (.npmrc) read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "intake/manifest.hpp"

namespace headgate::intake {

struct IniLine {
    std::string section;                  // "" before the first
    std::string key;
    std::vector<std::string> values;      // the text behind the separator and of each line that continues it; never empty ones
    std::uint32_t line = 0;
    std::vector<std::uint32_t> value_lines = {};  // of each of `values`
};

struct IniRules {
    std::string_view separators = "=:";
    bool continued = true;                // an indented line continues the value above it
    bool bare_keys = false;               // a key without a separator is a flag
};

/// nullopt when the bytes are no text. A line that is none of these is an Opaque, and `understood` false.
std::optional<std::vector<IniLine>> read_ini(ByteView bytes, const IniRules& rules, std::string_view format, IntakeContext& context,
                                             bool& understood);

}  // namespace headgate::intake
