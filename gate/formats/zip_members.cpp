#include "formats/zip_members.hpp"

#include "formats/expand.hpp"

namespace headgate::formats {
namespace {

void bad_content(ParseContext& context, const ZipEntry& entry, std::string_view thing, std::string what, std::string why) {
    context.finding("zip." + std::string(thing), Severity::high, "entry \"" + entry.name + "\": " + std::move(what),
                    context.at(entry.header_offset), std::move(why),
                    "Repack the content with a standard tool and publish that; do not load this file.");
}

Examined with_stored(ByteSource& source, const ZipEntry& entry, ParseContext& context,
                     const std::function<Examined(ByteSource&)>& use) {
    SliceSource content(source, entry.data_offset, entry.compressed);
    bool good = entry.size == entry.compressed;  // reported with the directory otherwise
    if (entry.compressed <= kCrcChecked) {
        const auto crc = crc32_of(content, 0, content.size());
        if (!crc) {
            context.unscannable("zip", "entry \"" + entry.name + "\" cannot be read", context.at(entry.header_offset));
            return Examined::partly;
        }
        if (*crc != entry.crc) {
            good = false;
            bad_content(context, entry, "bad-crc", "its content does not have the CRC-32 that the directory states",
                        "Scanners that stop at the checksum miss what readers that ignore it load.");
        }
    }
    const Examined examined = use(content);
    return good ? examined : Examined::partly;
}

Examined with_deflated(ByteSource& source, const ZipEntry& entry, ParseContext& context,
                       const std::function<Examined(ByteSource&)>& use) {
    const Expanded inflated = expand(source, entry.data_offset, entry.compressed, Compression::deflate, context.limits,
                                      context.budget, entry.size);
    using Status = Expanded::Status;
    bool good = true;
    if (inflated.status == Status::limit || inflated.status == Status::unreadable) {
        good = false;
        context.unscannable("zip", "entry \"" + entry.name + "\": " + inflated.why, context.at(entry.header_offset));
    } else if (inflated.status == Status::broken) {
        good = false;
        bad_content(context, entry, "broken-stream", inflated.why, "Readers differ on how much of it they give out.");
    } else if (inflated.consumed != entry.compressed || inflated.bytes.size() != entry.size) {
        good = false;
        bad_content(context, entry, "size-mismatch",
                    "its stream is " + std::to_string(inflated.consumed) + " bytes and expands to " +
                        std::to_string(inflated.bytes.size()) + "; the directory says " +
                        std::to_string(entry.compressed) + " and " + std::to_string(entry.size),
                    "Bytes behind the stream are content that nothing examines.");
    } else if (crc32_of(inflated.bytes) != entry.crc) {
        good = false;
        bad_content(context, entry, "bad-crc", "its content does not have the CRC-32 that the directory states",
                    "Scanners that stop at the checksum miss what readers that ignore it load.");
    }
    MemorySource content(inflated.bytes);
    const Examined examined = use(content);
    return good ? examined : Examined::partly;
}

}  // namespace

Examined with_member(ByteSource& source, const ZipEntry& entry, ParseContext& context,
                     const std::function<Examined(ByteSource&)>& use) {
    if (!entry.readable || entry.data_offset == 0) return Examined::partly;
    return entry.method == 0 ? with_stored(source, entry, context, use) : with_deflated(source, entry, context, use);
}

void add_member(ParseContext& context, const std::string& name, std::uint64_t size, std::string sha256) {
    if (context.evidence.members.size() >= context.limits.facts) return;
    context.evidence.members.push_back({context.inside(name).whole(), name, size, std::move(sha256)});
}

}  // namespace headgate::formats
