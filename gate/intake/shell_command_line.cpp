// Of a shell as the words of a program: what SHELL of a Dockerfile names.
#include "base/text.hpp"
#include "intake/shell_installs.hpp"
#include "intake/shell_programs.hpp"

namespace headgate::intake::shell {

bool runs_text(const std::vector<std::string>& words) {
    Words all;
    for (const std::string& word : words) all.push_back({word, false, {}, {}, {}});
    const std::size_t at = program_at(all);
    if (at >= all.size()) return false;
    const std::string program = ascii_lower(program_of(all[at].text));
    if (is_any(program, {"cmd", "powershell", "pwsh"})) return true;
    if (!is_shell(program) || all.size() < at + 2) return false;
    for (std::size_t i = at + 1; i < all.size(); ++i) {
        const std::string& text = all[i].text;
        const bool of_option = is_any(text, {"pipefail", "errexit", "nounset", "xtrace", "allexport", "igncr", "inherit_errexit"});
        if (!text.starts_with('-') && !text.starts_with('+') && !of_option) return false;
    }
    return all.back().text.find('c') != std::string::npos;
}

}  // namespace headgate::intake::shell
