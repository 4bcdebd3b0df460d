// Gemfile.lock, gems.locked (bundler's lockfile_parser.rb): sections by indentation.
#include <array>
#include <map>
#include <set>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/entry.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "Gemfile.lock";

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(std::string_view text) {
        for (const std::string_view raw : split_lines(text)) {
            ++number_;
            const std::string_view line = trim(raw);
            if (line.empty()) continue;
            if (entries_.size() > context_.limits.facts || !context_.room()) return overflow();
            const std::size_t indent = raw.find_first_not_of(' ');
            if (indent == 0) {
                begin(line);
            } else if (is_source()) {
                source_line(indent, line);
            } else if (section_ == "CHECKSUMS") {
                checksum(line);
            } else if (section_ == "DEPENDENCIES") {
                asked(line);
            } else if (section_ == "BUNDLED WITH") {
                bundler_ = line;
                bundler_line_ = number_;
            } else if (section_.empty()) {
                fail("a line outside of every section");
            }
        }
        finish_source();
        if (section_.empty() && understood_) return not_understood(context_, "no section: it is no lockfile of Bundler", 1);
        old_bundler();
        for (Entry& entry : entries_) {
            const std::string platform = entry.markers.empty() ? std::string() : "-" + entry.markers.substr(std::string_view("platform ").size());
            if (const auto hashes = checksums_.find(entry.name + " " + entry.version + platform); hashes != checksums_.end()) entry.integrity = hashes->second;
            if (!record(std::move(entry), context_)) understood_ = false;
        }
        return understood_;
    }

  private:
    bool is_source() const { return section_ == "GEM" || section_ == "GIT" || section_ == "PATH" || section_ == "PLUGIN SOURCE"; }
    void fail(const std::string& why) { understood_ = not_understood(context_, why, number_); }
    bool overflow() { return not_understood(context_, "more entries than the limit", number_); }

    void begin(std::string_view line) {
        finish_source();
        section_ = line;
        if (is_source()) return;
        for (const std::string_view known : {"PLATFORMS", "DEPENDENCIES", "CHECKSUMS", "RUBY VERSION", "BUNDLED WITH"}) {
            if (section_ == known) return;
        }
        fail("section '" + escape_terminal(line, 100) + "' is not known");
        section_.clear();
    }

    void source_line(std::size_t indent, std::string_view line) {
        if (indent == 2) {
            const std::size_t colon = line.find(':');
            if (colon == std::string_view::npos) return fail("a line of a source without ':'");
            const std::string_view key = line.substr(0, colon);
            const std::string_view value = trim(line.substr(colon + 1));
            if (key == "remote") {
                remotes_.emplace_back(value);
                remote_line_ = number_;
            } else if (key == "revision") {
                revision_ = value;
            }
        } else if (indent == 4) {
            gem(line);
        } else if (indent < 4) {
            fail("a line that belongs to no source");
        }  // deeper: what a gem asks for, which has a line of its own
    }

    /// name (version)
    void gem(std::string_view line) {
        const std::size_t open = line.find(" (");
        if (open == std::string_view::npos || !line.ends_with(')')) return fail("a gem without version");
        Entry entry{"gem", std::string(line.substr(0, open))};
        // "1.13.0-x86_64-linux": the platform stands behind the version.
        const std::string_view full = line.substr(open + 2, line.size() - open - 3);
        const std::size_t dash = full.find('-');
        entry.version = full.substr(0, dash);
        if (dash != std::string_view::npos) entry.markers = "platform " + std::string(full.substr(dash + 1));
        entry.line = number_;
        if (!is_exact(entry.version)) return fail("a gem whose version is none");
        open_.push_back(std::move(entry));
    }

    /// Before 2.2.18 a gem that another one asks for could come from any of the sources, whatever block it stands in (CVE-2020-36327).
    void old_bundler() {
        if (hosts_.size() < 2 || bundler_.empty()) return;
        constexpr std::array<int, 3> kSafe = {2, 2, 18};
        std::array<int, 3> version = {0, 0, 0};
        const auto parts = split(bundler_, '.');
        for (std::size_t i = 0; i < version.size() && i < parts.size(); ++i) {
            for (const char c : parts[i].substr(0, 6)) {
                if (c >= '0' && c <= '9') version[i] = version[i] * 10 + (c - '0');
            }
        }
        if (version >= kSafe) return;
        context_.finding("manifest.old-resolver", Severity::high, "Bundler " + escape_terminal(bundler_, 40) + " wrote this lockfile of several sources: before 2.2.18 it takes a gem from any of them",
                         context_.at_line(bundler_line_), "A gem of a public source may have taken the place of one of an internal source.",
                         "Update Bundler to 2.2.18 or later, and let it write the lockfile anew.");
    }

    /// "rails (~> 7.0, >= 7.0.1)", "mine!": what the Gemfile asked for when the lockfile was made. '!' has a source of its own.
    void asked(std::string_view line) {
        const bool placed = line.ends_with('!');
        if (placed) line.remove_suffix(1);
        const std::size_t open = line.find(" (");
        Entry entry{"gem", std::string(line.substr(0, open))};
        entry.line = number_;
        if (placed) entry.source = Requirement::Source::unknown;   // that of its section
        if (open != std::string_view::npos && line.ends_with(')')) {
            entry.range = line.substr(open + 2, line.size() - open - 3);
            std::string_view version = entry.range;
            if (version.starts_with("= ")) version.remove_prefix(2);
            if (is_exact(version)) entry.version = version;
        }
        declare(std::move(entry), context_);
    }

    void checksum(std::string_view line) {
        const std::size_t open = line.find(" (");
        const std::size_t close = line.find(')');
        if (open == std::string_view::npos || close == std::string_view::npos || close < open) return fail("a checksum that belongs to no gem");
        std::vector<std::string> hashes;
        for (const std::string_view word : split(trim(line.substr(close + 1)), ',')) {
            if (word.empty()) continue;
            const std::size_t equals = word.find('=');
            auto hash = equals == std::string_view::npos ? std::nullopt : hash_of(word.substr(0, equals), word.substr(equals + 1));
            if (!hash) return fail("a checksum that is none");
            hashes.push_back(std::move(*hash));
        }
        if (!hashes.empty()) checksums_[std::string(line.substr(0, open)) + " " + std::string(line.substr(open + 2, close - open - 2))] = std::move(hashes);
    }

    void finish_source() {
        if (is_source()) {
            using Role = IndexOption::Role;
            const bool several = section_ == "GEM" && remotes_.size() > 1;
            for (std::size_t i = 0; several && i < remotes_.size(); ++i) {  // each gem may come from any of them
                context_.evidence.index_options.push_back({context_.at_line(remote_line_), i == 0 ? Role::primary : Role::extra, "gem", without_login(remotes_[i]), "remote", {}});
            }
            if (section_ == "GEM") {
                for (const std::string& remote : remotes_) hosts_.insert(host_of(remote));
            }
            if (remotes_.empty() && !open_.empty()) fail("a source without remote");
            for (Entry& entry : open_) {
                const std::string remote = several || remotes_.empty() ? std::string() : without_login(remotes_.front());
                if (section_ == "GIT") {
                    from_git(entry, remote, revision_);
                } else if (section_ == "PATH") {
                    entry.source = Requirement::Source::path;
                    entry.url = remote;
                } else if (section_ == "PLUGIN SOURCE") {
                    entry.source = Requirement::Source::unknown;
                    entry.url = remote;
                } else {
                    entry.url = remote;
                }
                entries_.push_back(std::move(entry));
            }
        }
        open_.clear();
        remotes_.clear();
        revision_.clear();
    }

    IntakeContext& context_;
    std::string section_;
    std::vector<std::string> remotes_;
    std::string revision_;
    std::uint32_t remote_line_ = 1;
    std::string bundler_;                // version that wrote the lockfile
    std::uint32_t bundler_line_ = 1;
    std::set<std::string> hosts_;        // of the sections GEM
    std::vector<Entry> open_;            // of the section that is being read
    std::vector<Entry> entries_;
    std::map<std::string, std::vector<std::string>> checksums_;
    std::uint32_t number_ = 0;
    bool understood_ = true;
};

}  // namespace

bool matches_gemfile_lock(std::string_view file_name) { return file_name == "Gemfile.lock" || file_name == "gems.locked"; }

bool parse_gemfile_lock(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, kFormat);
    if (!text) return false;
    context.format(kFormat);
    return Reader(context).read(*text);
}

}  // namespace headgate::intake
