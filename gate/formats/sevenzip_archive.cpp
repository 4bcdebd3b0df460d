#include "formats/sevenzip_archive.hpp"

#include <algorithm>

namespace headgate::formats {
namespace {

using namespace sevenzip;

constexpr int kMostEncodings = 4;     // a header packed in a header ...; writers pack it once

class ArchiveReader {
  public:
    ArchiveReader(ByteSource& source, const Limits& limits, Budget& budget, ContainerReport& report)
        : source_(source), limits_(limits), budget_(budget), report_(report) {}

    std::optional<SevenZipArchive> run() {
        if (!start()) return std::nullopt;
        if (length_ == 0) return empty();
        auto bytes = plain_header();
        if (!bytes || !read_header(*bytes)) return std::nullopt;
        cover(archive_.streams);
        check_coverage();
        return std::move(archive_);
    }

  private:
    /// The signature header: where the header is, and that the file ends with it.
    bool start() {
        const auto head = source_.view(0, kSevenZipStart);
        if (!head) return cut_off();
        Reader reader(*head);
        reader.take(kSevenZipMagic.size());
        const std::uint8_t major = *reader.u8();
        const std::uint8_t minor = *reader.u8();
        if (major != 0) {
            report_.unscannable("it is of version " + std::to_string(major) + "." + std::to_string(minor) + " of the format", 6);
            return false;
        }
        if (*reader.u32le() != crc32_of(head->subspan(12))) bad_crc("the signature header", 8);
        const std::uint64_t offset = *reader.u64le();
        length_ = *reader.u64le();
        crc_ = *reader.u32le();
        const std::uint64_t room = source_.size() - kSevenZipStart;
        if (offset > room || length_ > room - offset) return cut_off();
        archive_.header = kSevenZipStart + offset;
        if (length_ < room - offset) {
            report_.broken("trailing-bytes", std::to_string(room - offset - length_) + " bytes stand behind the header", archive_.header + length_,
                           "Bytes that no header covers are content that nothing examines.");
        }
        if (length_ <= limits_.header_bytes) return true;
        report_.unscannable("its header is larger than the limits allow", archive_.header);
        return false;
    }

    bool cut_off() {
        report_.broken("cut-off", "the header stands behind the end of the file: it is cut off, or the first part of a split archive", 0,
                       "What its members are stands in a part that is not here.");
        return false;
    }

    void bad_crc(const std::string& what, std::uint64_t offset) {
        report_.broken("bad-crc", what + " does not have the CRC-32 that is stated", offset,
                       "Scanners that stop at the checksum miss what readers that ignore it load.");
    }

    /// No header: the archive has no members, and the file nothing else.
    std::optional<SevenZipArchive> empty() {
        if (crc_ != 0) bad_crc("the empty header", 28);
        check_coverage();
        return std::move(archive_);
    }

    std::optional<ByteView> plain_header() {
        auto bytes = source_.view(archive_.header, length_);
        if (!bytes) return unreadable();
        if (crc32_of(*bytes) != crc_) bad_crc("the header", archive_.header);
        for (int level = 0; !bytes->empty() && bytes->front() == kEncodedHeader; ++level) {
            if (level == kMostEncodings) {
                report_.unscannable("its header is packed more than " + std::to_string(kMostEncodings) + " times", archive_.header);
                return std::nullopt;
            }
            bytes = unpacked(*bytes);
            if (!bytes) return std::nullopt;
        }
        return bytes;
    }

    std::nullopt_t unreadable() {
        report_.unscannable("its header cannot be read", archive_.header);
        return std::nullopt;
    }

    std::nullopt_t refuse(const SevenZipCursor& cursor) {
        if (cursor.is_limit()) {
            report_.unscannable(cursor.why(), archive_.header);
        } else {
            report_.broken("broken", "the header is malformed: " + cursor.why(), archive_.header,
                           "Readers differ on what it says, and on the members that they unpack.");
        }
        return std::nullopt;
    }

    void leftover(const SevenZipCursor& cursor) {
        if (cursor.at_end()) return;
        report_.broken("trailing-bytes", std::to_string(cursor.remaining()) + " bytes stand in the header behind its end", archive_.header,
                       "Bytes that nothing gives a meaning are content that nothing examines.");
    }

    /// The header that is the output of the one folder that `bytes` describe.
    std::optional<ByteView> unpacked(ByteView bytes) {
        SevenZipCursor cursor(bytes.subspan(1), limits_, budget_);
        const auto streams = read_sevenzip_streams(cursor, archive_.header);
        if (!streams) return refuse(cursor);
        if (streams->folders.size() != 1 || streams->substreams.size() != 1) {
            cursor.broken("it is packed in " + std::to_string(streams->folders.size()) + " folders");
            return refuse(cursor);
        }
        leftover(cursor);
        cover(*streams);
        const SevenZipFolder& folder = streams->folders.front();
        const SevenZipPlan plan = plan_of(folder);
        if (!plan.unread.empty()) {
            report_unread(plan, "its header, with the names of all members,", folder.packed_at, report_);
            return std::nullopt;
        }
        if (folder.size() > std::min(limits_.header_bytes, limits_.member_bytes)) {
            report_.unscannable("its header unpacks to more than the limits allow", folder.packed_at);
            return std::nullopt;
        }
        check_packed(source_, *streams, folder, source_.size(), report_);
        SevenZipOutput output(source_, *streams, folder, plan, limits_, budget_);
        std::uint32_t crc = 0;
        Bytes content;
        const bool whole = output.take(folder.size(), &content, crc) && output.finish();
        if (!whole || plan.sizes_differ) {
            report_stopped(output, "the packed header", folder.packed_at, report_);
            return std::nullopt;
        }
        if (folder.crc && *folder.crc != crc) bad_crc("the packed header", folder.packed_at);
        unpacked_ = std::move(content);
        return unpacked_;
    }

    bool read_header(ByteView bytes) {
        SevenZipCursor cursor(bytes, limits_, budget_);
        if (!cursor.expect(kHeader, "the header") || !read_parts(cursor) || !cursor.expect(kEnd, "the end of the header")) {
            refuse(cursor);
            return false;
        }
        leftover(cursor);
        return true;
    }

    bool read_parts(SevenZipCursor& cursor) {
        if (cursor.is(kArchiveProperties) && !archive_properties(cursor)) return false;
        if (cursor.is(kAdditionalStreams)) return cursor.limit("parts of its header stand in additional streams"), false;
        if (cursor.is(kMainStreams)) {
            auto streams = read_sevenzip_streams(cursor, archive_.header);
            if (!streams) return false;
            archive_.streams = std::move(*streams);
        }
        if (!cursor.is(kFiles)) return true;
        auto files = read_sevenzip_files(cursor);
        if (!files) return false;
        archive_.files = std::move(*files);
        for (const std::uint64_t type : archive_.files.unknown) unknown_property(type);
        if (archive_.files.hidden_padding) {
            report_.broken("padding", "the padding in the header is not zero", archive_.header,
                           "Bytes that nothing gives a meaning are content that nothing examines.");
        }
        return true;
    }

    bool archive_properties(SevenZipCursor& cursor) {
        for (;;) {
            const auto type = cursor.number();
            if (!type) return false;
            if (*type == kEnd) return true;
            const auto size = cursor.number();
            if (!size || !cursor.take(*size)) return false;
            unknown_property(*type);
        }
    }

    void unknown_property(std::uint64_t type) {
        report_.broken("unknown-property", "the header has property " + std::to_string(type) + ", which has no meaning there", archive_.header,
                       "Bytes that nothing gives a meaning are content that nothing examines.");
    }

    void cover(const SevenZipStreams& streams) {
        if (streams.end > streams.begin) covered_.emplace_back(streams.begin, streams.end);
    }

    /// From the signature header to the header every byte is in one packed stream.
    void check_coverage() {
        std::sort(covered_.begin(), covered_.end());
        std::uint64_t at = kSevenZipStart;
        for (const auto& [begin, end] : covered_) {
            if (begin > at) gap(at, begin);
            if (begin < at) {
                report_.broken("overlap", "packed streams share " + std::to_string(std::min(at, end) - begin) + " bytes", begin,
                               "The same bytes are two things: readers differ on which.");
            }
            at = std::max(at, end);
        }
        if (at < archive_.header) gap(at, archive_.header);
    }

    void gap(std::uint64_t begin, std::uint64_t end) {
        report_.broken("gap", std::to_string(end - begin) + " bytes stand where no packed stream is", begin,
                       "Bytes that no member covers are content that nothing examines.");
    }

    ByteSource& source_;
    const Limits& limits_;
    Budget& budget_;
    ContainerReport& report_;
    SevenZipArchive archive_;
    std::uint64_t length_ = 0;         // of the header
    std::uint32_t crc_ = 0;
    Bytes unpacked_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> covered_;
};

}  // namespace

void report_unread(const SevenZipPlan& plan, const std::string& what, std::uint64_t offset, ContainerReport& report) {
    if (plan.encrypted) {
        report.broken("encrypted", what + " is encrypted (" + plan.unread + ")", offset,
                      "What nobody without the password can read, nobody can vouch for; the passwords of malware are in its description.");
    } else {
        report.unscannable(what + " is packed with " + plan.unread + ", which nothing here can undo", offset);
    }
}

void report_stopped(const SevenZipOutput& output, const std::string& what, std::uint64_t offset, ContainerReport& report) {
    if (output.state() == SevenZipOutput::State::limit) {
        report.unscannable(what + ": " + output.why(), offset);
    } else if (output.state() == SevenZipOutput::State::broken) {
        report.broken("broken-stream", what + ": " + output.why(), offset, "Readers differ on how much of it they give out.");
    } else {
        report.broken("size-mismatch", what + ": a filter states another size than what it filters", offset,
                      "Readers differ on how much of it they give out.");
    }
}

bool check_packed(ByteSource& source, const SevenZipStreams& streams, const SevenZipFolder& folder, std::uint64_t most, ContainerReport& report) {
    std::uint64_t at = folder.packed_at;
    bool good = true;
    for (std::size_t i = folder.first_packed; i < folder.first_packed + folder.packed.size(); ++i) {
        const std::uint64_t size = streams.packed_sizes[i];
        const std::uint64_t begin = at;
        at += size;
        if (!streams.packed_crcs[i] || size > most) continue;
        const auto crc = crc32_of(source, begin, size);
        good = good && crc == streams.packed_crcs[i];
        if (!crc) {
            report.unscannable("a packed stream cannot be read", begin);
        } else if (crc != streams.packed_crcs[i]) {
            report.broken("bad-crc", "a packed stream does not have the CRC-32 that is stated", begin,
                          "Scanners that stop at the checksum miss what readers that ignore it load.");
        }
    }
    return good;
}

std::optional<SevenZipArchive> read_sevenzip_archive(ByteSource& source, const Limits& limits, Budget& budget, ContainerReport& report) {
    return ArchiveReader(source, limits, budget, report).run();
}

}  // namespace headgate::formats
