#include "formats/images.hpp"

#include <algorithm>

namespace headgate::formats {
namespace {

using namespace std::string_view_literals;

/// Where the walk ended: at `end` with the end marker read, or with a problem.
struct Walk {
    std::uint64_t end = 0;
    std::string problem;
};

std::uint32_t u32be(ByteView bytes) {
    return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U | std::uint32_t{bytes[2]} << 8U | bytes[3];
}
std::uint32_t u32le(ByteView bytes) {
    return std::uint32_t{bytes[3]} << 24U | std::uint32_t{bytes[2]} << 16U | std::uint32_t{bytes[1]} << 8U | bytes[0];
}
bool letters(ByteView type) {
    return std::all_of(type.begin(), type.end(), [](std::uint8_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; });
}

constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n"sv;

Walk walk_png(ByteSource& source, Budget& budget) {
    Cursor cursor(source);
    cursor.skip(kPng.size());
    for (bool first = true;; first = false) {
        const std::uint64_t at = cursor.offset();
        const auto head = cursor.take(8);
        if (!head || !budget.step()) return {at, "no IEND chunk"};
        const std::string_view type = as_text(head->subspan(4));
        const std::uint32_t length = u32be(*head);
        if (!letters(head->subspan(4))) return {at, "a chunk type is not four letters"};
        if (first && (type != "IHDR" || length != 13)) return {at, "the first chunk is not IHDR"};
        if (length > 0x7fff'ffffU || !cursor.skip(std::uint64_t{length} + 4)) return {at, "a chunk goes past the end"};
        if (type == "IEND") return {cursor.offset(), length == 0 ? "" : "the IEND chunk is not empty"};
    }
}

// Entropy-coded data follows SOS: bytes until a marker that is neither a stuffed zero nor a restart.
Walk walk_jpeg(ByteSource& source, Budget& budget) {
    Cursor cursor(source);
    cursor.skip(2);
    while (true) {
        const std::uint64_t at = cursor.offset();
        auto byte = cursor.u8();
        if (!byte || *byte != 0xff || !budget.step()) return {at, "expected a marker"};
        while (byte && *byte == 0xff) byte = cursor.u8();
        if (!byte) return {at, "no EOI marker"};
        if (*byte == 0xd9) return {cursor.offset(), ""};
        if (*byte == 0x01 || (*byte >= 0xd0 && *byte <= 0xd7)) continue;
        if (*byte == 0x00 || *byte == 0xd8) return {at, "a marker out of place"};
        const auto length = cursor.take(2);
        const std::uint32_t size = length ? std::uint32_t{(*length)[0]} << 8U | (*length)[1] : 0;
        if (size < 2 || !cursor.skip(size - 2)) return {at, "a segment goes past the end"};
        if (*byte != 0xda) continue;
        while (true) {
            const auto window = cursor.take(std::min<std::uint64_t>(cursor.remaining(), 64U << 10U));
            if (!window || window->empty() || !budget.step(window->size() / 64 + 1)) return {at, "no EOI marker"};
            const std::uint64_t start = cursor.offset() - window->size();
            std::size_t i = 0;
            bool marker = false;
            for (; i + 1 < window->size(); ++i) {
                const std::uint8_t next = (*window)[i + 1];
                if ((*window)[i] == 0xff && next != 0x00 && next != 0xff && (next < 0xd0 || next > 0xd7)) {
                    marker = true;
                    break;
                }
            }
            if (marker) {
                cursor.seek(start + i);
                break;
            }
            if (cursor.remaining() == 0) return {at, "no EOI marker"};
            if (window->back() == 0xff) cursor.seek(cursor.offset() - 1);
        }
    }
}

bool skip_gif_blocks(Cursor& cursor, Budget& budget) {
    while (true) {
        const auto length = cursor.u8();
        if (!length || !budget.step()) return false;
        if (*length == 0) return true;
        if (!cursor.skip(*length)) return false;
    }
}

Walk walk_gif(ByteSource& source, Budget& budget) {
    Cursor cursor(source);
    const auto head = cursor.take(13);
    if (!head) return {0, "no screen descriptor"};
    const auto table = [](std::uint8_t flags) { return (flags & 0x80U) != 0 ? 3ULL << ((flags & 7U) + 1) : 0ULL; };
    if (!cursor.skip(table((*head)[10]))) return {13, "the color table goes past the end"};
    while (true) {
        const std::uint64_t at = cursor.offset();
        const auto introducer = cursor.u8();
        if (!introducer || !budget.step()) return {at, "no trailer"};
        if (*introducer == 0x3b) return {cursor.offset(), ""};
        if (*introducer == 0x21) {
            if (!cursor.skip(1) || !skip_gif_blocks(cursor, budget)) return {at, "an extension does not end"};
            continue;
        }
        if (*introducer != 0x2c) return {at, "an unknown block"};
        const auto descriptor = cursor.take(9);
        if (!descriptor || !cursor.skip(table((*descriptor)[8]) + 1) || !skip_gif_blocks(cursor, budget)) {
            return {at, "an image does not end"};
        }
    }
}

Walk walk_riff(ByteSource& source, Budget& budget) {
    const auto head = source.view(0, 12);
    if (!head) return {0, "no RIFF header"};
    const std::uint64_t size = std::uint64_t{u32le(head->subspan(4))} + 8;
    const std::uint64_t end = size + (size & 1U);
    if (size > source.size()) return {4, "RIFF claims more bytes than there are"};
    Cursor cursor(source);
    cursor.skip(12);
    while (cursor.offset() < size) {
        const std::uint64_t at = cursor.offset();
        const auto chunk = cursor.take(8);
        if (!chunk || !budget.step()) return {at, "a chunk header is cut"};
        const std::uint64_t length = u32le(chunk->subspan(4));
        if (length > size - cursor.offset()) return {at, "a chunk goes past the end"};
        cursor.skip(std::min(length + (length & 1U), cursor.remaining()));
    }
    return {std::min(end, source.size()), ""};
}

Walk walk_bmp(ByteSource& source, Budget&) {
    const auto head = source.view(0, 18);
    if (!head) return {0, "no header"};
    const std::uint64_t size = u32le(head->subspan(2));
    const std::uint64_t data = u32le(head->subspan(10));
    const std::uint64_t info = u32le(head->subspan(14));
    if (size > source.size()) return {2, "the header claims more bytes than there are"};
    if (info < 12 || info > 1024 || data < 14 + info || data > size)
        return {10, "the pixel data lies outside the file"};
    return {size, ""};
}

struct Kind {
    std::string_view format;
    Walk (*walk)(ByteSource& source, Budget& budget);
};

std::optional<Kind> kind_of(ByteSource& source) {
    const auto bytes = source.view(0, std::min<std::uint64_t>(source.size(), 18));
    if (!bytes) return std::nullopt;
    const std::string_view head = as_text(*bytes);
    if (head.starts_with(kPng)) return Kind{"png", walk_png};
    if (head.starts_with("\xff\xd8\xff")) return Kind{"jpeg", walk_jpeg};
    if (head.starts_with("GIF87a") || head.starts_with("GIF89a")) return Kind{"gif", walk_gif};
    if (head.starts_with("RIFF") && head.size() >= 12 && head.substr(8, 4) == "WEBP") return Kind{"webp", walk_riff};
    if (head.starts_with("RIFF") && head.size() >= 12 && head.substr(8, 4) == "WAVE") return Kind{"wav", walk_riff};
    // "BM" alone begins many a text: the reserved fields must be zero and the sizes sensible.
    if (head.starts_with("BM") && head.size() == 18 && head.substr(6, 4) == "\0\0\0\0"sv && head[15] == '\0')
        return Kind{"bmp", walk_bmp};
    return std::nullopt;
}

}  // namespace

bool sniff_image(ByteSource& source, std::string_view) {
    return kind_of(source).has_value();
}

Examined parse_image(ByteSource& source, ParseContext& context) {
    const auto kind = kind_of(source);
    if (!kind) return Examined::partly;
    const Walk walk = kind->walk(source, context.budget);
    if (source.failure()) return Examined::partly;
    const std::string format(kind->format);
    if (context.budget.exhausted()) {
        context.unscannable("image", "the " + format + " needs more steps than the limit allows", context.at(walk.end));
        return Examined::partly;
    }
    if (!walk.problem.empty()) {
        context.finding(
            "image.malformed", Severity::medium, "broken " + format + ": " + walk.problem, context.at(walk.end),
            "A picture that does not end where its format says can hide another file.", "Save the picture again.");
        return Examined::partly;
    }
    if (walk.end != source.size()) {
        context.finding("image.trailing-data", Severity::high,
                        std::to_string(source.size() - walk.end) + " bytes stand behind the end of the " + format,
                        context.at(walk.end),
                        "Bytes behind a picture are no part of it: archives and programs hide there (polyglots).",
                        "Save the picture again.");
        return Examined::partly;
    }
    context.format(format, true);
    return Examined::whole;
}

}  // namespace headgate::formats
