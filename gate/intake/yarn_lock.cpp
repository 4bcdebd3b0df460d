// yarn.lock of yarn 1: its own syntax, read line by line. The lockfiles of yarn 2 and later are YAML (yarn_berry.cpp).
#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/npm_entry.hpp"
#include "intake/yarn_lock.hpp"

namespace headgate::intake {
namespace {

std::string_view unquoted(std::string_view text) {
    return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(std::string_view text) {
        for (const std::string_view raw : split_lines(text)) {
            ++number_;
            const std::string_view line = trim(raw);
            if (line.empty() || line.starts_with('#')) continue;
            if (!context_.room()) return false;
            const std::size_t indent = raw.find_first_not_of(' ');
            if (indent == 0) {
                begin(line);
            } else if (indent == 2 && open_) {
                field(line);
            } else if (indent < 4 || !open_ || !in_list_) {  // deeper lines name ranges of other entries
                fail("a line that belongs to no entry");
            }
        }
        finish();
        return understood_;
    }

  private:
    void fail(const std::string& why) { understood_ = not_understood(context_, why, number_); }

    /// `name@range, "name@other range":`
    void begin(std::string_view line) {
        finish();
        entry_ = Entry{"npm", {}};
        entry_.line = number_;
        asked_.clear();
        resolved_.clear();
        fields_.clear();
        open_ = true;
        in_list_ = false;
        if (!line.ends_with(':')) {
            fail("an entry without ':'");
            open_ = false;
            return;
        }
        line.remove_suffix(1);
        for (std::string_view rest = line; !rest.empty();) {
            const bool quoted = rest.front() == '"';
            const std::size_t end = quoted ? rest.find('"', 1) : std::min(rest.find(','), rest.size());
            if (end == std::string_view::npos) return fail("a quote that is not closed");
            pattern(trim(quoted ? rest.substr(1, end - 1) : rest.substr(0, end)));
            rest = trim(rest.substr(std::min(end + (quoted ? 1 : 0), rest.size())));
            if (rest.starts_with(',')) rest = trim(rest.substr(1));
        }
    }

    void pattern(std::string_view text) {
        auto [name, range] = npm::split_name(text);
        std::string_view real = name;
        if (range.starts_with("npm:")) {
            const auto alias = npm::split_name(range.substr(4));
            if (!alias.rest.empty() || !npm::is_version(alias.name)) real = alias.name;
        }
        if (name.empty() || real.empty()) return fail("an entry without a name");
        asked_.emplace_back(name, range);
        if (entry_.name.empty()) {
            entry_.name = real;
            entry_.written = name;
        } else if (entry_.name != real) {
            npm::name_differs(name, entry_, context_);
        }
    }

    void field(std::string_view line) {
        const std::size_t space = std::min(line.find(' '), line.size());
        const std::string_view key = unquoted(line.substr(0, space));
        const std::string_view value = unquoted(trim(line.substr(space)));
        in_list_ = line.ends_with(':');
        if (in_list_) return;
        if (!fields_.insert(std::string(key)).second) fail("field '" + escape_terminal(key, 100) + "' stands twice: yarn takes the last");
        if (key == "version") {
            entry_.version = value;
        } else if (key == "resolved") {
            resolved_ = value;
        } else if (key == "integrity") {
            add_hashes(entry_, value, context_);
        } else if (key != "uid" && key != "registry" && key != "permissions") {
            fail("field '" + escape_terminal(key, 100) + "' is not known");
        }
    }

    void finish() {
        if (!open_) return;
        open_ = false;
        if (entry_.name.empty() || entry_.version.empty()) {
            understood_ = not_understood(context_, "an entry without name or version", entry_.line);
            return;
        }
        for (const auto& [name, range] : asked_) {   // by the project or by any package
            npm::declare(name, range, "descriptor", entry_.line, context_);
            npm::declare_resolved(entry_.name, range, entry_.version, entry_.line, context_);
        }
        const std::size_t hash = resolved_.find('#');
        const std::string fragment = hash == std::string::npos ? std::string() : resolved_.substr(hash + 1);
        const bool web = resolved_.starts_with("http");
        const bool commit = web && resolved_.find("/-/") == std::string::npos && !resolved_.substr(0, hash).ends_with(".tgz") && hash != std::string::npos;
        if (commit) {  // "https://github.com/user/repository#<commit>"
            from_git(entry_, std::string_view(resolved_).substr(0, hash), fragment);
        } else if (!npm::set_resolved(entry_, resolved_)) {
            understood_ = not_understood(context_, "a source that is not understood: " + escape_terminal(without_login(resolved_), 100), entry_.line);
            return;
        }
        if (entry_.source != Requirement::Source::git && entry_.integrity.empty()) {
            if (auto sha1 = hash_of("sha1", fragment)) entry_.integrity.push_back(std::move(*sha1));
        }
        if (web) npm::check_archive(entry_, resolved_, context_);
        if (!record(std::move(entry_), context_)) understood_ = false;
    }

    IntakeContext& context_;
    Entry entry_{"npm", {}};
    std::vector<std::pair<std::string, std::string>> asked_;   // name and range of each
    std::string resolved_;
    std::set<std::string> fields_;
    std::uint32_t number_ = 0;
    bool open_ = false;
    bool in_list_ = false;
    bool understood_ = true;
};

}  // namespace

bool matches_yarn_lock(std::string_view file_name) { return file_name == "yarn.lock"; }

bool parse_yarn_lock(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, "yarn.lock");
    if (!text) return false;
    if (text->starts_with("__metadata:") || text->find("\n__metadata:") != std::string_view::npos) return yarn::parse_berry(bytes, context);
    context.format("yarn.lock");
    return Reader(context).read(*text);
}

}  // namespace headgate::intake
