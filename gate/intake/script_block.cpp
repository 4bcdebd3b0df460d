// PEP 723: what a Python script asks for, in a block of comments.
#include <algorithm>

#include "base/text.hpp"
#include "codec/toml.hpp"
#include "intake/all.hpp"
#include "intake/pyproject.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "script block";
constexpr std::string_view kOpen = "# /// script";
constexpr std::string_view kClose = "# ///";

std::string_view without_return(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool is_comment(std::string_view line) { return line == "#" || line.starts_with("# "); }

}  // namespace

bool read_script_block(std::string_view text, IntakeContext& context) {
    const std::vector<std::string_view> lines = split_lines(text);
    const auto opens = [](std::string_view line) { return without_return(line) == kOpen; };
    const auto open = std::find_if(lines.begin(), lines.end(), opens);
    if (open == lines.end()) return malformed_part(context, kFormat, "there is none");
    // The block ends with the last line that closes one, before the comments end.
    auto end = open + 1;
    auto close = lines.end();
    for (; end != lines.end() && is_comment(without_return(*end)); ++end) {
        if (without_return(*end) == kClose) close = end;
    }
    if (close == lines.end()) return malformed_part(context, kFormat, "it is not closed");
    if (std::find_if(close, lines.end(), opens) != lines.end()) return malformed_part(context, kFormat, "there are several");
    std::string toml(static_cast<std::size_t>(open - lines.begin()) + 1, '\n');   // so that lines keep their numbers
    for (auto line = open + 1; line != close; ++line) {
        const std::string_view content = without_return(*line);
        toml += content.size() > 2 ? content.substr(2) : std::string_view{};
        toml += '\n';
    }
    const auto root = codec::parse_toml(as_bytes(toml));
    if (!root) return malformed_part(context, kFormat, root.error().message);
    return pyproject::Reader(context).read_script(*root);
}

bool parse_script_block(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, kFormat);
    if (!text) return false;
    context.format(kFormat);
    return read_script_block(*text, context);
}

bool has_script_block(ByteView bytes) {
    const std::string_view text = as_text(bytes);
    for (std::size_t at = text.find(kOpen); at != std::string_view::npos; at = text.find(kOpen, at + 1)) {
        const std::size_t end = at + kOpen.size();
        const bool begins = at == 0 || text[at - 1] == '\n' || (at == 3 && text.starts_with("\xEF\xBB\xBF"));
        if (begins && (end == text.size() || text[end] == '\n' || text[end] == '\r')) return true;
    }
    return false;
}

}  // namespace headgate::intake
