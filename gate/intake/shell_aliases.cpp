#include "intake/shell_aliases.hpp"

#include <algorithm>

#include "intake/shell_texts.hpp"

namespace headgate::intake::shell {
namespace {

constexpr int kMostInner = 8;            // aliases of aliases

}  // namespace

void Aliases::remember(const Words& words, std::size_t first) {
    for (std::size_t i = first; i < words.size(); ++i) {
        const std::size_t equals = words[i].text.find('=');
        if (equals == std::string::npos || equals == 0) continue;
        const std::string text = script_of(words[i]);
        known_.insert_or_assign(words[i].text.substr(0, equals), text.substr(std::min(text.find('='), text.size() - 1) + 1));
    }
}

bool Aliases::spend(std::size_t bytes) {
    const bool enough = bytes <= left_;
    left_ = enough ? left_ - bytes : 0;
    return enough;
}

std::optional<std::string> Aliases::expand(const Words& words, std::size_t at) {
    std::string script = words[at].text;
    for (int inner = 0; inner <= kMostInner; ++inner) {      // the first word of one may be another
        const std::size_t end = std::min(script.find(' '), script.size());
        const auto found = known_.find(std::string_view(script).substr(0, end));
        if (found == known_.end()) break;
        if (!spend(found->second.size() + script.size())) return std::nullopt;
        script = found->second + script.substr(end);
    }
    for (std::size_t i = at + 1; i < words.size(); ++i) script += " " + quoted(words[i]);
    return script;
}

}  // namespace headgate::intake::shell
