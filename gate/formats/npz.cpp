#include "formats/npz.hpp"

#include <algorithm>
#include <memory>
#include <span>

#include "base/text.hpp"
#include "formats/expand.hpp"
#include "formats/npy.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {

bool is_npz(const ZipDirectory& directory, std::string_view name) {
    if (directory.entries.empty()) return false;
    if (ascii_lower(name).ends_with(".npz")) return true;
    return std::all_of(directory.entries.begin(), directory.entries.end(),
                       [](const ZipEntry& entry) { return entry.name.ends_with(".npy"); });
}

namespace {

constexpr std::uint64_t kMostOfDeflate = 1032;  // output bytes per input byte that deflate can reach at all

/// Whether the array that begins in the stream takes exactly the bytes that the directory says. Zeros shrink a thousandfold; whoever
/// loads them makes room for as much as their header states, and no more.
bool states_its_size(ByteSource& source, const ZipEntry& entry, ParseContext& context) {
    if (entry.method != 8 || !entry.readable || entry.data_offset == 0 || entry.size <= context.limits.ratio_floor) return false;
    std::unique_ptr<Decoder> decoder = make_decoder(Compression::deflate);
    if (!decoder) return false;
    Bytes front(kMostNpyHeader);
    std::size_t used = 0;
    ExpandingStream stream(source, entry.data_offset, entry.compressed, std::move(decoder), context.limits, context.budget);
    for (auto state = ExpandingStream::State::more; state == ExpandingStream::State::more && used < front.size();) {
        const ExpandingStream::Piece piece = stream.read(std::span(front).subspan(used));
        used += piece.made;
        state = piece.state;
    }
    return npy_file_size(ByteView(front).first(used)) == entry.size;
}

}  // namespace

Examined examine_npz(ByteSource& source, const ZipDirectory& directory, ParseContext& context) {
    context.format("npz");
    Examined all = Examined::whole;
    for (const ZipEntry& entry : directory.entries) {
        add_member(context, entry.name, entry.size);
        ParseContext inner = context.inside(entry.name);
        Limits limits = context.limits;
        if (states_its_size(source, entry, context)) limits.expansion_ratio = std::max(limits.expansion_ratio, kMostOfDeflate);
        ParseContext outer{limits, context.budget, context.evidence, context.path, context.member, context.depth, context.sha256_hex};
        const Examined one = with_member(source, entry, outer, [&](ByteSource& content) {
            const auto magic = content.view(0, 6);
            if (!entry.name.ends_with(".npy") || !magic || !starts_with(*magic, "\x93NUMPY")) {
                inner.finding("npz.not-npy", Severity::high,
                              "member \"" + entry.name + "\" of an npz archive is not an npy array", inner.whole(),
                              "numpy.load unpickles members that are no arrays, or hands out their raw bytes.",
                              "Save the archive again with numpy.savez and arrays only.");
                examine(content, inner);
                return Examined::partly;
            }
            return examine(content, inner);
        });
        if (one == Examined::partly) all = Examined::partly;
    }
    return all;
}

}  // namespace headgate::formats
