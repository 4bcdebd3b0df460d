#include "formats/xml_model.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "codec/xml.hpp"
#include "formats/text.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kMostBytes = 512ULL << 20U;
constexpr std::uint32_t kMostFindings = 100;
constexpr std::string_view kFix = "Export the model again with the framework's own tool, without custom layers, and publish that.";
constexpr std::string_view kInclusions = "http://www.w3.org/2001/XInclude";

/// "opset1" ... "opset99"; "experimental" is OpenVINO's own too.
bool own_operation_set(std::string_view version) {
    if (version == "experimental") return true;
    if (!version.starts_with("opset")) return false;
    version.remove_prefix(5);
    return !version.empty() && version.size() <= 2 &&
           std::all_of(version.begin(), version.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
    return value;
}

class XmlReader {
  public:
    XmlReader(ByteSource& source, ParseContext& context) : source_(source), context_(context) {}

    Examined run() {
        const auto bytes = source_.size() <= kMostBytes ? source_.all() : std::nullopt;
        if (!bytes || !context_.budget.step(source_.size() / 16 + 1)) {
            context_.format("xml");
            if (!source_.failure()) context_.unscannable("xml", "the document is larger than the limit allows", context_.whole());
            return Examined::partly;
        }
        const codec::XmlProblem problem = codec::read_xml(*bytes, [this](const codec::XmlTag& tag) { read(tag); });
        context_.format(kind_ == Kind::openvino ? "openvino" : kind_ == Kind::pmml ? "pmml" : "xml", kind_ != Kind::openvino);
        using Problem = codec::XmlProblem::Kind;
        switch (problem.kind) {
            case Problem::none: break;
            case Problem::limit:
                good_ = false;
                context_.unscannable("xml", problem.what, context_.at(problem.offset));
                break;
            case Problem::malformed:
                finding("malformed", "it is no well-formed XML: " + problem.what, problem.offset, "Readers differ on what they make of it.");
                break;
            case Problem::document_type:
                finding("document-type", problem.what, problem.offset,
                        "Its entities can read files and addresses of whoever loads it, or grow without end.");
                break;
            case Problem::instruction:
                finding("instruction", problem.what, problem.offset, "A reader that follows it fetches or runs what it names.");
                break;
        }
        return good_ ? Examined::whole : Examined::partly;
    }

  private:
    enum class Kind { other, openvino, pmml };

    void finding(std::string_view thing, std::string message, std::uint64_t at, std::string_view why) {
        good_ = false;
        if (++findings_ > kMostFindings) return;
        context_.finding("xml." + std::string(thing), Severity::high, std::move(message), context_.at(at), std::string(why), std::string(kFix));
    }

    void read(const codec::XmlTag& tag) {
        if (tag.depth == 0) {
            const std::string root = ascii_lower(tag.name);       // OpenVINO does not care about the case of this one
            if (root == "net") kind_ = Kind::openvino;
            if (root == "pmml") kind_ = Kind::pmml;
        }
        for (const auto& [name, value] : tag.attributes) {
            if (value == kInclusions) {
                finding("inclusion", "it includes other documents (XInclude)", tag.offset, "A reader that follows it reads files of whoever loads it.");
            }
            if (kind_ == Kind::openvino && (name == "library" || name == "extension" || name == "plugin")) {
                finding("native-code", "<" + std::string(tag.name) + "> names the " + std::string(name) + " \"" + to_valid_utf8(value.substr(0, 200)) + "\"",
                        tag.offset, "Loading the model loads a native library of that name.");
            }
        }
        if (kind_ == Kind::openvino) read_layer(tag);
    }

    void read_layer(const codec::XmlTag& tag) {
        if (tag.name == "layer") {
            layer_ = to_valid_utf8(tag.attribute("name").substr(0, 4096));
            const std::string_view type = tag.attribute("type");
            const std::string_view version = tag.attribute("version");
            constant_ = type == "Const";
            // Before version 10 layers had no operation set.
            if (!version.empty() && !own_operation_set(version)) {
                finding("custom-layer", "layer \"" + layer_ + "\" of type \"" + to_valid_utf8(type.substr(0, 200)) + "\" is of \"" +
                                            to_valid_utf8(version.substr(0, 200)) + "\", none of OpenVINO's operation sets",
                        tag.offset, "Such a layer is native code that whoever loads the model has to load with it.");
            }
        } else if (tag.name == "data" && constant_) {
            read_constant(tag);
        }
    }

    void read_constant(const codec::XmlTag& tag) {
        const auto offset = number(tag.attribute("offset"));
        const auto bytes = number(tag.attribute("size"));
        if (!offset || !bytes) {
            finding("constant", "constant \"" + layer_ + "\" does not say which bytes it is", tag.offset, "What is not said, readers guess.");
        } else if (context_.evidence.index_entries.size() < context_.limits.facts) {
            std::string file(context_.name());
            if (const std::size_t dot = file.rfind('.'); dot != std::string::npos) file.resize(dot);
            context_.evidence.index_entries.push_back({context_.at(tag.offset), layer_, file + ".bin", offset, bytes});
        }
    }

    ByteSource& source_;
    ParseContext& context_;
    Kind kind_ = Kind::other;
    std::string layer_;
    bool constant_ = false;
    bool good_ = true;
    std::uint32_t findings_ = 0;
};

constexpr std::uint64_t kHead = 64U << 10U;
constexpr std::size_t kNetHead = 1024;      // OpenVINO looks at the first 512 bytes

bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Behind "<!", other than a comment: up to the '>' that is in no quotes and no brackets.
std::size_t declaration_end(std::string_view text, std::size_t at) {
    int brackets = 0;
    char quote = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '[') {
            ++brackets;
        } else if (c == ']') {
            --brackets;
        } else if (c == '>' && brackets <= 0) {
            return at + 1;
        }
    }
    return text.size();
}

std::size_t behind(std::string_view text, std::string_view mark, std::size_t at) {
    const std::size_t found = text.find(mark, at);
    return found == std::string_view::npos ? text.size() : found + mark.size();
}

/// "<net" with what may stand behind a name, `text` in lower case.
bool names_net(std::string_view text) {
    for (std::size_t at = text.find("<net"); at != std::string_view::npos; at = text.find("<net", at + 1)) {
        if (at + 4 >= text.size() || space(text[at + 4]) || text[at + 4] == '>' || text[at + 4] == '/') return true;
    }
    return false;
}

bool has_layers(ByteSource& source) {
    constexpr std::string_view kLayers = "<layers";
    constexpr std::uint64_t kStep = 1U << 20U;
    for (std::uint64_t at = 0; at < source.size(); at += kStep) {
        const auto bytes = source.view(at, std::min(kStep + kLayers.size() - 1, source.size() - at));
        if (!bytes) return true;       // what cannot be read is taken for what is asked about
        if (ascii_lower(as_text(*bytes)).find(kLayers) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

std::string first_element(ByteSource& source) {
    const auto bytes = source.view(0, std::min(source.size(), kHead));
    if (!bytes) return {};
    const std::string_view text = as_text(*bytes);
    std::size_t at = text.find('<');
    while (at != std::string_view::npos && at + 1 < text.size()) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("<!--")) {
            at = behind(text, "-->", at + 4);
        } else if (rest.starts_with("<![CDATA[")) {
            at = behind(text, "]]>", at);
        } else if (rest.starts_with("<?")) {
            at = behind(text, "?>", at);
        } else if (rest.starts_with("<!")) {
            at = declaration_end(text, at + 2);
        } else {
            std::size_t end = at + 1;
            while (end < text.size() && !space(text[end]) && text[end] != '>' && text[end] != '/' && text[end] != '<') ++end;
            const char first = text[at + 1];
            const bool name = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_';
            if (name) return ascii_lower(text.substr(at + 1, std::min<std::size_t>(end - at - 1, 200)));
            ++at;
        }
        at = text.find('<', at);
    }
    return {};
}

bool sniff_openvino(ByteSource& source, std::string_view) {
    const auto head = source.view(0, std::min<std::uint64_t>(source.size(), kNetHead));
    if (!head || !looks_like_text(source, false)) return false;
    return (names_net(ascii_lower(as_text(*head))) || first_element(source) == "net") && has_layers(source);
}

bool sniff_pmml(ByteSource& source, std::string_view name) {
    return looks_like_text(source, false) && (ascii_lower(name).ends_with(".pmml") || first_element(source) == "pmml");
}

Examined parse_xml_document(ByteSource& source, ParseContext& context) { return XmlReader(source, context).run(); }

}  // namespace headgate::formats
