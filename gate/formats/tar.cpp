#include "formats/tar.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "formats/container_report.hpp"
#include "formats/member_names.hpp"
#include "formats/nemo.hpp"
#include "formats/package_tar.hpp"
#include "formats/tar_headers.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kLongestExtension = 1U << 20U;  // bytes of a pax header or long name

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

/// Walks the headers: members in order, findings for everything that is no plain file or folder.
class TarWalk {
  public:
    TarWalk(ByteSource& source, ParseContext& context, ContainerReport& report)
        : source_(source), context_(context), report_(report) {}

    std::vector<TarEntry> run() {
        while (next()) {
        }
        return std::move(members_);
    }

  private:
    bool next() {
        if (at_ == source_.size() || source_.size() - at_ < kTarBlock) {
            report_.broken("cut-off", "the archive ends without its two zero blocks", at_,
                           "It is cut off; members behind the cut are missing.");
            return false;
        }
        const auto block = source_.view(at_, kTarBlock);
        if (!block || ++headers_ > context_.limits.members || !context_.budget.step()) {
            report_.unscannable("the archive has more entries than the limits allow, or cannot be read", at_);
            return false;
        }
        if (is_zero_block(*block)) return end_of_archive();
        auto header = read_tar_header(*block);
        if (!header || (!has_tar_magic(*block) && as_text(block->subspan(257, 8)) != std::string_view("\0\0\0\0\0\0\0\0", 8))) {
            report_.broken("broken", "no tar header stands where the next one must be", at_,
                           "Readers that skip ahead to the next header see other members.");
            return false;
        }
        const std::uint64_t here = at_;
        at_ += kTarBlock;
        return extension(*header, here) || member(*header, here);
    }

    /// pax headers and GNU long names describe the entry behind them.
    bool extension(const TarHeader& header, std::uint64_t here) {
        if (header.type != 'x' && header.type != 'g' && header.type != 'L' && header.type != 'K') return false;
        // Go's reader forgets an earlier one of the kind, and all of them at a global one; others gather them.
        const bool again = header.type == 'x' ? has_pax_ : header.type == 'L' ? long_name_.has_value() : header.type == 'K' ? long_link_.has_value() : pending();
        if (again) ambiguous(here);
        const auto data = header.size <= kLongestExtension ? take(header.size, here) : std::nullopt;
        if (!data) {
            report_.broken("broken", "an extended header is longer than the archive or than " +
                               std::to_string(kLongestExtension) + " bytes",
                           here, "Readers differ on the name of the entry behind it.");
            at_ = source_.size();
            stopped_ = true;
            return true;
        }
        if (header.type == 'x' || header.type == 'g') return pax(*data, header.type, here), true;
        auto text = read_long_name(*data);
        if (!text) unlike("a long name or link", here);
        (header.type == 'L' ? long_name_ : long_link_) = text.value_or("");
        return true;
    }

    void pax(ByteView data, char type, std::uint64_t here) {
        has_pax_ = has_pax_ || type == 'x';
        const auto records = read_pax(data);
        if (!records) {
            report_.broken("broken", "a pax header is malformed or has a key twice", here,
                           "Readers differ on the name and size of the entry behind it.");
            return;
        }
        for (const auto& [key, value] : *records) {
            const bool names = key == "path" || key == "linkpath" || key == "size" || key.starts_with("GNU.sparse");
            if (type == 'g') {
                if (names || key == "hdrcharset") {
                    report_.broken("global-header", "a global pax header sets " + quoted(key) + " for all entries", here,
                                   "Readers differ on whether it applies.");
                }
                continue;
            }
            if ((key == "path" || key == "linkpath") && !is_pax_name(value)) unlike("the " + key + " of a pax header", here);
            if (key == "path") {
                pax_name_ = value;
            } else if (key == "size") {
                const auto size = read_decimal(value);
                if (!size) ambiguous(here);
                pax_size_ = size;
            } else if (key.starts_with("GNU.sparse")) {
                report_.broken("sparse", "a sparse member (" + key + ")", here, "Readers differ on what it expands to.");
            } else if (key == "hdrcharset") {
                report_.broken("broken", "a pax header sets a character set", here, "Readers differ on the names.");
            }
        }
    }

    bool member(const TarHeader& header, std::uint64_t here) {
        if (stopped_) return false;
        TarEntry entry;
        entry.header_offset = here;
        entry.name = name_of(header, here);
        entry.size = header.size;
        if (pax_size_) {
            // The narrow field cannot hold it (then writers put 0 or the low digits) or it must say the same.
            if (!agrees_with_pax_size(header.size, *pax_size_)) {
                report_.broken("size-mismatch", "the pax size of " + quoted(entry.name) + " differs from its header", here,
                               "Readers differ on where the member ends and the next header is.");
            }
            entry.size = *pax_size_;
        }
        pax_name_ = std::nullopt;
        long_name_ = std::nullopt;
        long_link_ = std::nullopt;
        pax_size_ = std::nullopt;
        has_pax_ = false;
        for (const std::string& problem : header.problems) {
            report_.broken("bad-name", "entry " + quoted(entry.name) + ": " + problem, here, "Readers differ on the name.");
        }
        const bool folder = check_kind(header, entry);
        check_name(entry.name, here);
        entry.data_offset = at_;
        if (folder) entry.size = 0;
        const std::uint64_t rest = source_.size() - at_;
        if (entry.size > rest) {
            report_.broken("cut-off", "member " + quoted(entry.name) + " says " + std::to_string(entry.size) + " bytes, " +
                               std::to_string(rest) + " are there",
                           here, "It is cut off.");
            entry.size = rest;
            members_.push_back(std::move(entry));
            return false;
        }
        skip_padded(entry.size, entry.name);
        if (!folder) members_.push_back(std::move(entry));
        return true;
    }

    std::string name_of(const TarHeader& header, std::uint64_t here) {
        if (pax_name_ && long_name_) ambiguous(here);
        const std::string& name = pax_name_ ? *pax_name_ : long_name_ ? *long_name_ : header.name;
        // The short name is a fallback for old readers: a cut or made-up form is usual, an escape is not.
        if (&name != &header.name && !header.name.empty()) {
            if (const auto bad = bad_member_name(trimmed(header.name)); bad && *bad != "is not UTF-8: readers differ on what it is called") {
                report_.broken("bad-name", "the short name " + quoted(header.name) + " of entry " + quoted(name) + " " + *bad, here,
                               "Old readers use it.");
            }
        }
        return name;
    }

    /// "./" in front is how tar writes the members of `tar -C folder .`.
    static std::string_view trimmed(std::string_view name) {
        if (name == "." || name == "./") return {};
        return name.starts_with("./") ? name.substr(2) : name;
    }

    void check_name(std::string_view written, std::uint64_t here) {
        if (written == "." || written == "./") return;
        const std::string_view name = trimmed(written);
        if (const auto bad = bad_member_name(name)) {
            report_.broken("bad-name", "the name of entry " + quoted(written) + " " + *bad, here,
                           "Extracted, it may reach another place than it seems.");
        }
        if (const auto clash = names_.add(name, headers_)) {
            report_.broken(clash->exact ? "duplicate-name" : "colliding-name",
                           "entry " + quoted(written) + (clash->exact ? " is there twice" : " differs from another only in case or form"),
                           here, "Extraction overwrites one by the other; readers differ on which they load.");
        }
    }

    /// True for a folder (no data).
    bool check_kind(const TarHeader& header, const TarEntry& entry) {
        const char type = header.type;
        if (type == '0' || type == '7') {
            return !entry.name.empty() && entry.name.back() == '/' && entry.size == 0;
        }
        if (type == '5') {
            if (header.size != 0) {
                report_.broken("folder-data", "folder entry " + quoted(entry.name) + " has a size", entry.header_offset,
                               "Readers differ on where the next header is.");
            }
            return true;
        }
        const bool link = type == '1' || type == '2';
        const bool device = type == '3' || type == '4' || type == '6';
        report_.broken(link ? "link" : device ? "special-file" : "unknown-type",
                       "entry " + quoted(entry.name) + (link ? " is a link to " + quoted(header.link)
                                                        : device ? std::string(" is a device or pipe")
                                                                 : " has the unknown type " + std::to_string(static_cast<unsigned char>(type))),
                       entry.header_offset, "A model or package needs plain files only; links lead reads and writes elsewhere.");
        return (link || device) && header.size == 0;
    }

    bool end_of_archive() {
        const std::uint64_t rest = source_.size() - at_;
        std::uint64_t zeros = 0;
        while (zeros < rest) {
            const auto window = source_.view(at_ + zeros, std::min<std::uint64_t>(rest - zeros, 1U << 16U));
            if (!window || !context_.budget.step(window->size() / 64 + 1)) {
                report_.unscannable("the padding at the end cannot be read within the limits", at_ + zeros);
                return false;
            }
            const auto other = std::find_if(window->begin(), window->end(), [](std::uint8_t b) { return b != 0; });
            zeros += static_cast<std::uint64_t>(other - window->begin());
            if (other != window->end()) {
                report_.broken("trailing-bytes", "there is content behind the end of the archive", at_ + zeros,
                               "Readers that ignore zero blocks load members that others do not show.");
                return false;
            }
        }
        if (rest < 2 * kTarBlock) {
            report_.broken("cut-off", "the archive ends without its two zero blocks", at_, "It is cut off.");
        }
        if (pending()) {
            report_.broken("broken", "an extended header describes no entry", at_, "The archive is cut off or forged.");
        }
        return false;
    }

    std::optional<ByteView> take(std::uint64_t size, std::uint64_t) {
        if (size > source_.size() - at_) return std::nullopt;
        const auto data = source_.view(at_, size);
        if (data) skip_padded(size, "an extended header");
        return data;
    }

    void skip_padded(std::uint64_t size, std::string_view what) {
        at_ += size;
        const std::uint64_t pad = (kTarBlock - size % kTarBlock) % kTarBlock;
        const std::uint64_t there = std::min(pad, source_.size() - at_);
        const auto bytes = source_.view(at_, there);
        if (bytes && !is_zero_block(*bytes)) {
            report_.broken("padding", "the padding behind " + quoted(what) + " is not zero", at_,
                           "Bytes that no member covers are content that nothing examines.");
        }
        at_ += there;
    }

    void ambiguous(std::uint64_t here) {
        report_.broken("ambiguous-name", "the entry's name, link or size is given twice in extended headers", here,
                       "Readers differ on which one counts.");
    }

    void unlike(const std::string& what, std::uint64_t here) {
        report_.broken("ambiguous-name", what + " is empty or holds a NUL", here,
                       "Some readers end it there or keep the name of the header, and others do not.");
    }
    bool pending() const { return has_pax_ || long_name_ || long_link_; }

    ByteSource& source_;
    ParseContext& context_;
    ContainerReport& report_;
    std::uint64_t at_ = 0;
    std::uint32_t headers_ = 0;
    bool stopped_ = false;
    NameSet names_;
    std::vector<TarEntry> members_;
    std::optional<std::string> pax_name_, long_name_, long_link_;
    std::optional<std::uint64_t> pax_size_;
    bool has_pax_ = false;           // an extended header is read, and its entry is not
};

Examined examine_tar_members(ByteSource& source, const std::vector<TarEntry>& members, ParseContext& context) {
    context.format("tar");
    Examined all = Examined::whole;
    for (const TarEntry& member : members) {
        add_member(context, member.name, member.size);
        SliceSource content(source, member.data_offset, member.size);
        ParseContext inner = context.inside(member.name);
        if (examine(content, inner) == Examined::partly) all = Examined::partly;
        if (!is_nemo_config(member.name)) continue;
        const auto config = member.size <= context.limits.member_bytes ? content.all() : std::nullopt;
        if (!config || check_nemo_config(*config, inner) == Examined::partly) all = Examined::partly;
    }
    return all;
}

}  // namespace

bool sniff_tar(ByteSource& source, std::string_view name) {
    const auto block = source.view(0, kTarBlock);
    if (!block) return false;
    const bool called_tar = ascii_lower(name).ends_with(".tar");
    if (is_zero_block(*block)) return called_tar;
    if (as_text(*block).substr(257, 5) == "ustar") return true;
    return called_tar && has_tar_checksum(*block);
}

Examined parse_tar(ByteSource& source, ParseContext& context) {
    std::vector<TarEntry> members;
    bool clean = true;
    {
        ContainerReport report(context, "tar");
        members = TarWalk(source, context, report).run();
        clean = report.clean();
    }
    const PackageKind kind = package_kind(members, context);
    const Examined examined =
        kind == PackageKind::none ? examine_tar_members(source, members, context) : examine_package(source, kind, members, context);
    return clean ? examined : Examined::partly;
}

}  // namespace headgate::formats
