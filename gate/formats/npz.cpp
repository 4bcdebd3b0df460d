#include "formats/npz.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {

bool is_npz(const ZipDirectory& directory, std::string_view name) {
    if (directory.entries.empty()) return false;
    if (ascii_lower(name).ends_with(".npz")) return true;
    return std::all_of(directory.entries.begin(), directory.entries.end(),
                       [](const ZipEntry& entry) { return entry.name.ends_with(".npy"); });
}

Examined examine_npz(ByteSource& source, const ZipDirectory& directory, ParseContext& context) {
    context.format("npz");
    Examined all = Examined::whole;
    for (const ZipEntry& entry : directory.entries) {
        add_member(context, entry.name, entry.size);
        ParseContext inner = context.inside(entry.name);
        const Examined one = with_member(source, entry, context, [&](ByteSource& content) {
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
