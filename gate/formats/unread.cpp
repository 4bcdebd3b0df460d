#include "formats/unread.hpp"

namespace headgate::formats {
namespace {

using namespace std::string_view_literals;

struct Magic {
    std::string_view format;
    std::uint64_t offset;
    std::string_view bytes;
};

constexpr Magic kMagics[] = {
    {"rar", 0, "Rar!\x1a\x07"sv},
    {"cab", 0, "MSCF"sv},
    {"rds", 0, "RDX3\n"sv},
    {"java-object", 0, "\xac\xed\0\x05"sv},
};

}  // namespace

std::string_view unread_format(ByteSource& source) {
    for (const Magic& magic : kMagics) {
        const auto bytes = source.view(magic.offset, magic.bytes.size());
        if (bytes && as_text(*bytes) == magic.bytes) return magic.format;
    }
    return {};
}

bool sniff_unread(ByteSource& source, std::string_view) { return !unread_format(source).empty(); }

Examined parse_unread(ByteSource& source, ParseContext& context) {
    const std::string format(unread_format(source));
    context.format(format);
    context.opaque("this build cannot read " + format + " yet", source.size());
    return Examined::partly;
}

}  // namespace headgate::formats
