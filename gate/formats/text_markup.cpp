#include "formats/text_markup.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "formats/text.hpp"
#include "formats/xml_model.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kMaxMarkup = 64ULL << 20U;

std::string head_of(ByteSource& source) {
    const auto bytes = source.view(0, std::min<std::uint64_t>(source.size(), 1024));
    if (!bytes) return {};
    std::string_view text = as_text(*bytes);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    return ascii_lower(trim(text));
}

bool name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == ':' || c == '-';
}

// " onload=", "/onerror =": an event handler inside a tag. `text` is lower case.
std::optional<std::size_t> event_handler(std::string_view text) {
    bool tag = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '<') tag = true;
        if (text[at] == '>') tag = false;
        const bool boundary = text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r' ||
                              text[at] == '/' || text[at] == '"' || text[at] == '\'';
        if (!tag || !boundary || text.substr(at + 1, 2) != "on") continue;
        std::size_t end = at + 3;
        while (end < text.size() && name_character(text[end])) ++end;
        std::size_t equals = end;
        while (equals < text.size() && (text[equals] == ' ' || text[equals] == '\n' || text[equals] == '\t')) ++equals;
        if (end > at + 3 && equals < text.size() && text[equals] == '=') return at + 1;
    }
    return std::nullopt;
}

std::optional<std::size_t> script(std::string_view text) {
    for (const std::string_view mark :
         {"<script", "<foreignobject", "javascript:", "<iframe", "<object", "<embed", "<!entity"}) {
        const std::size_t at = text.find(mark);
        if (at != std::string_view::npos) return at;
    }
    return event_handler(text);
}

}  // namespace

bool is_markup(ByteSource& source, std::string_view lower_name) {
    if (ends_with_any(lower_name, {".html", ".htm", ".xhtml", ".svg", ".xml", ".pmml"})) return true;
    if (ends_with_any(lower_name, {".md", ".rst"})) return false;
    const std::string head = head_of(source);
    return head.starts_with("<!doctype") || head.starts_with("<?xml") || head.starts_with("<html") ||
           head.starts_with("<svg");
}

Examined parse_markup(ByteSource& source, ParseContext& context) {
    const std::string name = ascii_lower(context.name());
    const std::string root = first_element(source);
    const bool html = ends_with_any(name, {".html", ".htm", ".xhtml"}) || root == "html" ||
                      (root != "svg" && head_of(source).starts_with("<!doctype html"));
    const bool svg = !html && (name.ends_with(".svg") || root == "svg" || root.ends_with(":svg"));
    const bool document = ends_with_any(name, {".xml", ".pmml"});     // whatever it shows, a loader of models parses it
    if (!html && !svg) return parse_xml_document(source, context);
    const auto bytes = source.size() <= kMaxMarkup ? source.all() : std::nullopt;
    if (!bytes || !context.budget.step(source.size() / 16 + 1)) {
        if (document) return parse_xml_document(source, context);
        if (!source.failure())
            context.unscannable("markup", "the document is larger than the limit allows", context.whole());
        return Examined::partly;
    }
    const auto found = script(ascii_lower(as_text(*bytes)));
    if (!document) context.format(html ? "html" : "svg", !found);
    if (found) {
        const std::string shown(as_text(*bytes).substr(*found, std::min<std::size_t>(40, bytes->size() - *found)));
        context.finding("markup.script", Severity::medium,
                        "a script, handler or embedded object: " + to_valid_utf8(shown), context.at(*found),
                        "Whoever opens the document runs it.", "Remove the script, or leave the document out.");
    }
    return document ? parse_xml_document(source, context) : Examined::whole;
}

}  // namespace headgate::formats
