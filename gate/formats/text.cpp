#include "formats/text.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "codec/yaml.hpp"
#include "formats/card.hpp"
#include "formats/chat_template.hpp"
#include "formats/text_markup.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kWindow = 64U << 10U;
constexpr std::uint64_t kYaml = 1U << 20U;  // codec's limit for YAML

/// Length of the valid prefix: everything, or up to a sequence that the end cuts.
bool text_window(std::string_view text, bool last, std::size_t& used) {
    used = text.size();
    if (!last) {
        for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
            const auto byte = static_cast<std::uint8_t>(text[text.size() - back]);
            if ((byte & 0xc0U) == 0x80) continue;
            const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
            if (length > back) used = text.size() - back;
            break;
        }
    }
    return text.substr(0, used).find('\0') == std::string_view::npos && is_utf8(text.substr(0, used));
}

// Text has tabs, line ends, form feeds and the escapes of terminals; the other control characters are numbers in binary
// formats. A small protobuf (ONNX) is UTF-8 without NUL, and no text.
bool binary_control(std::uint8_t byte) {
    return (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte != 0x1b) || byte == 0x7f;
}

void walk_yaml(const codec::Yaml& node, std::string_view key, ParseContext& context) {  // depth is bounded by the codec
    if (node.is_scalar() && ascii_lower(key).find("template") != std::string::npos &&
        (node.text.find("{{") != std::string::npos || node.text.find("{%") != std::string::npos)) {
        Location where = context.whole();
        where.line = node.line;
        report_embedded_template(node.text, key, key == "chat_template", where, context);
    }
    for (const codec::Yaml& item : node.items) walk_yaml(item, key, context);
    for (const codec::Yaml::Entry& entry : node.entries) {
        // A list of { name, template } under chat_template.
        walk_yaml(entry.value, key == "chat_template" && entry.key == "template" ? key : std::string_view(entry.key),
                  context);
    }
}

void yaml_templates(ByteSource& source, ParseContext& context) {
    const auto bytes = source.size() <= kYaml ? source.all() : std::nullopt;
    const bool named = bytes && as_text(*bytes).find("chat_template") != std::string_view::npos;
    if (bytes) {
        const auto document = codec::parse_yaml(*bytes);
        if (document.ok()) {
            walk_yaml(*document, {}, context);
            return;
        }
    }
    const bool tags = bytes && (as_text(*bytes).find("{{") != std::string_view::npos ||
                                as_text(*bytes).find("{%") != std::string_view::npos);
    if (named && tags) {
        context.unscannable(
            "template",
            "the chat template in this YAML cannot be read: anchors, tags or a form that readers read differently",
            context.whole());
    }
}

// Lines that only Python has. One import at the start of a line is enough to run code.
bool looks_like_python(ByteSource& source) {
    const auto head = source.view(0, std::min<std::uint64_t>(source.size(), kWindow));
    if (!head) return false;
    for (std::string_view line : split_lines(as_text(*head))) {
        const bool import = line.starts_with("import ") && line.size() < 200;
        const bool from = line.starts_with("from ") && line.find(" import ") != std::string_view::npos;
        if (!import && !from) continue;
        line = trim(line.substr(line.find(' ') + 1));
        const std::size_t end = line.find_first_of(" ,#");
        const std::string_view module = line.substr(0, end);
        const bool plain = !module.empty() && std::all_of(module.begin(), module.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
        });
        const std::string_view rest = end == std::string_view::npos ? std::string_view{} : trim(line.substr(end));
        if (plain &&
            (from || rest.empty() || rest.starts_with(',') || rest.starts_with('#') || rest.starts_with("as ")))
            return true;
    }
    return false;
}

}  // namespace

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> endings) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

bool looks_like_text(ByteSource& source, bool strict) {
    const std::uint64_t length = std::min(source.size(), kWindow);
    const auto bytes = source.view(0, length);
    std::size_t used = 0;
    if (!bytes || !text_window(as_text(*bytes), length == source.size(), used)) return false;
    return !strict || std::none_of(bytes->begin(), bytes->end(), binary_control);
}

bool is_whole_text(ByteSource& source, ParseContext& context, std::string_view area) {
    constexpr std::uint64_t kStep = 1U << 20U;
    for (std::uint64_t at = 0; at < source.size();) {
        const std::uint64_t length = std::min(kStep, source.size() - at);
        if (!context.budget.step(length / 256 + 1)) {
            context.unscannable(area, "the text needs more steps than the limit allows", context.at(at));
            return false;
        }
        const auto bytes = source.view(at, length);
        if (!bytes) {
            if (!source.failure()) context.unscannable(area, "the text cannot be held in memory", context.at(at));
            return false;
        }
        std::size_t used = 0;
        if (!text_window(as_text(*bytes), at + length == source.size(), used)) {
            std::size_t good = 0;
            const std::string_view text = as_text(*bytes);
            while (good < used && text[good] != '\0') {
                const std::size_t sequence = utf8_sequence(text.substr(good));
                if (sequence == 0) break;
                good += sequence;
            }
            context.finding(std::string(area) + ".malformed", Severity::high,
                            "text until byte " + std::to_string(at + good) + ", then something else",
                            context.at(at + good),
                            "A file that begins as text and goes on as something else is two files to two readers.",
                            "Publish text as UTF-8 without NUL bytes, and other content as files of its own.");
            return false;
        }
        at += used;
    }
    return true;
}

bool sniff_text(ByteSource& source, std::string_view name) {
    const bool promised = ends_with_any(
        ascii_lower(name), {".txt", ".md", ".csv", ".tsv", ".json", ".jsonl", ".log", ".vocab", ".merges"});
    return looks_like_text(source, !promised);
}

Examined parse_text(ByteSource& source, ParseContext& context) {
    if (!is_whole_text(source, context, "text")) return Examined::partly;
    const std::string name = ascii_lower(context.name());
    if (name == "readme.md") {
        if (const auto head = source.view(0, std::min(source.size(), kYaml))) parse_card(*head, context);
    }
    if (ends_with_any(name, {".csv", ".tsv"})) {
        context.format("csv", true);
    } else if (is_markup(source, name)) {
        return parse_markup(source, context);
    } else if (ends_with_any(name, {".yaml", ".yml"})) {
        yaml_templates(source, context);
        context.format("yaml", true);
    } else if (ends_with_any(name, {".template", ".tmpl", ".tpl", ".prompt"})) {
        const auto bytes = source.size() <= kYaml ? source.all() : std::nullopt;
        if (bytes) report_embedded_template(as_text(*bytes), "template", false, context.whole(), context);
        context.format("text", true);
    } else if (!ends_with_any(name, {".txt", ".md", ".rst", ".json", ".jsonl", ".log", ".bib", ".license", ".toml",
                                     ".cfg", ".ini"}) &&
               looks_like_python(source)) {
        context.format("python", false, true);
    } else {
        context.format("text", true);
    }
    return Examined::whole;
}

}  // namespace headgate::formats
