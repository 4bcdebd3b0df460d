#include "codec/xml.hpp"

#include <expat.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "base/text.hpp"

namespace headgate::codec {
namespace {

constexpr std::size_t kPiece = 1U << 20U;  // expat counts in int

struct State {
    XML_Parser parser = nullptr;
    const std::function<void(const XmlTag&)>* use = nullptr;
    std::vector<XmlElement>* open = nullptr;   // elements that are not closed yet; the root is the last to leave it
    XmlElement* root = nullptr;
    XmlLimits limits;
    XmlProblem problem;
    std::uint32_t depth = 0;
    std::uint64_t tags = 0;

    std::uint64_t offset() const {
        const XML_Index at = XML_GetCurrentByteIndex(parser);
        return at < 0 ? 0 : static_cast<std::uint64_t>(at);
    }
    void stop(XmlProblem::Kind kind, std::string what) {
        if (problem.kind == XmlProblem::Kind::none) problem = {kind, std::move(what), offset()};
        XML_StopParser(parser, XML_FALSE);
    }
};

void XMLCALL start(void* user, const XML_Char* name, const XML_Char** attributes) {
    State& state = *static_cast<State*>(user);
    if (++state.tags > state.limits.tags) return state.stop(XmlProblem::Kind::limit, "it has more elements than the limits allow");
    if (state.depth >= state.limits.depth) return state.stop(XmlProblem::Kind::limit, "its elements are nested too deep");
    XmlTag tag{name, {}, state.offset(), state.depth++, static_cast<std::uint32_t>(XML_GetCurrentLineNumber(state.parser))};
    for (const XML_Char** at = attributes; at[0] != nullptr; at += 2) tag.attributes.emplace_back(at[0], at[1]);
    (*state.use)(tag);
}

void XMLCALL end(void* user, const XML_Char*) {
    State& state = *static_cast<State*>(user);
    --state.depth;
    if (state.open == nullptr || state.open->empty()) return;
    XmlElement closed = std::move(state.open->back());
    state.open->pop_back();
    if (state.open->empty()) {
        *state.root = std::move(closed);
    } else {
        state.open->back().children.push_back(std::move(closed));
    }
}

void XMLCALL characters(void* user, const XML_Char* text, int length) {
    State& state = *static_cast<State*>(user);
    if (!state.open->empty()) state.open->back().text.append(text, static_cast<std::size_t>(length));
}

void XMLCALL doctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    static_cast<State*>(user)->stop(XmlProblem::Kind::document_type, "it declares a document type");
}

void XMLCALL instruction(void* user, const XML_Char* target, const XML_Char*) {
    static_cast<State*>(user)->stop(XmlProblem::Kind::instruction, "it has the processing instruction \"" + std::string(target) + "\"");
}

struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

}  // namespace

std::string_view XmlTag::attribute(std::string_view wanted) const {
    const auto found = std::find_if(attributes.begin(), attributes.end(), [&](const auto& attribute) { return attribute.first == wanted; });
    return found == attributes.end() ? std::string_view{} : found->second;
}

namespace {

XmlProblem read(ByteView bytes, State& state) {
    const std::unique_ptr<XML_ParserStruct, Free> parser(XML_ParserCreate(nullptr));
    if (!parser) return {XmlProblem::Kind::limit, "the XML parser has no memory", 0};
    state.parser = parser.get();
    XML_SetUserData(parser.get(), &state);
    XML_SetElementHandler(parser.get(), start, end);
    if (state.open != nullptr) XML_SetCharacterDataHandler(parser.get(), characters);
    XML_SetStartDoctypeDeclHandler(parser.get(), doctype);
    XML_SetProcessingInstructionHandler(parser.get(), instruction);
    for (std::size_t at = 0;;) {
        const std::size_t take = std::min(kPiece, bytes.size() - at);
        const bool last = at + take == bytes.size();
        const XML_Status status = XML_Parse(parser.get(), reinterpret_cast<const char*>(bytes.data()) + at, static_cast<int>(take), last ? 1 : 0);
        if (state.problem.kind != XmlProblem::Kind::none) return state.problem;
        if (status != XML_STATUS_OK) {
            return {XmlProblem::Kind::malformed, XML_ErrorString(XML_GetErrorCode(parser.get())), state.offset()};
        }
        if (last) return {};
        at += take;
    }
}

}  // namespace

XmlProblem read_xml(ByteView bytes, const std::function<void(const XmlTag&)>& use, const XmlLimits& limits) {
    State state;
    state.use = &use;
    state.limits = limits;
    return read(bytes, state);
}

Result<XmlElement> parse_xml_tree(ByteView bytes, const XmlLimits& limits) {
    XmlElement root;
    std::vector<XmlElement> open;
    const std::function<void(const XmlTag&)> use = [&](const XmlTag& tag) {
        XmlElement element;
        element.name = tag.name.substr(tag.name.rfind(':') + 1);  // npos + 1 is 0
        element.line = tag.line;
        for (const auto& [name, value] : tag.attributes) element.attributes.emplace_back(name, value);
        open.push_back(std::move(element));
    };
    State state;
    state.use = &use;
    state.limits = limits;
    state.open = &open;
    state.root = &root;
    const XmlProblem problem = read(bytes, state);
    if (problem.kind == XmlProblem::Kind::none) return root;
    const std::string_view before = as_text(bytes).substr(0, static_cast<std::size_t>(problem.offset));
    return Error{ErrorCode::malformed, std::to_string(std::count(before.begin(), before.end(), '\n') + 1) + ": " + problem.what};
}

const XmlElement* XmlElement::child(std::string_view wanted) const {
    for (const XmlElement& one : children) {
        if (one.name == wanted) return &one;
    }
    return nullptr;
}

std::string_view XmlElement::child_text(std::string_view wanted) const {
    const XmlElement* const found = child(wanted);
    return found == nullptr ? std::string_view{} : trim(found->text);
}

std::string_view XmlElement::attribute(std::string_view wanted) const {
    const auto found = std::find_if(attributes.begin(), attributes.end(), [&](const auto& attribute) { return attribute.first == wanted; });
    return found == attributes.end() ? std::string_view{} : std::string_view(found->second);
}

}  // namespace headgate::codec
