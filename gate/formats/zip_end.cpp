#include "formats/zip_end.hpp"

#include <vector>

#include "base/text.hpp"
#include "formats/zip_directory.hpp"
#include "formats/zip_records.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kLongestTail = kEndSize + 0xFFFF;

struct Tail {
    ByteView bytes;
    std::uint64_t begin = 0;  // offset in the file
};

std::optional<Tail> tail_of(ByteSource& source) {
    const std::uint64_t length = std::min(source.size(), kLongestTail);
    const auto bytes = source.view(source.size() - length, length);
    if (!bytes) return std::nullopt;
    return Tail{*bytes, source.size() - length};
}

/// Positions of end-record signatures in the tail, with their records, in file order.
std::vector<std::pair<std::size_t, ZipEnd>> end_records(ByteView tail) {
    std::vector<std::pair<std::size_t, ZipEnd>> found;
    const std::string_view text = as_text(tail);
    for (std::size_t at = text.find("PK\5\6"); at != std::string_view::npos; at = text.find("PK\5\6", at + 1)) {
        if (const auto end = read_end(tail.subspan(at))) found.emplace_back(at, *end);
    }
    return found;
}

bool printable(std::string_view comment) { return is_utf8(comment) && !has_control_characters(comment); }

/// The end record that a reader of any kind must find, with findings for every second answer.
std::optional<std::pair<std::size_t, ZipEnd>> choose_end(const Tail& tail, ContainerReport& report) {
    const auto found = end_records(tail.bytes);
    if (found.empty()) {
        report.broken("no-directory", "the zip file has no end of central directory record", tail.begin,
                      "It is cut off or no zip file; some readers list it by its local headers alone.");
        return std::nullopt;
    }
    const auto fits = [&](const std::pair<std::size_t, ZipEnd>& end) {
        return end.first + kEndSize + end.second.comment_length == tail.bytes.size();
    };
    std::optional<std::pair<std::size_t, ZipEnd>> chosen;
    for (const auto& end : found) {
        if (!fits(end)) continue;
        if (chosen) {
            report.broken("two-ends", "two end of central directory records fit the end of the file",
                          tail.begin + chosen->first, "Readers differ on which directory counts.");
        }
        chosen = end;
    }
    if (!chosen) {
        chosen = found.back();
        report.broken("trailing-bytes", "the file does not end where its end of central directory record says",
                      tail.begin + chosen->first + kEndSize, "Bytes behind the archive belong to no entry.");
    } else if (found.back().first != chosen->first) {
        report.broken("two-ends", "the archive comment holds another end of central directory record",
                      tail.begin + found.back().first, "Readers differ on which directory counts.");
    }
    const std::size_t comment_at = chosen->first + kEndSize;
    const std::size_t comment_length = std::min<std::size_t>(chosen->second.comment_length, tail.bytes.size() - comment_at);
    if (!printable(as_text(tail.bytes.subspan(comment_at, comment_length)))) {
        report.broken("comment", "the archive comment is not printable text", tail.begin + comment_at,
                      "Binary data in a comment is content that nothing examines.");
    }
    return chosen;
}

struct Stated {
    std::uint64_t entries = 0, size = 0, offset = 0;
    std::uint64_t end = 0;  // where the directory must end
};

/// zip64: a locator directly before the end record, its record directly before that.
bool apply_zip64(ByteSource& source, std::uint64_t end_at, const ZipEnd& end, Stated& stated, ContainerReport& report) {
    if (end_at < kLocatorSize) return true;
    const auto locator_bytes = source.view(end_at - kLocatorSize, kLocatorSize);
    const auto locator = locator_bytes ? read_locator(*locator_bytes) : std::nullopt;
    if (!locator) {
        if (end.directory_size == kSaturated32 || end.directory_offset == kSaturated32) {
            report.broken("zip64-mismatch", "the end record refers to a zip64 record that is not there", end_at,
                          "Readers differ on what such a directory is.");
        }
        return true;
    }
    const std::uint64_t locator_at = end_at - kLocatorSize;
    const auto record_bytes = locator_at >= kEnd64Size ? source.view(locator_at - kEnd64Size, kEnd64Size) : std::nullopt;
    const auto record = record_bytes ? read_end64(*record_bytes) : std::nullopt;
    if (!record) {
        report.broken("zip64-mismatch", "a zip64 locator stands before the end record, but no plain zip64 record before it",
                      locator_at, "Readers differ on whether the zip64 record counts.");
        return false;
    }
    const std::uint64_t record_at = locator_at - kEnd64Size;
    const auto repeats = [](std::uint64_t narrow, std::uint64_t saturated, std::uint64_t wide) {
        return narrow == wide || (narrow == saturated);
    };
    if (locator->disk != 0 || locator->disks > 1 || record->disk != 0 || record->directory_disk != 0 ||
        record->record_size != kEnd64Size - 12 || record->entries != record->entries_here ||
        !repeats(end.entries, kSaturated16, record->entries) ||
        !repeats(end.directory_size, kSaturated32, record->directory_size) ||
        !repeats(end.directory_offset, kSaturated32, record->directory_offset)) {
        report.broken("zip64-mismatch", "the zip64 record and the end record say different things", record_at,
                      "Readers that know zip64 see another directory than readers that do not.");
    }
    if (locator->offset > record_at) {
        report.broken("zip64-mismatch", "the zip64 locator points to another place than the record before it", locator_at,
                      "Readers that follow it see another directory.");
    }
    stated = {record->entries, record->directory_size, record->directory_offset, record_at};
    // Prefixed archives count no prefix in the locator either: the same shift must explain both.
    if (locator->offset <= record_at && stated.offset <= record_at && stated.size <= record_at - stated.offset &&
        record_at - locator->offset != record_at - stated.size - stated.offset) {
        report.broken("zip64-mismatch", "the zip64 locator points to another place than the record before it", locator_at,
                      "Readers that follow it see another directory.");
    }
    return true;
}

}  // namespace

std::optional<ZipExtent> find_zip_extent(ByteSource& source, ContainerReport& report) {
    const auto tail = tail_of(source);
    if (!tail) {
        report.unscannable("the end of the zip file cannot be read", 0);
        return std::nullopt;
    }
    const auto chosen = choose_end(*tail, report);
    if (!chosen) return std::nullopt;
    const ZipEnd& end = chosen->second;
    const std::uint64_t end_at = tail->begin + chosen->first;
    if (end.disk != 0 || end.directory_disk != 0 || end.entries_here != end.entries) {
        report.broken("split", "the archive claims to be split over several files", end_at,
                      "Readers of one file and of several see different entries.");
    }
    Stated stated{end.entries, end.directory_size, end.directory_offset, end_at};
    if (!apply_zip64(source, end_at, end, stated, report)) return std::nullopt;
    if (stated.size > stated.end || stated.offset > stated.end - stated.size) {
        report.broken("misplaced-directory", "the directory's stated place does not lie before its end record", end_at,
                      "Readers differ on what such a directory is.");
        return std::nullopt;
    }
    ZipExtent extent;
    extent.directory_size = stated.size;
    extent.entries = stated.entries;
    extent.directory_begin = stated.end - stated.size;
    extent.shift = extent.directory_begin - stated.offset;
    if (extent.shift != 0) {
        report.broken("misplaced-directory",
                      "the directory stands " + std::to_string(extent.shift) + " bytes behind its stated place",
                      stated.offset, "Some readers go by the stated offset, others count back from the end.");
        // Where the stated place holds a directory and the counted one does not, take the stated one.
        const auto counted = source.view(extent.directory_begin, std::min<std::uint64_t>(4, stated.size));
        if (stated.size >= 4 && (!counted || !starts_with(*counted, "PK\1\2"))) {
            extent.directory_begin = stated.offset;
            extent.shift = 0;
        }
    }
    return extent;
}

namespace {

/// A central header stands where the end record at `end_at` counts back to, or at the place that it states.
bool has_directory(ByteSource& source, std::uint64_t end_at, const ZipEnd& end) {
    std::uint64_t directory_end = end_at;
    std::uint64_t size = end.directory_size;
    std::uint64_t stated = end.directory_offset;
    if (end_at >= kLocatorSize + kEnd64Size) {
        const auto record = source.view(end_at - kLocatorSize - kEnd64Size, kEnd64Size);
        if (const auto wide = record ? read_end64(*record) : std::nullopt) {
            directory_end = end_at - kLocatorSize - kEnd64Size;
            size = wide->directory_size;
            stated = wide->directory_offset;
        }
    }
    if (size < 4 || size > directory_end) return false;
    const auto header_at = [&](std::uint64_t at) {
        const auto first = at <= directory_end - size ? source.view(at, 4) : std::nullopt;
        return first && starts_with(*first, "PK\1\2");
    };
    return header_at(directory_end - size) || header_at(stated);
}

}  // namespace

ZipAtEnd zip_at_end(ByteSource& source) {
    const auto tail = source.size() < kEndSize ? std::nullopt : tail_of(source);
    if (!tail) return ZipAtEnd::none;
    ZipAtEnd found = ZipAtEnd::none;
    for (const auto& [at, end] : end_records(tail->bytes)) {
        if (!has_directory(source, tail->begin + at, end)) continue;
        if (at + kEndSize + end.comment_length == tail->bytes.size()) return ZipAtEnd::exactly;
        found = ZipAtEnd::with_more_behind;
    }
    return found;
}

}  // namespace headgate::formats
