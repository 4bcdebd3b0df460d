#include "formats/zip_local.hpp"

#include <algorithm>
#include <numeric>

#include "formats/zip_records.hpp"

namespace headgate::formats {
namespace {

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

/// Sizes in a local header: the true value, or (with a data descriptor) zero, or saturated with a zip64 field.
struct LocalSizes {
    bool descriptor;
    bool zip64;
    bool field_agrees(std::uint32_t narrow, std::uint64_t truth) const {
        if (narrow == truth && narrow != kSaturated32) return true;
        if (descriptor && narrow == 0) return true;
        return zip64 && narrow == kSaturated32;  // the wide value is checked on its own
    }
};

/// The zip64 field of a local header. Saturated fields stand there in order; with a data descriptor writers put zeros,
/// or (miniz, PyTorch) whichever of size, compressed size and offset is large, though the header is not saturated. numpy
/// (Python's force_zip64) repeats both sizes in full though the header has them.
bool wide_values_agree(const ZipLocal& local, const ZipExtra& extra, const ZipEntry& entry, bool descriptor) {
    Reader wide(extra.zip64_data);
    if (local.size == kSaturated32 || local.compressed == kSaturated32) {
        const auto take = [&](std::uint32_t narrow, std::uint64_t truth) {
            if (narrow != kSaturated32) return true;
            const auto value = wide.u64le();
            return value && (*value == truth || (descriptor && *value == 0));
        };
        return take(local.size, entry.size) && take(local.compressed, entry.compressed) && wide.at_end();
    }
    if (!descriptor && wide.remaining() < 16) return false;
    const std::uint64_t truths[] = {entry.size, entry.compressed, entry.header_offset};
    std::size_t next = 0;
    while (wide.remaining() >= 8) {
        const auto value = wide.u64le();
        const bool blank = descriptor && *value == 0;
        while (next < std::size(truths) && !blank && truths[next] != *value) ++next;
        if (next++ >= std::size(truths)) return false;
    }
    return wide.at_end();
}

/// A data descriptor that fills the space up to the next record exactly, in one of its four forms (4.3.9).
bool descriptor_agrees(ByteView bytes, const ZipEntry& entry) {
    Reader reader(bytes);
    const bool wide = bytes.size() == 20 || bytes.size() == 24;
    const bool marked = bytes.size() == 16 || bytes.size() == 24;
    if (!wide && !marked && bytes.size() != 12) return false;
    if (marked && reader.u32le() != kDescriptorSignature) return false;
    if (reader.u32le() != entry.crc) return false;
    if (wide) return reader.u64le() == entry.compressed && reader.u64le() == entry.size;
    return reader.u32le() == entry.compressed && reader.u32le() == entry.size;
}

class LayoutCheck {
  public:
    LayoutCheck(ByteSource& source, std::uint64_t begin, std::uint64_t directory_begin, std::vector<ZipEntry>& entries,
                const std::vector<std::uint64_t>& central_offsets, ContainerReport& report)
        : source_(source), begin_(begin), directory_begin_(directory_begin), entries_(entries), central_(central_offsets), report_(report) {}

    void run() {
        std::vector<std::size_t> order(entries_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return entries_[a].header_offset < entries_[b].header_offset;
        });
        std::uint64_t expected = begin_;  // where the next record must begin
        for (std::size_t i = 0; i < order.size(); ++i) {
            const std::size_t number = order[i];
            ZipEntry& entry = entries_[number];
            check_begin(entry, expected, i == 0);
            if (!read_header(entry, central_[number])) continue;
            const std::uint64_t data_end = entry.data_offset + entry.compressed;
            const std::uint64_t next =
                i + 1 < order.size() ? std::min(entries_[order[i + 1]].header_offset, directory_begin_) : directory_begin_;
            expected = check_descriptor(entry, data_end, next);
        }
        if (expected < directory_begin_) {
            report_.broken(entries_.empty() ? "prefix-bytes" : "gap",
                           std::to_string(directory_begin_ - expected) + " bytes before the directory belong to no entry",
                           expected, "Bytes that no entry covers are content that nothing examines.");
        }
    }

  private:
    void check_begin(ZipEntry& entry, std::uint64_t expected, bool first) {
        if (entry.header_offset > expected) {
            report_.broken(first ? "prefix-bytes" : "gap",
                           std::to_string(entry.header_offset - expected) + " bytes before entry " + quoted(entry.name) +
                               " belong to no entry",
                           expected, "Bytes that no entry covers are content that nothing examines.");
        } else if (entry.header_offset < expected) {
            report_.broken("overlap", "entry " + quoted(entry.name) + " overlaps the entry before it", entry.header_offset,
                           "Overlapping entries expand without end, or show different content to different readers.");
            entry.readable = false;
        }
    }

    bool read_header(ZipEntry& entry, std::uint64_t central_at) {
        const std::uint64_t at = entry.header_offset;
        const auto lost = [&](const char* what) {
            report_.broken("broken", std::string(what) + " of entry " + quoted(entry.name) + " does not lie before the directory",
                           central_at, "Readers differ on what such an entry holds.");
            entry.readable = false;
            return false;
        };
        if (at > directory_begin_ || directory_begin_ - at < kLocalSize) return lost("the local header");
        const auto fixed = source_.view(at, kLocalSize);
        const auto local = fixed ? read_local(*fixed) : std::nullopt;
        if (!local) {
            report_.broken("broken", "no local header stands where the directory says for entry " + quoted(entry.name), at,
                           "Readers differ on what such an entry holds.");
            entry.readable = false;
            return false;
        }
        const std::uint64_t variable = std::uint64_t{local->name_length} + local->extra_length;
        if (directory_begin_ - at - kLocalSize < variable) return lost("the local header");
        const auto rest = source_.view(at + kLocalSize, variable);
        if (!rest) return lost("the local header");
        entry.data_offset = at + kLocalSize + variable;
        if (entry.compressed > directory_begin_ - entry.data_offset) return lost("the data");
        compare(*local, as_text(rest->first(local->name_length)), rest->subspan(local->name_length), entry);
        return true;
    }

    void compare(const ZipLocal& local, std::string_view name, ByteView extra_bytes, const ZipEntry& entry) {
        const std::uint64_t at = entry.header_offset;
        const auto differs = [&](const char* thing, std::string message) {
            report_.broken(thing, std::move(message), at, "Readers that go by the local header see something else.");
        };
        if (name != entry.name) {
            differs("name-mismatch", "the local header of entry " + quoted(entry.name) + " names it " + quoted(name));
        }
        if (local.method != entry.method || local.flags != entry.flags) {
            differs("header-mismatch", "method or flags of entry " + quoted(entry.name) +
                                           " differ between local header and directory");
        }
        const ZipExtra extra = read_extra(extra_bytes, name);
        if (!extra.problem.empty()) {
            differs("extra-field", "local header of entry " + quoted(entry.name) + ": " + extra.problem);
        }
        if (extra.encryption) differs("encrypted", "the local header of entry " + quoted(entry.name) + " is for encryption");
        const bool descriptor = (entry.flags & kFlagDescriptor) != 0;
        const LocalSizes sizes{descriptor, extra.zip64};
        const bool crc_agrees = local.crc == entry.crc || (descriptor && local.crc == 0);
        if (!crc_agrees || !sizes.field_agrees(local.size, entry.size) ||
            !sizes.field_agrees(local.compressed, entry.compressed)) {
            differs("header-mismatch", "CRC or sizes of entry " + quoted(entry.name) +
                                           " differ between local header and directory");
        }
        if (extra.zip64 && !wide_values_agree(local, extra, entry, descriptor)) {
            differs("zip64-mismatch", "the zip64 field in the local header of entry " + quoted(entry.name) +
                                          " differs from the directory");
        }
    }

    /// Where the entry's last byte ends.
    std::uint64_t check_descriptor(const ZipEntry& entry, std::uint64_t data_end, std::uint64_t next) {
        if ((entry.flags & kFlagDescriptor) == 0 || next < data_end) return data_end;
        const std::uint64_t length = next - data_end;
        const auto bytes = length <= 24 ? source_.view(data_end, length) : std::nullopt;
        if (!bytes || !descriptor_agrees(*bytes, entry)) {
            report_.broken("descriptor", "the data descriptor of entry " + quoted(entry.name) +
                               " is missing, does not end where the next record begins, or differs from the directory",
                           data_end, "Readers that go by it see another size or checksum.");
        }
        return next;
    }

    ByteSource& source_;
    std::uint64_t begin_;
    std::uint64_t directory_begin_;
    std::vector<ZipEntry>& entries_;
    const std::vector<std::uint64_t>& central_;
    ContainerReport& report_;
};

}  // namespace

void check_local_headers(ByteSource& source, std::uint64_t begin, std::uint64_t directory_begin, std::vector<ZipEntry>& entries,
                         const std::vector<std::uint64_t>& central_offsets, ContainerReport& report) {
    LayoutCheck(source, begin, directory_begin, entries, central_offsets, report).run();
}

}  // namespace headgate::formats
