// go.mod, go.work and go.sum (Go Modules Reference).
#include <algorithm>
#include <map>
#include <set>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/entry.hpp"

namespace headgate::intake {
namespace {

using Words = std::vector<std::string>;

/// Words of a line without its comment; nullopt for a quote that is not closed.
std::optional<Words> words_of(std::string_view line, bool& indirect) {
    Words words;
    std::size_t at = 0;
    indirect = false;
    while (at < line.size()) {
        const char c = line[at];
        if (c == ' ' || c == '\t' || c == '\r') {
            ++at;
        } else if (line.substr(at).starts_with("//")) {
            indirect = trim(line.substr(at + 2)).starts_with("indirect");
            break;
        } else if (c == '"' || c == '`') {
            const std::size_t end = line.find(c, at + 1);
            if (end == std::string_view::npos) return std::nullopt;
            words.emplace_back(line.substr(at + 1, end - at - 1));
            at = end + 1;
        } else if (c == '(' || c == ')' || c == ',') {
            words.emplace_back(1, c);
            ++at;
        } else {
            std::size_t end = line.find_first_of(" \t\r(),\"`", at);
            if (end == std::string_view::npos) end = line.size();
            words.emplace_back(line.substr(at, end - at));
            at = end;
        }
    }
    return words;
}

bool is_path(std::string_view text) { return text.starts_with("./") || text.starts_with("../") || text.starts_with('/') || text == "." || text == ".."; }

class Reader {
  public:
    /// `workspace`: it is a go.work. What it uses are folders of the project, each with a go.mod that is judged by itself; what it replaces
    /// is replaced in all of them, before what they say.
    explicit Reader(IntakeContext& context, bool workspace = false) : context_(context), workspace_(workspace) {}

    bool read(std::string_view text) {
        std::string block;               // the directive whose block is open
        std::uint32_t number = 0;
        for (const std::string_view line : split_lines(text)) {
            line_ = ++number;
            if (!context_.room()) return false;
            bool indirect = false;
            auto words = words_of(line, indirect);
            if (!words) {
                fail("a quote that is not closed");
                continue;
            }
            if (words->empty()) continue;
            if (!block.empty()) {
                if (words->size() == 1 && words->front() == ")") {
                    block.clear();
                } else {
                    directive(block, *words, indirect);
                }
                continue;
            }
            const std::string name = words->front();
            words->erase(words->begin());
            if (words->size() == 1 && words->front() == "(") {
                block = name;
            } else {
                directive(name, *words, indirect);
            }
        }
        if (!block.empty()) fail("a block that is not closed");
        resolve();
        return understood_;
    }

  private:
    struct Required {
        std::string path;
        std::string version;
        bool indirect = false;
        std::uint32_t line = 0;
    };
    struct Replaced {
        std::string path;
        std::string version;
        std::uint32_t line = 0;
    };

    void fail(const std::string& why) { understood_ = not_understood(context_, why, line_); }

    void directive(std::string_view name, const Words& words, bool indirect) {
        if (workspace_ && (name == "use" || name == "require")) {
            if (name == "require" || words.size() != 1) fail("`" + std::string(name) + "` that is not understood");
        } else if (name == "require") {
            if (words.size() != 2) return fail("`require` without path and version");
            required_.push_back({words[0], words[1], indirect, line_});
        } else if (name == "replace") {
            replace(words);
        } else if (name != "module" && name != "go" && name != "toolchain" && name != "exclude" && name != "retract" && name != "godebug" &&
                   name != "tool" && name != "ignore") {
            fail("directive '" + escape_terminal(name, 100) + "' is not known");
        }
    }

    /// old [version] => new version, or a path
    void replace(const Words& words) {
        std::size_t arrow = 0;
        while (arrow < words.size() && words[arrow] != "=>") ++arrow;
        const std::size_t after = words.size() - std::min(arrow + 1, words.size());
        if (arrow < 1 || arrow > 2 || after < 1 || after > 2 || (after == 1) != is_path(words[arrow + 1])) return fail("`replace` that is not understood");
        const std::string version = arrow == 2 ? words[1] : std::string();
        replaced_[{words[0], version}] = {words[arrow + 1], after == 2 ? words[arrow + 2] : std::string(), line_};
    }

    void resolve() {
        std::set<std::pair<std::string, std::string>> seen;   // two requirements may be replaced by the same
        for (const Required& required : required_) {
            Entry entry{"golang", required.path};
            entry.line = required.line;
            entry.version = required.version;
            if (required.indirect) entry.markers = "indirect";
            auto found = replaced_.find({required.path, required.version});
            if (found == replaced_.end()) found = replaced_.find({required.path, {}});
            if (found != replaced_.end()) {
                const Replaced& other = found->second;
                add_marker(entry.markers, "replaces " + required.path);
                if (other.version.empty()) {
                    entry.source = Requirement::Source::path;
                    entry.url = other.path;
                    entry.version.clear();
                } else {
                    entry.written = required.path;
                    entry.name = other.path;
                    entry.version = other.version;
                    if (other.path != required.path) redirected(required, other);
                }
            }
            if (entry.source != Requirement::Source::path && !seen.emplace(entry.name, entry.version).second) continue;
            if (!record(std::move(entry), context_)) understood_ = false;
        }
        unasked();
    }

    /// What replaces a module that is not required here is built all the same once another module requires that.
    void unasked() {
        for (const auto& [old, other] : replaced_) {
            const bool asked = std::any_of(required_.begin(), required_.end(), [&](const Required& required) { return required.path == old.first; });
            if (asked) continue;
            Entry entry{"golang", other.version.empty() ? old.first : other.path};
            entry.line = other.line;
            entry.markers = "replaces " + old.first;
            if (other.version.empty()) {
                entry.source = Requirement::Source::path;
                entry.url = other.path;
            } else {
                entry.written = old.first;
                entry.version = other.version;
                if (other.path != old.first) redirected({old.first, old.second, false, other.line}, other);
            }
            if (!record(std::move(entry), context_)) understood_ = false;
        }
    }

    void redirected(const Required& required, const Replaced& other) {
        context_.finding("manifest.redirect", Severity::high, "`replace` puts " + escape_terminal(other.path, 200) + " in the place of " + escape_terminal(required.path, 200),
                         context_.at_line(other.line), "The name in the manifest and the lockfile then stands for other code.",
                         "Depend on the other package by its own name, or remove the redirection.");
    }

    IntakeContext& context_;
    bool workspace_;
    std::vector<Required> required_;
    std::map<std::pair<std::string, std::string>, Replaced> replaced_;
    std::uint32_t line_ = 0;
    bool understood_ = true;
};

/// "h1:<base64>": Hash1 over the files of the module, as Go computes it.
std::optional<std::string> hash1(std::string_view written) {
    if (!written.starts_with("h1:")) return std::nullopt;
    const auto raw = from_base64(written.substr(3));
    if (!raw || raw->size() != 32) return std::nullopt;
    return "h1:" + to_hex(*raw);
}

}  // namespace

bool matches_go_mod(std::string_view file_name) { return file_name == "go.mod"; }
bool matches_go_work(std::string_view file_name) { return file_name == "go.work"; }
bool matches_go_sum(std::string_view file_name) { return file_name == "go.sum"; }
/// What the modules of a workspace need beyond their own.
bool matches_go_work_sum(std::string_view file_name) { return file_name == "go.work.sum"; }

bool parse_go_mod(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, "go.mod");
    if (!text) return false;
    context.format("go.mod");
    return Reader(context).read(*text);
}

bool parse_go_work(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, "go.work");
    if (!text) return false;
    context.format("go.work");
    return Reader(context, true).read(*text);
}

/// Two lines for a module: of its archive, and of its go.mod alone, which builds nothing.
bool parse_go_sum(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, "go.sum");
    if (!text) return false;
    context.format("go.sum");
    bool understood = true;
    std::uint32_t number = 0;
    for (const std::string_view line : split_lines(*text)) {
        ++number;
        if (!context.room()) return false;
        if (trim(line).empty()) continue;
        std::vector<std::string_view> words;
        for (const std::string_view word : split(trim(line), ' ')) {
            if (!word.empty()) words.push_back(word);
        }
        const auto hash = words.size() == 3 ? hash1(words[2]) : std::nullopt;
        if (!hash) {
            understood = not_understood(context, "a line that is not module, version and h1: hash", number);
            continue;
        }
        constexpr std::string_view kOwn = "/go.mod";
        const bool own = words[1].ends_with(kOwn);
        Entry entry{"golang", std::string(words[0])};
        entry.version = own ? words[1].substr(0, words[1].size() - kOwn.size()) : words[1];
        if (own) {   // read to choose versions; of a module that nothing is built from it is all that is there
            entry.markers = "go.mod";
            entry.line = number;
            declare(std::move(entry), context);
            continue;
        }
        entry.integrity = {*hash};
        entry.line = number;
        if (!record(std::move(entry), context)) understood = false;
    }
    return understood;
}

}  // namespace headgate::intake
