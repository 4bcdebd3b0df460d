#include "codec/xml.hpp"

#include <expat.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace headgate::codec {
namespace {

constexpr std::size_t kPiece = 1U << 20U;  // expat counts in int

struct State {
    XML_Parser parser = nullptr;
    const std::function<void(const XmlTag&)>* use = nullptr;
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
    XmlTag tag{name, {}, state.offset(), state.depth++};
    for (const XML_Char** at = attributes; at[0] != nullptr; at += 2) tag.attributes.emplace_back(at[0], at[1]);
    (*state.use)(tag);
}

void XMLCALL end(void* user, const XML_Char*) { --static_cast<State*>(user)->depth; }

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

XmlProblem read_xml(ByteView bytes, const std::function<void(const XmlTag&)>& use, const XmlLimits& limits) {
    const std::unique_ptr<XML_ParserStruct, Free> parser(XML_ParserCreate(nullptr));
    if (!parser) return {XmlProblem::Kind::limit, "the XML parser has no memory", 0};
    State state{parser.get(), &use, limits, {}, 0, 0};
    XML_SetUserData(parser.get(), &state);
    XML_SetElementHandler(parser.get(), start, end);
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

}  // namespace headgate::codec
