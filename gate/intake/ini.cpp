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
    std::uint32_t number = 0;
    for (const std::string_view raw : split_lines(*text)) {
        ++number;
        const std::string_view line = trim(raw);
        if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
        const bool indented = raw.front() == ' ' || raw.front() == '\t';
        if (rules.continued && indented && open) {
            lines.back().values.emplace_back(line);
            continue;
        }
        open = false;
        if (line.starts_with('[') && line.ends_with(']')) {
            section = trim(line.substr(1, line.size() - 2));
            continue;
        }
        const std::size_t mark = line.find_first_of(rules.separators);
        const std::string_view key = trim(line.substr(0, mark));
        if (key.empty() || line.find('\r') != std::string_view::npos || (mark == std::string_view::npos && !rules.bare_keys)) {
            understood = not_understood(context, "a line that is neither a section nor a setting", number);
            continue;
        }
        IniLine one{section, std::string(key), {}, number};
        const std::string_view value = mark == std::string_view::npos ? "true" : trim(line.substr(mark + 1));
        if (!value.empty()) one.values.emplace_back(value);
        lines.push_back(std::move(one));
        open = true;
    }
    return lines;
}

}  // namespace headgate::intake
