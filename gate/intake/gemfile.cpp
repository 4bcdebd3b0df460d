// Gemfile, gems.rb: a Ruby program. The statements that name gems and sources in the plain form that everybody writes are read;
// whatever else the program does is an Opaque.
#include <algorithm>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/entry.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "Gemfile";
constexpr std::size_t kLongestStatement = 16'384;

/// The arguments of one statement: texts, and options `key: value`.
struct Statement {
    std::string name;
    std::vector<std::string> texts;
    std::vector<std::pair<std::string, std::string>> options;
    bool block = false;                  // ends with `do`
    bool computed = false;               // a text holds #{...}

    std::string option(std::string_view wanted) const {
        for (const auto& [key, value] : options) {
            if (key == wanted) return value;
        }
        return {};
    }
    bool has(std::string_view wanted) const {
        for (const auto& [key, value] : options) {
            if (key == wanted) return true;
        }
        return false;
    }
};

class Scanner {
  public:
    explicit Scanner(std::string_view line) : line_(line) {}

    /// nullopt: not a statement of the plain form.
    std::optional<Statement> read() {
        Statement statement;
        statement.name = word();
        if (statement.name.empty()) return std::nullopt;
        const bool bracket = rest().starts_with('(');
        if (bracket) ++at_;
        if (!bracket && !rest().empty() && line_[at_] != ' ' && line_[at_] != '\t') return std::nullopt;
        for (bool first = true;; first = false) {
            space();
            if (rest().empty()) break;
            if (bracket && eat(')')) continue;
            if (rest() == "do" || rest().starts_with("do |")) {
                statement.block = true;
                return statement;
            }
            if (!first && !eat(',')) return std::nullopt;
            if (!argument(statement)) return std::nullopt;
        }
        return statement;
    }

  private:
    std::string_view rest() const { return line_.substr(at_); }
    void space() {
        while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t')) ++at_;
    }
    bool eat(char c) {
        space();
        if (at_ >= line_.size() || line_[at_] != c) return false;
        ++at_;
        return true;
    }
    static bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }
    std::string word() {
        const std::size_t begin = at_;
        while (at_ < line_.size() && is_word(line_[at_])) ++at_;
        return std::string(line_.substr(begin, at_ - begin));
    }
    bool text(std::string& value, bool& computed) {
        space();
        if (at_ >= line_.size() || (line_[at_] != '"' && line_[at_] != '\'')) return false;
        const char quote = line_[at_];
        const std::size_t end = line_.find(quote, at_ + 1);
        if (end == std::string_view::npos) return false;
        value = line_.substr(at_ + 1, end - at_ - 1);
        computed = computed || (quote == '"' && value.find("#{") != std::string::npos);
        at_ = end + 1;
        return value.find('\\') == std::string::npos;
    }

    /// "text", :symbol, key: value, :key => value, "key" => value, [list]
    bool argument(Statement& statement) {
        space();
        std::string key;
        if (text(key, statement.computed)) {
            space();
            if (rest().starts_with("=>")) {
                at_ += 2;
                return option(statement, key);
            }
            statement.texts.push_back(std::move(key));
            return true;
        }
        const bool symbol = eat(':');
        key = word();
        if (key.empty()) return false;
        if (!symbol) return eat(':') && option(statement, key);
        space();
        if (rest().starts_with("=>")) {
            at_ += 2;
            return option(statement, key);
        }
        statement.texts.push_back(std::move(key));
        return true;
    }

    bool option(Statement& statement, std::string key) {
        std::string value;
        if (!this->value(value, statement.computed)) return false;
        statement.options.emplace_back(std::move(key), std::move(value));
        return true;
    }

    bool value(std::string& value, bool& computed) {
        if (text(value, computed)) return true;
        if (rest().starts_with("%i[") || rest().starts_with("%w[")) {
            const std::size_t end = rest().find(']');
            if (end == std::string_view::npos || rest().substr(0, end).find_first_of("\\#") != std::string_view::npos) return false;
            value = trim(rest().substr(3, end - 3));
            std::replace(value.begin(), value.end(), ' ', ',');
            at_ += end + 1;
            return true;
        }
        if (eat('[')) {
            for (bool first = true; !eat(']'); first = false) {
                std::string item;
                if ((!first && !eat(',')) || !this->scalar(item, computed)) return false;
                value += (value.empty() ? "" : ",") + item;
            }
            return true;
        }
        return scalar(value, computed);
    }
    bool scalar(std::string& value, bool& computed) {
        if (text(value, computed)) return true;
        eat(':');
        value = word();
        return !value.empty();
    }

    std::string_view line_;
    std::size_t at_ = 0;
};

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(std::string_view text) {
        for (const std::string_view raw : split_lines(text)) {
            ++number_;
            if (!context_.room()) return false;
            joined_ += without_comment(raw);
            const std::string_view line = trim(joined_);
            if (line.ends_with(',')) {   // an argument list goes on
                if (first_ == 0) first_ = number_;
                if (joined_.size() > kLongestStatement) {
                    fail("a statement that is too long");
                    joined_.clear();
                    first_ = 0;
                    continue;
                }
                joined_ = std::string(line) + " ";
                continue;
            }
            if (first_ == 0) first_ = number_;
            if (!line.empty()) statement(line);
            joined_.clear();
            first_ = 0;
        }
        if (!trim(joined_).empty()) fail("a statement that is not finished");
        if (!blocks_.empty()) fail("a block that is not closed");
        return understood_;
    }

  private:
    struct Block {
        std::string kind;
        std::string place;
        std::string reference;
    };

    void fail(const std::string& why) { understood_ = not_understood(context_, why, first_ == 0 ? number_ : first_); }

    static std::string_view without_comment(std::string_view line) {
        char quote = 0;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (quote != 0) {
                if (line[i] == quote) quote = 0;
            } else if (line[i] == '"' || line[i] == '\'') {
                quote = line[i];
            } else if (line[i] == '#') {
                return line.substr(0, i);
            }
        }
        return line;
    }

    void statement(std::string_view line) {
        if (line == "end") {
            if (blocks_.empty()) return fail("`end` without a block");
            blocks_.pop_back();
            return;
        }
        if (is_usual_git_source(line)) return;
        if (line.starts_with("git_source(")) return fail("a source of the Gemfile's own, which only a program can tell");
        const auto one = Scanner(line).read();
        if (!one) return fail("a statement of Ruby that is not read");
        const std::string& name = one->name;
        if (name == "gem") return gem(*one);
        if (name == "source") return source(*one);
        if (one->computed) return fail("a text that a program computes");
        if (name == "git" || name == "github" || name == "path") return open(*one, name, name == "github" ? "github:" + first(*one) : first(*one));
        if (name == "group" || name == "groups" || name == "platforms" || name == "platform") return open(*one, "group", {});
        if (name == "eval_gemfile" || name == "gemspec" || name == "plugin") return fail("`" + name + "` brings in what stands in another file");
        if (name != "ruby") fail("statement '" + escape_terminal(name, 60) + "' is not known");
    }

    /// git_source(:github) { |name| "https://github.com/#{name}.git" }: what new projects are made with, and Bundler means anyway.
    static bool is_usual_git_source(std::string_view line) {
        std::string plain;
        for (const char c : line) {
            if (c != ' ') plain += c;
        }
        constexpr std::string_view kBegin = "git_source(:github){|";
        if (!plain.starts_with(kBegin)) return false;
        const std::size_t bar = plain.find('|', kBegin.size());
        if (bar == std::string::npos) return false;
        const std::string name = plain.substr(kBegin.size(), bar - kBegin.size());
        return plain.substr(bar + 1) == "\"https://github.com/#{" + name + "}.git\"}";
    }

    static std::string first(const Statement& one) { return one.texts.empty() ? std::string() : one.texts.front(); }

    void open(const Statement& one, std::string kind, std::string place) {
        if (!one.block) return fail("`" + one.name + "` without a block");
        std::string reference = one.option("ref");
        blocks_.push_back({std::move(kind), std::move(place), std::move(reference)});
    }

    /// Global, or for the gems of a block alone. Several global sources are all asked for every gem.
    void source(const Statement& one) {
        using Role = IndexOption::Role;
        const std::string url = first(one) == "rubygems" ? std::string() : first(one);
        if (one.computed || (url.empty() && first(one).empty())) return fail("a source whose URL is not written out");
        if (one.block) {
            blocks_.push_back({"source", without_login(url), {}});
            return;
        }
        if (url.empty()) return;
        context_.evidence.index_options.push_back({context_.at_line(first_), sources_++ == 0 ? Role::primary : Role::extra, "gem", without_login(url), "source", {}});
    }

    void gem(const Statement& one) {
        if (one.texts.empty()) return fail("a gem without name");
        if (one.computed) {
            if (!record_computed("gem", one.texts.front(), first_, context_)) understood_ = false;
            return;
        }
        Entry entry{"gem", one.texts.front()};
        entry.line = first_;
        for (std::size_t i = 1; i < one.texts.size(); ++i) entry.range += (i == 1 ? "" : ", ") + one.texts[i];
        if (one.texts.size() == 2) {
            std::string_view version = trim(one.texts[1]);
            if (version.starts_with('=')) version = trim(version.substr(1));
            if (is_exact(version)) entry.version = version;   // "1.2.3" alone means "= 1.2.3"
        }
        place(one, entry);
        if (!record(std::move(entry), context_)) understood_ = false;
    }

    void place(const Statement& one, Entry& entry) {
        std::string git = one.option("git");
        if (const std::string hub = one.option("github"); !hub.empty()) git = "github:" + hub;
        if (const std::string gist = one.option("gist"); !gist.empty()) git = "gist:" + gist;
        std::string reference = one.option("ref");
        std::string path = one.option("path");
        if (git.empty() && path.empty() && one.option("source").empty()) {
            for (const Block& block : blocks_) {
                if (block.kind == "git" || block.kind == "github") git = block.place, reference = block.reference;
                if (block.kind == "path") path = block.place;
                if (block.kind == "source") entry.url = block.place;
            }
        }
        if (const std::string url = one.option("source"); !url.empty()) entry.url = without_login(url);
        if (!git.empty()) {
            from_git(entry, git, reference);
        } else if (!path.empty()) {
            entry.source = Requirement::Source::path;
            entry.url = path;
        }
    }

    IntakeContext& context_;
    std::vector<Block> blocks_;
    std::string joined_;
    std::uint32_t first_ = 0;
    std::uint32_t number_ = 0;
    std::size_t sources_ = 0;
    bool understood_ = true;
};

}  // namespace

bool matches_gemfile(std::string_view file_name) { return file_name == "Gemfile" || file_name == "gems.rb"; }

bool parse_gemfile(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, kFormat);
    if (!text) return false;
    context.format(kFormat);
    return Reader(context).read(*text);
}

}  // namespace headgate::intake
