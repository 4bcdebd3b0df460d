#include "policy/yaml_text.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "codec/json.hpp"

namespace headgate::policy {

std::string quoted(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const bool plain = !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '/';
    });
    constexpr std::string_view kWords[] = {"true", "false", "null", "yes", "no", "on", "off", "True", "False", "Null"};
    if (plain && std::find(std::begin(kWords), std::end(kWords), text) == std::end(kWords)) return std::string(text);
    return "\"" + codec::escape_json(text) + "\"";
}

std::string listed(const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : ", ") + quoted(item);
    return "[" + text + "]";
}

std::string waiver_yaml(const Waiver& waiver) {
    std::string subject = "digest: " + quoted(waiver.digest) + (waiver.dir_hash.empty() ? "" : ", dir-hash: " + quoted(waiver.dir_hash));
    if (waiver.reference) subject = "reference: " + quoted(waiver.reference->canonical) + ", source: " + quoted(waiver.source);
    std::string text = "  - id: " + quoted(waiver.id) + "\n";
    const auto line = [&](const std::string& key, const std::string& value) { text += "    " + key + ": " + value + "\n"; };
    line("rule", quoted(waiver.rule));
    line("subject", "{ " + subject + " }");
    line("findings", listed(waiver.findings));
    line("reason", quoted(waiver.reason));
    line("owner", quoted(waiver.owner));
    line("approved-by", quoted(waiver.approved_by));
    line("created", quoted(format_instant(waiver.created)));
    line("expires", quoted(format_instant(waiver.expires)));
    if (!waiver.ticket.empty()) line("ticket", quoted(waiver.ticket));
    return text;
}

Result<std::string> with_waiver(std::string_view policy_text, std::string_view item) {
    constexpr std::string_view kKey = "waivers:";
    std::string before;
    std::string after;
    bool inside = false;                 // in the list
    bool found = false;
    for (std::string_view rest = policy_text; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end == std::string_view::npos ? rest.size() : end + 1);
        rest.remove_prefix(line.size());
        const bool top = !line.empty() && line.front() != ' ' && line.front() != '\n' && line.front() != '\r' && line.front() != '#' &&
                         line.front() != '-';
        if (top && inside) inside = false;
        if (top && line.starts_with(kKey)) {
            const std::string_view value = trim(line.substr(kKey.size()));
            if (!value.empty() && !value.starts_with('#')) {
                return Error{ErrorCode::usage, "'waivers' of the policy is written in brackets; write it as a list, one '- id: ...' an item"};
            }
            inside = found = true;
        }
        // Comments and blank lines behind the last item belong to what follows.
        const std::string_view content = trim(line);
        const bool part = (inside && !content.empty() && !content.starts_with('#')) || !found;
        if (part) {
            before += after;
            after.clear();
            before += line;
        } else {
            after += line;
        }
    }
    if (!before.empty() && before.back() != '\n') before += '\n';
    if (!found) before += "\nwaivers:\n";
    return before + std::string(item) + after;
}

}  // namespace headgate::policy
