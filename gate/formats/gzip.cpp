#include "formats/gzip.hpp"

#include "base/text.hpp"
#include "formats/inflate.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kFix = "Compress the content again with a standard tool and publish that.";

/// Name of the content: the file's name without its compression ending, as gunzip makes it.
std::string content_name(std::string_view name) {
    const std::string lower = ascii_lower(name);
    if (lower.ends_with(".tgz")) return std::string(name.substr(0, name.size() - 4)) + ".tar";
    for (const std::string_view ending : {".gz", ".gzip", ".z", ".zlib"}) {
        if (lower.size() > ending.size() && lower.ends_with(ending)) return std::string(name.substr(0, name.size() - ending.size()));
    }
    return name.empty() ? "content" : std::string(name);
}

/// Reserved flag bits say that the header has fields that this (or any) version does not know.
bool odd_gzip_header(ByteView head) { return head.size() >= 4 && (head[3] & 0xE0U) != 0; }

struct Content {
    Bytes bytes;
    bool good = true;
};

Content expand(ByteSource& source, ParseContext& context, Wrapper wrapper, std::string_view area) {
    Content content;
    const auto finding = [&](std::string_view thing, std::string message, std::uint64_t at, const char* why) {
        content.good = false;
        context.finding(std::string(area) + "." + std::string(thing), Severity::high, std::move(message), context.at(at), why,
                        std::string(kFix));
    };
    std::uint64_t at = 0;
    std::uint32_t streams = 0;
    while (at < source.size()) {
        const auto head = source.view(at, std::min<std::uint64_t>(4, source.size() - at));
        const bool more = streams == 0 || (wrapper == Wrapper::gzip && head && starts_with(*head, "\x1F\x8B"));
        if (!more) {
            finding("trailing-bytes", std::to_string(source.size() - at) + " bytes stand behind the compressed stream", at,
                    "Bytes that no stream covers are content that nothing examines.");
            break;
        }
        if (wrapper == Wrapper::gzip && head && odd_gzip_header(*head)) {
            finding("flags", "the gzip header sets reserved flags", at, "Readers differ on what such a header means.");
        }
        if (!context.budget.step()) {
            content.good = false;
            context.unscannable(area, "more streams than the limits allow", context.at(at));
            break;
        }
        Inflated one = inflate(source, at, source.size() - at, wrapper, context.limits, context.budget);
        if (content.bytes.empty()) {
            content.bytes = std::move(one.bytes);
        } else {
            content.bytes.insert(content.bytes.end(), one.bytes.begin(), one.bytes.end());
        }
        if (one.status == Inflated::Status::broken) {
            finding("broken", one.why, at + one.consumed, "A stream that breaks off hides how its reader goes on.");
            break;
        }
        if (one.status != Inflated::Status::ok || content.bytes.size() > context.limits.member_bytes) {
            content.good = false;
            context.unscannable(area, one.why.empty() ? "it expands to more than one member may" : one.why, context.at(at));
            break;
        }
        at += one.consumed;
        ++streams;
    }
    return content;
}

Examined parse_stream(ByteSource& source, ParseContext& context, Wrapper wrapper, std::string_view format) {
    context.format(std::string(format));
    const Content content = expand(source, context, wrapper, format);
    MemorySource expanded(content.bytes);
    const std::string name = content_name(context.name());
    add_member(context, name, expanded.size());
    if (content.bytes.empty() && !content.good) return Examined::partly;
    ParseContext inner = context.inside(name);
    const Examined examined = examine(expanded, inner);
    return content.good ? examined : Examined::partly;
}

}  // namespace

bool sniff_gzip(ByteSource& source, std::string_view) {
    const auto magic = source.view(0, 3);
    return magic && starts_with(*magic, "\x1F\x8B\x08");
}

Examined parse_gzip(ByteSource& source, ParseContext& context) {
    return parse_stream(source, context, Wrapper::gzip, "gzip");
}

bool sniff_zlib(ByteSource& source, std::string_view) {
    const auto head = source.view(0, std::min<std::uint64_t>(source.size(), 1024));
    return head && begins_zlib_stream(*head);
}

Examined parse_zlib(ByteSource& source, ParseContext& context) {
    return parse_stream(source, context, Wrapper::zlib, "zlib");
}

}  // namespace headgate::formats
