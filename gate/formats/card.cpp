#include "formats/card.hpp"

#include "base/text.hpp"
#include "codec/yaml.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kFence = "---";
constexpr std::uint64_t kMaxFrontMatter = 1ULL << 20U;
constexpr std::size_t kMaxFields = 1000;
constexpr std::size_t kMaxValue = 64U << 10U;
constexpr std::string_view kNested = "(nested)";

bool is_fence(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    return line == kFence;
}

/// Front matter with its opening fence, so that lines are counted as in the file. `begins`: there is an opening fence;
/// nullopt: none, or it never closes.
std::optional<std::string_view> front_matter(std::string_view text, bool& begins) {
    begins = false;
    const std::string_view scanned = text.substr(0, kMaxFrontMatter);
    for (std::size_t at = 0; at < scanned.size();) {
        const std::size_t end = std::min(scanned.find('\n', at), scanned.size());
        const std::string_view line = scanned.substr(at, end - at);
        if (begins && is_fence(line)) return scanned.substr(0, at);
        if (!begins) {
            if (!trim(line).empty() && !is_fence(line)) return std::nullopt;
            begins = is_fence(line);
        }
        at = end + 1;
    }
    return std::nullopt;
}

/// Text of a scalar; of a list its texts joined by ", "; what is nested deeper is only said to be there.
std::string flatten(const codec::Yaml& value) {
    if (value.is_scalar()) return value.text.substr(0, kMaxValue);
    if (value.is_mapping()) return value.entries.empty() ? "" : std::string(kNested);
    std::string joined;
    for (const codec::Yaml& item : value.items) {
        if (item.type == codec::Yaml::Type::null) continue;
        const std::string text = item.is_scalar() ? item.text : std::string(kNested);
        if (joined.size() + text.size() > kMaxValue) break;
        joined += (joined.empty() ? "" : ", ") + text;
    }
    return joined;
}

}  // namespace

bool parse_card(ByteView markdown, ParseContext& context) {
    bool begins = false;
    const auto matter = front_matter(as_text(markdown), begins);
    if (!begins) return false;
    Card card;
    card.where = context.whole();
    card.where.line = 1;
    if (!matter) {
        card.problem = "the front matter does not end: no second line '---'";
    } else if (!context.budget.step(matter->size() / 16 + 1)) {
        card.problem = "the limit of steps is reached";
    } else if (const auto document = codec::parse_yaml(as_bytes(*matter)); !document.ok()) {
        card.problem = document.error().message;
    } else if (!document->is_mapping()) {
        card.problem = "the front matter is no mapping of keys to values";
    } else if (document->entries.size() > kMaxFields) {
        card.problem = "more than " + std::to_string(kMaxFields) + " fields";
    } else {
        for (const codec::Yaml::Entry& entry : document->entries) {
            card.fields.emplace_back(entry.key, flatten(entry.value));
        }
    }
    context.evidence.cards.push_back(std::move(card));
    return true;
}

}  // namespace headgate::formats
