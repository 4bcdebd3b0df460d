#include "formats/compressed.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "formats/expand.hpp"
#include "formats/tar_headers.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kFix = "Compress the content again with a standard tool and publish that.";

struct Kind {
    std::string_view name;       // of the format
    Compression compression;
    std::string_view magic;      // "": none
    bool several = false;        // streams that follow each other are one content
};

constexpr Kind kGzip{"gzip", Compression::gzip, "\x1F\x8B"sv, true};
constexpr Kind kZlib{"zlib", Compression::zlib, ""sv, false};
constexpr Kind kLzma{"lzma", Compression::lzma, ""sv, false};
constexpr Kind kZfile{"joblib-zfile", Compression::zlib, "ZF0x"sv, false};
constexpr Kind kByMagic[] = {
    {"bzip2", Compression::bzip2, "BZh"sv, true},
    {"xz", Compression::xz, "\xFD\x37zXZ\0"sv, true},
    {"lz4", Compression::lz4, "\x04\x22\x4D\x18"sv, true},
    {"zstd", Compression::zstd, "\x28\xB5\x2F\xFD"sv, true},
};

struct Ending {
    std::string_view compressed;
    std::string_view expanded;
};
constexpr Ending kEndings[] = {{".tgz", ".tar"},  {".tbz2", ".tar"}, {".txz", ".tar"}, {".tzst", ".tar"}, {".gz", ""},
                               {".gzip", ""},     {".zlib", ""},     {".bz2", ""},     {".xz", ""},       {".lzma", ""},
                               {".lz4", ""},      {".zst", ""},      {".zstd", ""},    {".z", ""}};

/// Name of the content: the file's name without its compression ending, as the tools make it.
std::string content_name(std::string_view name) {
    const std::string lower = ascii_lower(name);
    for (const Ending& ending : kEndings) {
        if (lower.size() <= ending.compressed.size() || !lower.ends_with(ending.compressed)) continue;
        return std::string(name.substr(0, name.size() - ending.compressed.size())) + std::string(ending.expanded);
    }
    return name.empty() ? "content" : std::string(name);
}

/// Reserved flag bits say that the header has fields that this (or any) version does not know.
bool odd_gzip_header(ByteView head) { return head.size() >= 4 && (head[3] & 0xE0U) != 0; }

/// Frames of lz4 and zstd that every reader passes over (RFC 8878, 3.1.2).
bool begins_skippable_frame(ByteView head) {
    return head.size() >= 4 && head[0] >= 0x50 && head[0] <= 0x5F && starts_with(head.subspan(1), "\x2A\x4D\x18");
}

/// lz4's frame of before version 1.4, which its tool and kernels still read.
constexpr std::string_view kLegacyLz4 = "\x02\x21\x4C\x18"sv;

/// xz: zero bytes, a multiple of four, may follow a stream ("Stream Padding").
bool only_padding(ByteSource& source, std::uint64_t at) {
    constexpr std::uint64_t kMostPadding = 64U << 10U;
    const std::uint64_t rest = source.size() - at;
    if (rest % 4 != 0 || rest > kMostPadding) return false;
    const auto bytes = source.view(at, rest);
    return bytes && as_text(*bytes).find_first_not_of('\0') == std::string_view::npos;
}

struct Content {
    Bytes bytes;
    bool good = true;
};

class Expander {
  public:
    Expander(ByteSource& source, ParseContext& context, const Kind& kind) : source_(source), context_(context), kind_(kind) {}

    /// From `at` to the end of the file.
    Content run(std::uint64_t at, std::uint64_t expected) {
        for (std::uint32_t streams = 0; at < source_.size(); ++streams) {
            if (streams > 0 && !another(at)) break;
            const auto head = source_.view(at, std::min<std::uint64_t>(4, source_.size() - at));
            if (kind_.compression == Compression::gzip && head && odd_gzip_header(*head)) {
                finding("flags", "the gzip header sets reserved flags", at, "Readers differ on what such a header means.");
            }
            if (streams == 0 && head && begins_skippable_frame(*head)) {
                finding("skipped-frame", "a frame that readers skip stands before the compressed stream", at,
                        "Its bytes are content that nothing examines.");
            }
            if (!context_.budget.step()) {
                unscannable("more streams than the limits allow", at);
                break;
            }
            const std::uint64_t read = stream(at, expected);
            if (!content_.good) break;
            at += read;
        }
        return std::move(content_);
    }

  private:
    std::uint64_t stream(std::uint64_t at, std::uint64_t expected) {
        Expanded one = expand(source_, at, source_.size() - at, kind_.compression, context_.limits, context_.budget, expected);
        if (content_.bytes.empty()) {
            content_.bytes = std::move(one.bytes);
        } else {
            content_.bytes.insert(content_.bytes.end(), one.bytes.begin(), one.bytes.end());
        }
        if (one.status == Expanded::Status::broken) {
            finding("broken", one.why, at + one.consumed, "A stream that breaks off hides how its reader goes on.");
        } else if (one.status != Expanded::Status::ok || content_.bytes.size() > context_.limits.member_bytes) {
            unscannable(one.why.empty() ? "it expands to more than one member may" : one.why, at);
        }
        return one.consumed;
    }

    // True if another stream begins behind the one that ended at `at`; what else stands there is told.
    bool another(std::uint64_t at) {
        const auto head = source_.view(at, std::min<std::uint64_t>(8, source_.size() - at));
        if (kind_.several && head && starts_with(*head, kind_.magic)) return true;
        if (kind_.compression == Compression::xz && only_padding(source_, at)) return false;
        if (head && begins_skippable_frame(*head)) {
            finding("skipped-frame", "a frame that readers skip stands behind the compressed stream", at,
                    "Its bytes are content that nothing examines.");
        } else {
            finding("trailing-bytes", std::to_string(source_.size() - at) + " bytes stand behind the compressed stream", at,
                    "Bytes that no stream covers are content that nothing examines.");
        }
        return false;
    }

    void finding(std::string_view thing, std::string message, std::uint64_t at, const char* why) {
        content_.good = false;
        context_.finding("compressed." + std::string(thing), Severity::high, std::string(kind_.name) + ": " + std::move(message),
                         context_.at(at), why, std::string(kFix));
    }
    void unscannable(std::string message, std::uint64_t at) {
        content_.good = false;
        context_.unscannable("compressed", std::string(kind_.name) + ": " + std::move(message), context_.at(at));
    }

    ByteSource& source_;
    ParseContext& context_;
    const Kind& kind_;
    Content content_;
};

/// Expands what stands from `at` on and examines it as the only member.
Examined parse_kind(ByteSource& source, ParseContext& context, const Kind& kind, std::uint64_t at = 0, std::uint64_t expected = 0) {
    context.format(std::string(kind.name));
    const Content content = Expander(source, context, kind).run(at, expected);
    MemorySource expanded(content.bytes);
    const std::string name = content_name(context.name());
    add_member(context, name, expanded.size());
    if (content.bytes.empty() && !content.good) return Examined::partly;
    ParseContext inner = context.inside(name);
    const Examined examined = examine(expanded, inner);
    return content.good ? examined : Examined::partly;
}

const Kind* kind_by_magic(ByteSource& source) {
    // Frames to be skipped are zstd's and lz4's alike; which of them follows, is not looked for.
    if (const auto head = source.view(0, 4); head && begins_skippable_frame(*head)) return std::find_if(std::begin(kByMagic), std::end(kByMagic), [](const Kind& kind) {
        return kind.compression == Compression::zstd;
    });
    for (const Kind& kind : kByMagic) {
        const auto magic = source.view(0, kind.magic.size());
        if (magic && as_text(*magic) == kind.magic) return &kind;
    }
    return nullptr;
}

bool is_legacy_lz4(ByteSource& source) {
    const auto head = source.view(0, kLegacyLz4.size());
    return head && as_text(*head) == kLegacyLz4;
}

constexpr std::size_t kMostBegun = 4096;

/// Whether the first bytes decode to something, or to a whole content of nothing.
bool begins_stream(ByteView head, Compression compression, std::size_t enough = 512) {
    const std::unique_ptr<Decoder> decoder = make_decoder(compression);
    if (!decoder) return false;
    std::uint8_t out[kMostBegun];
    const Decoder::Step step = decoder->step(head.first(std::min<std::size_t>(head.size(), 4096)), std::span(out).first(enough));
    return step.state == Decoder::State::ended || (step.state == Decoder::State::more && step.made > 0);
}

constexpr std::size_t kLzmaHeader = 13;

/// Properties (lc + 9 * (lp + 5 * pb)), a dictionary of 2^n or 2^n + 2^(n-1), a size that is unknown or below 256 GiB, as liblzma asks where it
/// guesses the format; the range coder's first byte, zero.
bool is_lzma_header(ByteView head) {
    const auto little = [&](std::size_t at, std::size_t count) {
        std::uint64_t value = 0;
        while (count-- > 0) value = value << 8U | head[at + count];
        return value;
    };
    const std::uint32_t properties = head[0];
    if (properties >= 9 * 5 * 5 || properties % 9 + properties / 9 % 5 > 4 || head[kLzmaHeader] != 0) return false;
    const std::uint64_t dictionary = little(1, 4), size = little(5, 8);
    if (size != ~std::uint64_t{0} && size >= 1ULL << 38U) return false;
    constexpr std::uint64_t kSmallest = 1U << 12U, kAny = 0xFFFFFFFFU;
    if (dictionary == kAny || (properties == 0x5D && dictionary % (1U << 16U) == 0)) return true;
    const auto is_power = [](std::uint64_t value) { return value != 0 && (value & (value - 1)) == 0; };
    return dictionary >= kSmallest && (is_power(dictionary) || (dictionary % 3 == 0 && is_power(dictionary / 3)));
}

// "0x" digits ("L"), filled with spaces to the width of hex(2**64); Python 2 wrote one column more.
constexpr std::size_t kZfileLength = 19;

struct ZfileHeader {
    std::uint64_t length = 0;
    std::uint64_t begin = 0;   // of the zlib stream
};

std::optional<ZfileHeader> zfile_header(ByteSource& source) {
    const auto head = source.view(0, 2 + kZfileLength + 1);
    if (!head) return std::nullopt;
    std::string_view number = as_text(*head).substr(4, kZfileLength - 2);
    number = number.substr(0, number.find_last_not_of(' ') + 1);
    if (number.ends_with('L')) number.remove_suffix(1);
    ZfileHeader header;
    const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), header.length, 16);
    if (number.empty() || error != std::errc{} || stop != number.data() + number.size()) return std::nullopt;
    header.begin = 2 + kZfileLength + (as_text(*head).back() == ' ' ? 1 : 0);
    return header;
}

}  // namespace

bool sniff_gzip(ByteSource& source, std::string_view) {
    const auto magic = source.view(0, 3);
    return magic && starts_with(*magic, "\x1F\x8B\x08");
}

Examined parse_gzip(ByteSource& source, ParseContext& context) { return parse_kind(source, context, kGzip); }

bool sniff_zlib(ByteSource& source, std::string_view) {
    const auto head = source.view(0, std::min<std::uint64_t>(source.size(), 1024));
    if (!head || head->size() < 2 || ((*head)[0] & 0x0FU) != 8 || (*head)[0] >> 4U > 7) return false;
    if (((*head)[0] * 256U + (*head)[1]) % 31 != 0 || ((*head)[1] & 0x20U) != 0) return false;
    return begins_stream(*head, Compression::zlib);
}

Examined parse_zlib(ByteSource& source, ParseContext& context) { return parse_kind(source, context, kZlib); }

bool sniff_compressed(ByteSource& source, std::string_view) {
    if (is_legacy_lz4(source)) return true;
    const Kind* const kind = kind_by_magic(source);
    if (kind == nullptr) return false;
    if (kind->compression != Compression::bzip2) return true;
    // Three letters are a word; the block size and the magic of the first block (or of the end) follow.
    const auto head = source.view(0, 10);
    return head && (*head)[3] >= '1' && (*head)[3] <= '9' &&
           (starts_with(head->subspan(4), "1AY&SY") || starts_with(head->subspan(4), "\x17\x72\x45\x38\x50\x90"));
}

Examined parse_compressed(ByteSource& source, ParseContext& context) {
    if (is_legacy_lz4(source)) {
        context.format("lz4");
        context.unscannable("compressed", "lz4: a frame of the form of before version 1.4 is not read", context.at(0));
        return Examined::partly;
    }
    const Kind* const kind = kind_by_magic(source);
    return kind == nullptr ? Examined::partly : parse_kind(source, context, *kind);
}

bool sniff_lzma(ByteSource& source, std::string_view) {
    const auto head = source.view(0, std::min<std::uint64_t>(source.size(), 4096));
    if (!head || head->size() < 18 || !is_lzma_header(*head)) return false;
    if (is_zero_block(head->subspan(kLzmaHeader))) return false;      // numbers, most of them zero, decode as well
    // The size of the dictionary is no matter for the first bytes, and one that is refused has to be seen all the same.
    Bytes begin(head->begin(), head->end());
    constexpr std::uint8_t kSmall[] = {0, 0, 1, 0};
    std::copy(std::begin(kSmall), std::end(kSmall), begin.begin() + 1);
    return begins_stream(begin, Compression::lzma, kMostBegun);     // of bytes that are none, every hundredth decodes to a few hundred, and none to so many
}

Examined parse_lzma(ByteSource& source, ParseContext& context) { return parse_kind(source, context, kLzma); }

bool sniff_joblib_zfile(ByteSource& source, std::string_view) {
    const auto head = source.view(0, kZfile.magic.size());
    return head && as_text(*head) == kZfile.magic;
}

Examined parse_joblib_zfile(ByteSource& source, ParseContext& context) {
    const auto header = zfile_header(source);
    if (!header) {
        context.format(std::string(kZfile.name));
        context.finding("compressed.header", Severity::high, "joblib-zfile: its length is no hexadecimal number", context.at(0),
                        "Readers differ on where the compressed pickle begins.", std::string(kFix));
        return Examined::partly;
    }
    return parse_kind(source, context, kZfile, header->begin, header->length);
}

}  // namespace headgate::formats
