#include "formats/rust_source.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "formats/source_text.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kLongestPath = 200;
constexpr std::size_t kMostGroups = 100;         // `{` in `{` of a `use`

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool is_name_part(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

/// Reads forward over comments and literals (The Rust Reference, "Lexical structure").
class Reader {
  public:
    Reader(std::string_view source, const PackageWords& words, PackageTraits& traits) : source_(source), words_(words), traits_(traits) {}

    void run() {
        while (at_ < source_.size()) {
            const char c = source_[at_];
            const std::string_view rest = source_.substr(at_);
            if (c == '\n') {
                ++line_;
                ++at_;
            } else if (rest.starts_with("//")) {
                at_ = std::min(source_.find('\n', at_), source_.size());
            } else if (rest.starts_with("/*")) {
                comment();
            } else if (c == '"') {
                string();
            } else if (c == '\'') {
                letter_or_lifetime();
            } else if (is_name_start(c)) {
                path();
            } else {
                if (c == ';') end_use();
                if (in_use_) group(c);
                ++at_;
            }
        }
    }

  private:
    void comment() {
        std::size_t depth = 0;
        while (at_ < source_.size()) {
            const std::string_view rest = source_.substr(at_);
            if (rest.starts_with("/*")) {
                ++depth;
                at_ += 2;
            } else if (rest.starts_with("*/")) {
                at_ += 2;
                if (--depth == 0) return;
            } else {
                line_ += source_[at_] == '\n' ? 1U : 0U;
                ++at_;
            }
        }
    }
    void string() {
        for (++at_; at_ < source_.size() && source_[at_] != '"'; ++at_) {
            if (source_[at_] == '\\' && at_ + 1 < source_.size()) ++at_;
            line_ += source_[at_] == '\n' ? 1U : 0U;
        }
        at_ = std::min(at_ + 1, source_.size());
    }
    /// r"..." and r#"..."#, behind the letters of the prefix. False when it is none.
    bool raw_string() {
        std::size_t hashes = 0;
        while (at_ + hashes < source_.size() && source_[at_ + hashes] == '#') ++hashes;
        if (at_ + hashes >= source_.size() || source_[at_ + hashes] != '"') return false;
        const std::string end = "\"" + std::string(hashes, '#');
        const std::size_t found = source_.find(end, at_ + hashes + 1);
        const std::size_t stop = found == std::string_view::npos ? source_.size() : found + end.size();
        line_ += static_cast<std::uint32_t>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(at_), source_.begin() + static_cast<std::ptrdiff_t>(stop), '\n'));
        at_ = stop;
        return true;
    }
    /// 'a' or 'a: a letter ends with a quote, a lifetime does not.
    void letter_or_lifetime() {
        if (at_ + 1 < source_.size() && source_[at_ + 1] == '\\') {
            const std::size_t end = source_.find('\'', at_ + 3);
            at_ = end == std::string_view::npos || end - at_ > 16 ? at_ + 2 : end + 1;
        } else if (at_ + 2 < source_.size() && source_[at_ + 2] == '\'') {
            at_ += 3;
        } else {
            ++at_;
        }
    }

    void path() {
        std::string path;
        for (;;) {
            const std::size_t begin = at_;
            while (at_ < source_.size() && is_name_part(source_[at_])) ++at_;
            const std::string_view word = source_.substr(begin, at_ - begin);
            if (path.empty() && at_ < source_.size() && (source_[at_] == '"' || source_[at_] == '#') && (word == "r" || word == "br" || word == "cr")) {
                if (raw_string()) return;
            }
            if (path.empty() && word == "use") {
                in_use_ = true;
                prefixes_.assign(1, std::string());
                pending_.clear();
                return;
            }
            if (word != "self" && path.size() < kLongestPath) path += (path.empty() ? "" : "::") + std::string(word);
            if (!source_.substr(at_).starts_with("::")) break;
            std::size_t next = at_ + 2;
            while (next < source_.size() && (source_[next] == ' ' || source_[next] == '\n')) ++next;
            if (next >= source_.size() || !is_name_start(source_[next])) {
                at_ += 2;
                break;
            }
            line_ += static_cast<std::uint32_t>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(at_), source_.begin() + static_cast<std::ptrdiff_t>(next), '\n'));
            at_ = next;
        }
        if (in_use_) return used(path);
        const std::size_t end = path.find("::");
        const auto known = imports_.find(path.substr(0, end));
        if (known != imports_.end()) path = known->second + (end == std::string::npos ? std::string() : path.substr(end));
        tell(path);
    }

    void used(const std::string& path) {
        if (path == "as" || path == "crate") {
            renamed_ = path == "as";
            return;
        }
        if (renamed_) {
            renamed_ = false;
            if (!pending_.empty()) imports_[path] = pending_;
            return;
        }
        const std::string& prefix = prefixes_.back();
        pending_ = prefix.empty() ? path : path.empty() ? prefix : prefix + "::" + path;
        const std::size_t last = pending_.rfind("::");
        imports_[last == std::string::npos ? pending_ : pending_.substr(last + 2)] = pending_;
        tell(pending_);
    }
    void group(char c) {
        if (c == '{') {
            if (prefixes_.size() < kMostGroups) prefixes_.push_back(pending_);
        } else if (c == '}' && prefixes_.size() > 1) {
            prefixes_.pop_back();
        }
        if (c == '{' || c == '}' || c == ',') pending_.clear();
    }
    void end_use() {
        in_use_ = false;
        renamed_ = false;
    }

    void tell(const std::string& path) {
        const unsigned deeds = words_.rust().of_beginning(path, "::");
        if ((deeds & kNetwork) != 0) traits_.add("network-at-install", path, line_);
        if ((deeds & kProcess) != 0) traits_.add("process-at-install", path, line_);
        if ((deeds & kEnvironment) != 0) traits_.add("environment-at-install", path, line_);
        if ((deeds & kIdentity) != 0) traits_.add("identity-at-install", path, line_);
    }

    std::string_view source_;
    const PackageWords& words_;
    PackageTraits& traits_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    bool in_use_ = false;
    bool renamed_ = false;
    std::vector<std::string> prefixes_ = {std::string()};
    std::string pending_;                // path that a group or `as` goes on from
    std::unordered_map<std::string, std::string> imports_;
};

}  // namespace

void examine_rust(ByteView source, const PackageWords& words, ParseContext& context) {
    PackageTraits traits(context);
    if (source.size() > kLongestSource) {
        traits.add("oversized-source", std::to_string(source.size()) + " bytes of Rust");
        return;
    }
    if (!context.budget.step(source.size() / 8 + 1)) {
        context.unscannable("package", "its source needs more steps than the limit allows", context.whole());
        return;
    }
    note_hidden_text(as_text(source), traits);
    Reader(as_text(source), words, traits).run();
}

}  // namespace headgate::formats
