#include "formats/sevenzip.hpp"

#include "base/text.hpp"
#include "formats/member_names.hpp"
#include "formats/sevenzip_archive.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kFolderSteps = 1000;    // what making a decoder costs, however little comes out of it
constexpr std::uint32_t kWindowsFolder = 0x10;
constexpr std::uint32_t kReparsePoint = 0x400;
constexpr std::uint32_t kPipe = 0010000, kFolder = 0040000, kRegular = 0100000, kLink = 0120000;   // S_IFMT of a Unix mode

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

/// Name of a content that has none: the archive's, without its ending.
std::string content_name(std::string_view archive) {
    if (ascii_lower(archive).ends_with(".7z")) archive.remove_suffix(3);
    return archive.empty() ? "content" : std::string(archive);
}

/// What the header says of each entry, before anything is expanded.
class EntryRules {
  public:
    EntryRules(const SevenZipArchive& archive, ContainerReport& report) : archive_(archive), report_(report) {}

    void run() {
        std::size_t streams = 0;
        for (const SevenZipEntry& entry : archive_.files.entries) {
            ++number_;
            if (entry.stream) ++streams;
            check_name(entry);
            check_kind(entry);
        }
        if (streams != archive_.streams.substreams.size()) {
            report_.broken("count-mismatch", std::to_string(streams) + " entries have content, and there are " +
                                                 std::to_string(archive_.streams.substreams.size()) + " contents",
                           archive_.header, "Readers differ on which content belongs to which name.");
        }
        for (const SevenZipFolder& folder : archive_.streams.folders) {
            if (folder.members > 0 || folder.size() == 0) continue;
            report_.broken("gap", "a folder of " + std::to_string(folder.size()) + " bytes has no members", folder.packed_at,
                           "Bytes that no member covers are content that nothing examines.");
        }
    }

  private:
    void check_name(const SevenZipEntry& entry) {
        std::string_view name = entry.name;
        if (name == "." && entry.folder) return;
        if (name.starts_with("./")) name.remove_prefix(2);   // how bsdtar writes the members of a folder
        auto bad = bad_member_name(name);
        if (!bad && entry.bad_text) bad = "is no UTF-16: readers differ on what it is called";
        if (!bad && !entry.folder && name.back() == '/') bad = "ends as that of a folder";
        if (bad) {
            report_.broken("bad-name", "the name of entry " + quoted(entry.name) + " " + *bad, archive_.header,
                           "Extracted, it may reach another place than it seems.");
        }
        if (const auto clash = names_.add(name, number_)) {
            report_.broken(clash->exact ? "duplicate-name" : "colliding-name",
                           "entry " + quoted(entry.name) + (clash->exact ? " is there twice" : " differs from another only in case or form"),
                           archive_.header, "Extraction overwrites one by the other; readers differ on which they load.");
        }
    }

    void check_kind(const SevenZipEntry& entry) {
        const std::uint32_t type = entry.unix_type();
        const std::uint32_t attributes = entry.attributes.value_or(0);
        const char* const plain = "A model or package needs plain files only; links lead reads and writes elsewhere.";
        if (entry.anti) {
            report_.broken("anti-item", "unpacking the archive deletes " + quoted(entry.name), archive_.header,
                           "An archive that takes files away changes what is beside it.");
        }
        // A file that 7-Zip was given through a pipe has the mode of the pipe, and is a file.
        const bool piped = type == kPipe && entry.stream;
        if (type == kLink || (attributes & kReparsePoint) != 0) {
            report_.broken("link", "entry " + quoted(entry.name) + " is a link", archive_.header, plain);
        } else if (type != 0 && type != kRegular && type != kFolder && !piped) {
            report_.broken("special-file", "entry " + quoted(entry.name) + " is a device, pipe or socket", archive_.header, plain);
        }
        const bool says_folder = type == kFolder || (attributes & kWindowsFolder) != 0;
        if ((says_folder && !entry.folder) || (type == kRegular && entry.folder)) {
            report_.broken("folder-data", "entry " + quoted(entry.name) + " is a folder by its attributes or by its content, and not by both",
                           archive_.header, "Readers differ on whether it is there.");
        }
    }

    const SevenZipArchive& archive_;
    ContainerReport& report_;
    NameSet names_;
    std::size_t number_ = 0;
};

/// Walks entries and folders together: the contents of members are consecutive parts of what a folder gives out.
class Members {
  public:
    Members(ByteSource& source, const SevenZipArchive& archive, ParseContext& context, ContainerReport& report)
        : source_(source), archive_(archive), context_(context), report_(report) {}

    Examined run() {
        for (const SevenZipEntry& entry : archive_.files.entries) {
            if (entry.stream) {
                with_content(entry);
            } else {
                add_member(context_, entry.name, 0);
                if (!entry.folder) hand_out(entry, {});
            }
        }
        // Behind the last content: folders of no member, which 7-Zip leaves where a file turned out to be empty.
        while (next_folder() && folder().members == 0) {
        }
        return all_;
    }

  private:
    const SevenZipFolder& folder() const { return archive_.streams.folders[folder_]; }

    void with_content(const SevenZipEntry& entry) {
        while (!open_ || member_ == folder().members) {
            if (next_folder()) continue;
            all_ = Examined::partly;                // told as a mismatch of the counts
            return add_member(context_, entry.name, 0);
        }
        const SevenZipStreams::Substream& content = archive_.streams.substreams[folder().first_member + member_];
        ++member_;
        add_member(context_, entry.name, content.size);
        if (dead_) return;
        if (plan_.is_slice()) return slice(entry, content);
        expanded(entry, content);
    }

    /// Ends the folder that is open, and opens the one behind it; false when there is none.
    bool next_folder() {
        if (open_) {
            close_folder();
            ++folder_;
        }
        open_ = folder_ < archive_.streams.folders.size();
        if (open_) open_folder();
        return open_;
    }

    void open_folder() {
        dead_ = false;
        member_ = 0;
        at_ = folder().packed_at;
        output_.reset();
        plan_ = plan_of(folder());
        if (!context_.budget.step(kFolderSteps)) {
            report_.unscannable("it has more folders than the limits allow", at_);
            return kill();
        }
        if (!plan_.unread.empty()) {
            report_unread(plan_, members_of_folder(), at_, report_);
            return kill();
        }
        const std::uint64_t packed = archive_.streams.packed_sizes[folder().first_packed];
        if (!check_packed(source_, archive_.streams, folder(), plan_.is_slice() ? kCrcChecked : source_.size(), report_)) all_ = Examined::partly;
        if (plan_.sizes_differ || (plan_.stored && packed != folder().size())) {
            report_.broken("size-mismatch", "the sizes that the header states of " + members_of_folder() + " contradict each other", at_,
                           "Readers differ on what belongs to it.");
            return kill();
        }
        if (!plan_.is_slice()) {
            output_.emplace(source_, archive_.streams, folder(), plan_, context_.limits, context_.budget);
        }
    }

    std::string members_of_folder() const {
        return "the content of " + std::to_string(folder().members) + (folder().members == 1 ? " member" : " members");
    }

    /// Nothing more is read of this folder: why is told.
    void kill() {
        dead_ = true;
        all_ = Examined::partly;
    }

    void close_folder() {
        if (dead_ || member_ != folder().members) return;
        if (output_ && !output_->finish()) {
            report_stopped(*output_, members_of_folder(), folder().packed_at, report_);
            return kill();
        }
        // The CRC of a folder of one member is that of the member.
        if (!folder().crc || folder().members == 1) return;
        if (!output_ && folder().size() > kCrcChecked) return;
        const auto crc = output_ ? std::optional(output_->crc()) : crc32_of(source_, folder().packed_at, folder().size());
        if (crc != folder().crc) bad_crc(members_of_folder(), folder().packed_at);
    }

    void bad_crc(const std::string& what, std::uint64_t offset) {
        all_ = Examined::partly;
        report_.broken("bad-crc", what + " does not have the CRC-32 that the header states", offset,
                       "Scanners that stop at the checksum miss what readers that ignore it load.");
    }

    void slice(const SevenZipEntry& entry, const SevenZipStreams::Substream& content) {
        SliceSource bytes(source_, at_, content.size);
        if (content.crc && content.size <= kCrcChecked) {
            const auto crc = crc32_of(bytes, 0, bytes.size());
            if (!crc) {
                all_ = Examined::partly;
                report_.unscannable("entry " + quoted(entry.name) + " cannot be read", at_);
            } else if (crc != content.crc) {
                bad_crc("entry " + quoted(entry.name), at_);
            }
        }
        at_ += content.size;
        hand_to(entry, bytes);
    }

    void expanded(const SevenZipEntry& entry, const SevenZipStreams::Substream& content) {
        const bool keep = content.size <= context_.limits.member_bytes;
        if (!keep) {
            all_ = Examined::partly;
            report_.unscannable("entry " + quoted(entry.name) + " expands to more than one member may", folder().packed_at);
        }
        Bytes bytes;
        std::uint32_t crc = 0;
        const bool whole = output_->take(content.size, keep ? &bytes : nullptr, crc);
        if (!whole) {
            report_stopped(*output_, "entry " + quoted(entry.name), folder().packed_at, report_);
            kill();
        } else if (content.crc && *content.crc != crc) {
            bad_crc("entry " + quoted(entry.name), folder().packed_at);
        }
        if (keep && (whole || !bytes.empty())) hand_out(entry, bytes);
    }

    void hand_out(const SevenZipEntry& entry, ByteView bytes) {
        MemorySource content(bytes);
        hand_to(entry, content);
    }

    void hand_to(const SevenZipEntry& entry, ByteSource& content) {
        ParseContext inner = context_.inside(entry.name);
        if (examine(content, inner) == Examined::partly) all_ = Examined::partly;
    }

    ByteSource& source_;
    const SevenZipArchive& archive_;
    ParseContext& context_;
    ContainerReport& report_;
    Examined all_ = Examined::whole;
    std::size_t folder_ = 0;
    bool open_ = false;
    bool dead_ = false;
    std::size_t member_ = 0;           // of the folder, the next one
    std::uint64_t at_ = 0;             // of a stored folder: where the next member stands in the file
    SevenZipPlan plan_;
    std::optional<SevenZipOutput> output_;
};

}  // namespace

bool sniff_sevenzip(ByteSource& source, std::string_view) {
    const auto magic = source.view(0, kSevenZipMagic.size());
    return magic && as_text(*magic) == kSevenZipMagic;
}

Examined parse_sevenzip(ByteSource& source, ParseContext& context) {
    context.format("7z");
    ContainerReport report(context, "sevenzip");
    auto archive = read_sevenzip_archive(source, context.limits, context.budget, report);
    if (!archive) return Examined::partly;
    if (archive->files.nameless) archive->files.entries.front().name = content_name(context.name());
    EntryRules(*archive, report).run();
    const Examined members = Members(source, *archive, context, report).run();
    return report.clean() ? members : Examined::partly;
}

}  // namespace headgate::formats
