#include "intake/shell_files.hpp"

#include <algorithm>
#include <utility>

#include "intake/shell_programs.hpp"
#include "intake/shell_texts.hpp"
#include "model/reference.hpp"

namespace headgate::intake::shell {
namespace {

constexpr std::size_t kMostFiles = 10'000;
constexpr std::size_t kMostBytes = 1U << 20U;    // of all texts and places
constexpr std::size_t kMostScript = 1U << 16U;   // of what one pipe writes, before its last part

/// Without "./" and "//".
std::string plain(std::string_view path) {
    std::string out;
    while (path.starts_with("./")) path.remove_prefix(2);
    for (const char c : path) {
        if (c != '/' || out.empty() || out.back() != '/') out += c;
    }
    return out;
}
std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }     // npos + 1 is 0

/// "x.sh" of "https://host/x.sh?y".
std::string remote_name(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    const std::size_t scheme = url.find("://");
    if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    return url.find('/') == std::string_view::npos ? std::string() : std::string(last_part(url));
}

}  // namespace

bool WrittenFiles::add(std::string_view path, const WrittenFile& what) {
    if (path.empty() || path.starts_with("/dev/") || what.empty()) return true;
    std::size_t bytes = path.size() + what.script.size();
    for (const Word& place : what.places) bytes += place.text.size();
    if (files_.size() >= kMostFiles || bytes > kMostBytes - bytes_) return std::exchange(full_, true);
    bytes_ += bytes;
    const WrittenFile more = what;       // which may be one of these files
    const std::string key = plain(path);
    WrittenFile& file = files_[key];
    if (file.looked != 0) file = {};
    file.places.insert(file.places.end(), more.places.begin(), more.places.end());
    file.fetched = file.fetched || more.fetched;
    file.decoded = file.decoded || more.decoded;
    file.script += more.script;
    names_.insert_or_assign(std::string(last_part(key)), key);
    return true;
}

WrittenFile* WrittenFiles::find(std::string_view path) {
    const std::string key = plain(path);
    auto found = files_.find(key);
    if (found == files_.end()) {
        const auto name = names_.find(last_part(key));
        const bool same = name != names_.end() && !(key.starts_with('/') && name->second.starts_with('/'));
        found = same ? files_.find(name->second) : files_.end();
    }
    return found == files_.end() ? nullptr : &found->second;
}

bool WrittenFiles::copy(std::string_view from, std::string_view to) {
    bool kept = true;
    const std::string key = plain(from);
    const std::string folder = plain(to);
    const std::string below = folder + "/" + std::string(last_part(key));
    if (const WrittenFile* const file = find(from)) {
        const WrittenFile what = *file;
        kept = add(folder, what);
        kept = add(below, what) && kept;
    }
    std::string start = key;
    while (start.ends_with('/') || start.ends_with("/.")) start.pop_back();
    if (start.empty()) return kept;
    start += '/';
    std::vector<std::pair<std::string, WrittenFile>> found;
    for (auto at = files_.lower_bound(start); at != files_.end() && at->first.starts_with(start); ++at) {
        if (!spend(at->first.size() + at->second.script.size() + 100 * (1 + at->second.places.size()))) return std::exchange(full_, true);
        found.emplace_back(at->first.substr(start.size()), at->second);
    }
    for (const auto& [rest, what] : found) {
        kept = add(folder + "/" + rest, what) && kept;
        kept = add(below + "/" + rest, what) && kept;
    }
    return kept;
}

bool WrittenFiles::spend(std::size_t steps) {
    const bool enough = steps < left_;
    left_ = enough ? left_ - steps : 0;
    return enough;
}

std::vector<std::string> WrittenFiles::matching(std::string_view pattern, bool below) {
    std::vector<std::string> found;
    const std::string key = plain(pattern);
    if (!spend(1 + key.size())) return found;
    for (const auto& [path, file] : files_) {
        if (!spend(path.size() * (below ? 1 : key.size()) + 1)) break;
        const bool comparable = key.starts_with('/') == path.starts_with('/');
        const bool inside = !comparable || key == "." || (path.starts_with(key) && (key.ends_with('/') || path.size() == key.size() || path[key.size()] == '/'));
        const bool fits = below ? inside : comparable ? glob_matches(key, path) : glob_matches(last_part(key), last_part(path));
        if (fits && !path.starts_with("$(") && path != "&") found.push_back(path);
    }
    return found;
}

bool brings_in(std::string_view program) {
    return is_any(program, {"nc", "ncat", "netcat", "socat", "ssh", "telnet", "ftp", "lftp", "sftp", "tftp", "dig", "nslookup", "rclone", "gsutil", "aws", "smbclient", "axel", "GET", "lwp-request"});
}

bool passes_on(std::string_view program) {
    const bool tells_of = is_any(program, {"echo", "printf", "read", "export", "test", "[", "[[", "stat", "basename", "dirname", "realpath", "readlink", "wc", "file", "ls", "du", "find", "which", "cksum", "mktemp", "cmp", "mkdir", "rm", "chmod"});
    return !tells_of && !program.ends_with("sum") && !is_fetcher(program);
}

void add_content(const Command& one, WrittenFile& what) {
    const std::size_t at = program_at(one.words);
    if (at >= one.words.size()) return;
    const std::string program = program_of(one.words[at].text);
    if (is_fetcher(program)) {
        const std::size_t known = what.places.size();
        for (std::size_t i = at + 1; i < one.words.size(); ++i) {
            if (is_place(one.words[i].text)) what.places.push_back(one.words[i]);
        }
        what.fetched = what.fetched || what.places.size() == known;
    }
    what.fetched = what.fetched || brings_in(program);
    what.decoded = what.decoded || is_any(program, {"base", "xxd", "uudecode", "openssl"});
    const bool writes = is_any(program, {"echo", "printf"}) || !one.documents.empty();
    if (writes && what.script.size() > kMostScript) {
        what.decoded = true;             // and so no text of it is taken for the whole
        return;
    }
    if (is_any(program, {"echo", "printf"})) {
        for (std::size_t i = at + 1; i < one.words.size(); ++i) {
            if (!one.words[i].text.starts_with('-')) what.script += with_lines(script_of(one.words[i])) + " ";
        }
        what.script += '\n';
    }
    for (const std::string& document : one.documents) what.script += document + "\n";
}

std::vector<std::string> fetched_files(std::string_view program, const std::vector<Word>& words, std::size_t first) {
    const bool wget = program == "wget";
    const char into = wget ? 'O' : 'o';
    const std::string_view valued = wget ? "oaeitTUwQPBAR" : "HAuXdmxeTbcFwKEPryYzC";
    std::vector<std::string> files;
    std::vector<std::string> remote;
    bool by_name = wget;                 // of the URL
    for (std::size_t i = first; i < words.size(); ++i) {
        const std::string& text = words[i].text;
        if (!text.starts_with('-') || text.size() < 2) {
            remote.push_back(remote_name(text));
            continue;
        }
        const std::string_view name = std::string_view(text).substr(0, text.find('='));
        if (name.starts_with("--")) {
            by_name = by_name || name.starts_with("--remote-name");
            if (!is_any(name, {"--output", "--output-document", "--out"})) continue;
            if (name.size() < text.size()) {
                files.push_back(text.substr(name.size() + 1));
            } else if (i + 1 < words.size()) {
                files.push_back(words[++i].text);
            }
            continue;
        }
        for (std::size_t at = 1; at < text.size(); ++at) {       // "-fsSLo file"
            if (text[at] == 'O' && !wget) by_name = true;
            const bool has_value = text[at] == into || valued.find(text[at]) != std::string_view::npos;
            if (!has_value) continue;
            const bool attached = at + 1 < text.size();
            if (!attached) ++i;
            const std::string value = attached ? text.substr(at + 1) : i < words.size() ? words[i].text : std::string();
            if (text[at] == into) files.push_back(value);
            break;
        }
    }
    const bool named = by_name && (!wget || files.empty());
    if (named) files.insert(files.end(), remote.begin(), remote.end());
    std::erase_if(files, [](const std::string& file) { return file.empty() || file == "-"; });
    return files;
}

}  // namespace headgate::intake::shell
