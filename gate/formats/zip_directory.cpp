#include "formats/zip_directory.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "formats/member_names.hpp"
#include "formats/zip_end.hpp"
#include "formats/zip_local.hpp"
#include "formats/zip_records.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint32_t kTypeMask = 0170000, kRegular = 0100000, kDirectory = 0040000, kLink = 0120000;
constexpr std::uint16_t kAllowedFlags = kFlagDescriptor | kFlagUtf8 | 0x0006;  // 0x0006: deflate effort, method 8 only

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

bool only_ascii(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

void check_name(const ZipEntry& entry, std::uint64_t at, ContainerReport& report) {
    if (const auto bad = bad_member_name(entry.name)) {
        report.broken("bad-name", "the name of entry " + quoted(entry.name) + " " + *bad, at,
                      "Extracted or looked up, it may reach another place than it seems.");
    } else if ((entry.flags & kFlagUtf8) == 0 && !only_ascii(entry.name)) {
        report.broken("ambiguous-name", "entry " + quoted(entry.name) + " has letters outside ASCII without the UTF-8 flag",
                      at, "Readers decode such a name differently, so it names different members.");
    }
}

void check_flags(ZipEntry& entry, std::uint64_t at, ContainerReport& report) {
    if ((entry.flags & (kFlagEncrypted | kFlagStrong | kFlagMasked)) != 0) {
        report.broken("encrypted", "entry " + quoted(entry.name) + " is marked as encrypted", at,
                      "What cannot be read cannot be judged; readers that ignore the mark still load it.");
        entry.readable = false;
    }
    const unsigned rest = entry.flags & ~unsigned{kAllowedFlags | kFlagEncrypted | kFlagStrong | kFlagMasked};
    if (rest != 0 || ((entry.flags & 0x0006U) != 0 && entry.method != 8)) {
        report.broken("flags", "entry " + quoted(entry.name) + " has unusual flags " + std::to_string(entry.flags), at,
                      "Some readers refuse such an entry and others read it: scanners are blinded this way.");
    }
    if (entry.method != 0 && entry.method != 8) {
        report.unscannable("entry " + quoted(entry.name) + " uses compression method " + std::to_string(entry.method) +
                               "; only stored and deflate are read",
                           at);
        entry.readable = false;
    }
}

void check_kind(const ZipEntry& entry, std::uint32_t external, std::uint64_t at, ContainerReport& report) {
    const std::uint32_t type = external >> 16U & kTypeMask;
    if (type == kLink) {
        report.broken("link", "entry " + quoted(entry.name) + " is a symbolic link", at,
                      "Extracted, it leads reads and writes to another place.");
    } else if (type != 0 && type != kRegular && type != kDirectory) {
        report.broken("special-file", "entry " + quoted(entry.name) + " is a device, pipe or socket", at,
                      "A model or package has no use for one.");
    } else if (type == kDirectory && !entry.folder) {
        report.broken("folder-data", "entry " + quoted(entry.name) + " is marked as a folder but named like a file", at,
                      "Readers differ on whether it has content.");
    }
    if (entry.folder && (entry.size != 0 || entry.compressed > 2 || (entry.compressed != 0 && entry.method == 0))) {
        report.broken("folder-data", "folder entry " + quoted(entry.name) + " has content", at,
                      "Extractors drop it and other readers load it.");
    }
}

/// Widens saturated fields from the zip64 extra field: exactly the saturated ones, in order.
void widen(const ZipCentral& header, const ZipExtra& extra, ZipEntry& entry, std::uint64_t at, ContainerReport& report) {
    Reader wide(extra.zip64_data);
    bool good = true;
    const auto take = [&](std::uint64_t& field, bool saturated) {
        if (!saturated) return;
        const auto value = wide.u64le();
        if (value) field = *value;
        good = good && value.has_value();
    };
    take(entry.size, header.size == kSaturated32);
    take(entry.compressed, header.compressed == kSaturated32);
    take(entry.header_offset, header.header_offset == kSaturated32);
    if (header.disk == kSaturated16) good = wide.u32le() == std::uint32_t{0} && good;
    // Some writers put all fields in as soon as one is needed; then the rest must repeat the narrow ones. A last u32 is
    // the disk number.
    if (wide.remaining() == 4) good = wide.u32le() == std::uint32_t{0} && good;
    if (!good || !wide.at_end()) {
        report.broken("zip64-mismatch", "the zip64 field of entry " + quoted(entry.name) +
                          " does not hold exactly the values that its header leaves out",
                      at, "Readers differ on its size and place.");
    }
}

void read_entry(const ZipCentral& header, std::uint64_t at, std::uint64_t shift, ZipEntry& entry, ContainerReport& report) {
    entry.name = std::string(header.name);
    entry.flags = header.flags;
    entry.method = header.method;
    entry.crc = header.crc;
    entry.compressed = header.compressed;
    entry.size = header.size;
    entry.header_offset = header.header_offset;
    entry.folder = !entry.name.empty() && entry.name.back() == '/';
    entry.readable = true;
    const ZipExtra extra = read_extra(header.extra, header.name);
    if (!extra.problem.empty()) {
        report.broken("extra-field", "central header of entry " + quoted(entry.name) + ": " + extra.problem, at,
                      "Extra fields can rename an entry or hide data that nothing examines.");
    }
    widen(header, extra, entry, at, report);
    if (entry.header_offset <= ~std::uint64_t{0} - shift) entry.header_offset += shift;
    if (header.disk != 0 && header.disk != kSaturated16) {
        report.broken("split", "entry " + quoted(entry.name) + " claims to lie in another file", at,
                      "Readers of one file and of several see different entries.");
    }
    if (!is_utf8(header.comment) || has_control_characters(header.comment)) {
        report.broken("comment", "the comment of entry " + quoted(entry.name) + " is not printable text", at,
                      "Binary data in a comment is content that nothing examines.");
    }
    check_name(entry, at, report);
    check_flags(entry, at, report);
    if (extra.encryption && entry.readable) {
        report.broken("encrypted", "entry " + quoted(entry.name) + " has an encryption field", at,
                      "What cannot be read cannot be judged.");
        entry.readable = false;
    }
    check_kind(entry, header.external, at, report);
    if (entry.method == 0 && entry.size != entry.compressed && entry.readable) {
        report.broken("size-mismatch", "stored entry " + quoted(entry.name) + " has two different sizes", at,
                      "Readers differ on where it ends.");
    }
}

struct Collision {
    std::size_t other = 0;      // number of the earlier entry
    std::size_t number = 0;     // of the later one
    std::uint64_t at = 0;       // of its central header
};

void report_collision(const ZipDirectory& directory, const Collision& one, bool exact, ContainerReport& report) {
    report.broken(exact ? "duplicate-name" : "colliding-name",
                  "entries " + std::to_string(one.other + 1) + " (" + quoted(directory.entries[one.other].name) + ") and " +
                      std::to_string(one.number + 1) + " (" + quoted(directory.entries[one.number].name) +
                      (exact ? ") have the same name" : ") differ only in case or form"),
                  one.at, "One reader loads the first, another the last, and extraction overwrites one by the other.");
}

void check_unique(const ZipDirectory& directory, const std::vector<std::uint64_t>& central_offsets, ContainerReport& report) {
    // numpy finds the arrays of an npz by their exact names and extracts nothing: "W.npy" and "w.npy" are two arrays there.
    const bool arrays = std::all_of(directory.entries.begin(), directory.entries.end(),
                                    [](const ZipEntry& entry) { return entry.name.ends_with(".npy"); });
    NameSet folded;
    std::map<std::string_view, std::size_t> exact;
    for (std::size_t number = 0; number < directory.entries.size(); ++number) {
        const std::string& name = directory.entries[number].name;
        if (arrays) {
            const auto [place, fresh] = exact.try_emplace(name, number);
            if (!fresh) report_collision(directory, {place->second, number, central_offsets[number]}, true, report);
        } else if (const auto clash = folded.add(name, number)) {
            report_collision(directory, {clash->other, number, central_offsets[number]}, clash->exact, report);
        }
    }
}

}  // namespace

std::optional<ZipDirectory> read_zip_directory(ByteSource& source, const Limits& limits, Budget& budget,
                                               ContainerReport& report, std::uint64_t begin) {
    const auto extent = find_zip_extent(source, report);
    if (!extent) return std::nullopt;
    if (extent->directory_size > limits.header_bytes || extent->entries > limits.members) {
        report.unscannable("the directory has " + std::to_string(extent->entries) + " entries in " +
                               std::to_string(extent->directory_size) + " bytes: more than the limits allow",
                           extent->directory_begin);
        return std::nullopt;
    }
    const auto bytes = source.view(extent->directory_begin, extent->directory_size);
    if (!bytes) {
        report.unscannable("the directory cannot be read", extent->directory_begin);
        return std::nullopt;
    }
    ZipDirectory directory;
    std::vector<std::uint64_t> central_offsets;
    Reader reader(*bytes);
    while (!reader.at_end()) {
        const std::uint64_t at = extent->directory_begin + reader.offset();
        const auto header = read_central(reader);
        if (!header) {
            report.broken("broken", "no central header stands where the next one must be", at,
                          "Entries behind it are invisible to some readers.");
            break;
        }
        if (directory.entries.size() >= limits.members || !budget.step(1 + header->name.size() / 64)) {
            report.unscannable("the directory has more entries than the limits allow", at);
            break;
        }
        ZipEntry& entry = directory.entries.emplace_back();
        read_entry(*header, at, extent->shift, entry, report);
        central_offsets.push_back(at);
    }
    check_unique(directory, central_offsets, report);
    if (directory.entries.size() != extent->entries && reader.at_end()) {
        report.broken("count-mismatch", "the end record counts " + std::to_string(extent->entries) +
                          " entries, the directory holds " + std::to_string(directory.entries.size()),
                      extent->directory_begin, "Readers differ on which entries there are.");
    }
    check_local_headers(source, begin, extent->directory_begin, directory.entries, central_offsets, report);
    return directory;
}

}  // namespace headgate::formats
