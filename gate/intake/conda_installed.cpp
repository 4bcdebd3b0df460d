// conda-meta/<package>.json, which conda writes for each package of an environment, and explicit lists: the text that
// `conda list --explicit`, `conda list --export` and conda-lock write (CEP 23).
#include <algorithm>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/conda.hpp"
#include "intake/requirements.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kMetaFormat = "conda-meta";
constexpr std::string_view kListFormat = "conda list";
constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999: what is more is milliseconds

class MetaReader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        Entry entry{"conda", text(root, "name")};
        entry.line = root.find("name") == nullptr ? root.line : root.find("name")->line;
        entry.version = text(root, "version");
        if (entry.name.empty() || entry.version.empty()) return fail("a package without name or version", root.line);
        entry.markers = text(root, "subdir");
        for (const std::string_view algorithm : {"sha256", "md5"}) {
            const std::string value = text(root, algorithm);
            if (!value.empty()) add_hashes(entry, std::string(algorithm) + ":" + value, context_);
        }
        const Tree* time = member(root, "timestamp", Tree::Type::integer);
        if (time != nullptr && time->integer > 0) set_released(entry, time->integer > kLastSecond ? time->integer / 1000 : time->integer);
        entry.url = without_login(text(root, "channel"));
        conda::set_archive(entry, text(root, "url"), context_);
        add(std::move(entry));
        return understood_;
    }
};

class ListReader {
  public:
    explicit ListReader(IntakeContext& context) : context_(context) {}

    bool read(std::string_view text) {
        const auto lines = split_lines(text);
        const bool is_explicit = std::any_of(lines.begin(), lines.end(), [](std::string_view line) { return trim(line) == "@EXPLICIT"; });
        for (const std::string_view raw : lines) {
            ++number_;
            const std::string_view line = trim(raw);
            if (line.starts_with("# pip ")) pip(line.substr(6));
            if (line.empty() || line.starts_with('#') || line == "@EXPLICIT") continue;
            if (!context_.room()) return false;
            if (!(is_explicit ? archive(line) : specification(line))) understood_ = false;
        }
        if (!pip_.empty() && !requirements::read_all(as_bytes(pip_), context_)) understood_ = false;
        return understood_;
    }

  private:
    /// conda-lock hands these to pip: a requirement each, in the line where it stands.
    void pip(std::string_view requirement) {
        while (pip_line_ < number_) {
            pip_ += '\n';
            ++pip_line_;
        }
        pip_ += requirement;
    }

    /// URL#hash, or the path of an archive.
    bool archive(std::string_view line) {
        const std::size_t mark = line.find('#');
        const std::string_view url = trim(line.substr(0, mark));
        const auto name = conda::read_archive_name(url);
        if (!name || url.find_first_of(" \t") != std::string_view::npos) return not_understood(context_, "a line that is no archive of a package", number_);
        Entry entry{"conda", ascii_lower(name->name)};
        entry.line = number_;
        entry.version = name->version;
        conda::set_archive(entry, url, context_);
        if (mark != std::string_view::npos && !hash(trim(line.substr(mark + 1)), entry)) return false;
        return record(std::move(entry), context_);
    }

    bool hash(std::string_view written, Entry& entry) {
        constexpr std::size_t kMd5 = 32;     // hex digits
        constexpr std::size_t kSha256 = 64;
        const bool named = written.find(':') != std::string_view::npos;
        const std::string algorithm = named ? std::string() : written.size() == kMd5 ? "md5:" : written.size() == kSha256 ? "sha256:" : "?:";
        const std::size_t before = context_.evidence.findings.size();
        add_hashes(entry, algorithm + std::string(written), context_);
        return context_.evidence.findings.size() == before || not_understood(context_, "a hash that is none", number_);
    }

    /// "name=version=build"; what pip installed has the build "pypi_0".
    bool specification(std::string_view line) {
        auto entry = conda::read_match_spec(line, number_);
        if (!entry) return not_understood(context_, "a line that is no package: " + escape_terminal(without_login(line), 100), number_);
        if (line.ends_with("=pypi_0")) entry->type = "pypi";
        return record(std::move(*entry), context_);
    }

    IntakeContext& context_;
    std::string pip_;
    std::uint32_t pip_line_ = 1;
    std::uint32_t number_ = 0;
    bool understood_ = true;
};

}  // namespace

bool matches_conda_meta(std::string_view file_name) { return file_name.ends_with(".json"); }
bool matches_conda_list(std::string_view file_name) {
    return file_name == "explicit.txt" || file_name == "spec-file.txt" || (file_name.starts_with("conda-") && file_name.ends_with(".lock"));
}

bool parse_conda_meta(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_json_tree(bytes);
    if (!root) return malformed(context, kMetaFormat, root.error().message);
    if (!root->is_table()) return malformed(context, kMetaFormat, "the document is no object");
    context.format(kMetaFormat);
    return MetaReader(context).read(*root);
}

bool parse_conda_list(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, kListFormat);
    if (!text) return false;
    context.format(kListFormat);
    return ListReader(context).read(*text);
}

}  // namespace headgate::intake
