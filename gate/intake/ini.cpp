#include "intake/ini.hpp"

#include "base/text.hpp"
#include "intake/entry.hpp"

namespace headgate::intake {

std::optional<std::vector<IniLine>> read_ini(ByteView bytes, const IniRules& rules, std::string_view format, IntakeContext& context,
                                             bool& understood) {
    const auto text = plain_text(bytes, context, format);
    if (!text) return std::nullopt;
    std::vector<IniLine> lines;
    std::string section;
    bool open = false;                   // the line above may be continued
    std::size_t depth = 0;               // of the setting, or section, above
    std::uint32_t number = 0;
    for (const std::string_view raw : split_lines(*text)) {
        ++number;
        const std::string_view line = trim(raw);
        if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
        const std::size_t indent = raw.find_first_not_of(" \t");
        if (rules.continued && open && indent > depth) {   // deeper than the setting, and not only indented
            lines.back().values.emplace_back(line);
            lines.back().value_lines.push_back(number);
            continue;
        }
        open = false;
        // Python's reader does not look at what stands behind the bracket.
        const std::size_t bracket = line.rfind(']');
        if (line.starts_with('[') && bracket != std::string_view::npos && (rules.continued || bracket + 1 == line.size())) {
            section = trim(line.substr(1, bracket - 1));
            depth = indent;
            continue;
        }
        const std::size_t mark = line.find_first_of(rules.separators);
        const std::string_view key = trim(line.substr(0, mark));
        if (key.empty() || (mark == std::string_view::npos && !rules.bare_keys)) {
            understood = not_understood(context, "a line that is neither a section nor a setting", number);
            continue;
        }
        IniLine one{section, std::string(key), {}, number, {}};
        const std::string_view value = mark == std::string_view::npos ? "true" : trim(line.substr(mark + 1));
        if (!value.empty()) {
            one.values.emplace_back(value);
            one.value_lines.push_back(number);
        }
        lines.push_back(std::move(one));
        open = true;
        depth = indent;
    }
    return lines;
}

}  // namespace headgate::intake
