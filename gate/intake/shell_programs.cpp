#include "intake/shell_programs.hpp"

#include <array>

#include "base/text.hpp"

namespace headgate::intake::shell {
namespace {

/// A program that runs another: the options of it that have a value, and how many words stand before the other one.
struct Prefix {
    std::string_view program;
    std::string_view verb = {};          // the other stands behind this word only
    std::string_view valued = {};        // parted by spaces
    std::size_t operands = 0;
};

constexpr std::array<Prefix, 57> kPrefixes = {{
    {"sudo", {}, "-u -g -h -p -C -r -t -T -U -D -R --user --group --host --prompt --close-from --role --type --other-user --chdir --chroot"},
    {"doas", {}, "-u -C -a"},
    {"gosu", {}, {}, 1},
    {"su-exec", {}, {}, 1},
    {"setpriv", {}, "--reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits --pdeathsig"},
    {"env", {}, "-u --unset -C --chdir -a --argv0"},
    {"timeout", {}, "-k -s --kill-after --signal", 1},
    {"nice", {}, "-n --adjustment"},
    {"ionice", {}, "-c -n -p --class --classdata"},
    {"nohup"},
    {"setsid"},
    {"exec", {}, "-a"},
    {"command"},
    {"builtin"},
    {"time", {}, "-f -o --format --output"},
    {"export"},
    {"xargs", {}, "-n -P -I -L -d -a -s -E --max-args --max-procs --replace --max-lines --delimiter --arg-file --max-chars"},
    {"eatmydata"},
    {"fakeroot"},
    {"stdbuf", {}, "-i -o -e --input --output --error"},
    {"unbuffer"},
    {"chroot", {}, "--userspec --groups", 1},
    {"unshare", {}, "-S -G -R -w --setuid --setgid --root --wd"},
    {"xvfb-run", {}, "-e -f -n -p -s -w --error-file --auth-file --server-num --xauth-protocol --server-args --wait"},
    {"tini", {}, "-p -e"},
    {"dumb-init", {}, "-r --rewrite"},
    {"catatonit"},
    {"busybox"},
    {"toybox"},
    {"strace", {}, "-e -o -p -s -u -E"},
    {"ltrace", {}, "-e -o -p -s -u"},
    {"flock", {}, "-w -E --timeout --conflict-exit-code", 1},
    {"taskset", {}, {}, 1},
    {"chrt", {}, {}, 1},
    {"numactl"},
    {"watch", {}, "-n --interval"},
    {"caffeinate"},
    {"linux32"},
    {"linux64"},
    {"retry", {}, "-t -d -n --tries --delay --times"},
    {"runuser", {}, "-u -g -G --user --group"},
    {"parallel", {}, "-j -N -n --jobs"},
    {"conda", "run", "-n -p --name --prefix --cwd"},
    {"mamba", "run", "-n -p --name --prefix --cwd"},
    {"micromamba", "run", "-n -p --name --prefix --cwd -r --root-prefix"},
    {"poetry", "run", "-C -P --directory --project"},
    {"pipenv", "run"},
    {"pdm", "run", "-p --project"},
    {"hatch", "run", "-e --env"},
    {"hatch", "-e", {}, 1},
    {"rye", "run"},
    {"pixi", "run", "-e --environment --manifest-path"},
    {"bundle", "exec"},
    {"pyenv", "exec"},
    {"rbenv", "exec"},
    {"direnv", "exec", {}, 1},
    {"mise", "exec"},
}};

bool is_listed(std::string_view list, std::string_view word) {
    const auto all = split(list, ' ');
    return !word.empty() && std::find(all.begin(), all.end(), word) != all.end();
}

/// Behind options and their values.
std::size_t past_options(const Words& words, std::size_t at, std::string_view valued) {
    while (at < words.size() && words[at].text.starts_with('-') && words[at].text.size() > 1) {
        if (words[at].text == "--") return at + 1;
        at += is_listed(valued, words[at].text) ? 2U : 1U;
    }
    return std::min(at, words.size());
}

/// The word behind the prefix that stands at `at`; the same when there is none.
std::size_t past_prefix(const Words& words, std::size_t at) {
    const std::string program = program_of(words[at].text);
    for (const Prefix& one : kPrefixes) {
        if (one.program != program) continue;
        std::size_t next = past_options(words, at + 1, one.valued);
        if (!one.verb.empty()) {
            if (next >= words.size() || words[next].text != one.verb) continue;
            next = past_options(words, next + 1, one.valued);
        }
        for (std::size_t left = one.operands; left > 0 && next < words.size(); --left) ++next;
        return next < words.size() && words[next].text == "--" ? next + 1 : next;
    }
    return at;
}

}  // namespace

std::string program_of(std::string_view path) {
    std::string name(path.substr(path.rfind('/') + 1));
    if (name.ends_with(".exe")) name.resize(name.size() - 4);
    const std::size_t letter = name.find_last_not_of("0123456789.");
    if (letter != std::string::npos) name.resize(letter + 1);
    return name;
}

std::string_view assigned_variable(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && ((text[end] >= 'A' && text[end] <= 'Z') || (text[end] >= 'a' && text[end] <= 'z') || (text[end] >= '0' && text[end] <= '9') || text[end] == '_')) ++end;
    std::string_view behind = text.substr(end);
    if (behind.starts_with('[')) {
        const std::size_t close = std::min(behind.find("]="), behind.find("]+="));
        if (close == std::string_view::npos) return {};
        behind.remove_prefix(close + 1);
    }
    if (behind.starts_with('+')) behind.remove_prefix(1);
    return end > 0 && behind.starts_with('=') ? text.substr(0, end) : std::string_view{};
}

bool is_shell(std::string_view program) { return is_any(program, {"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "rbash", "fish"}); }
bool is_interpreter(std::string_view program) { return is_shell(program) || is_any(program, {"python", "pypy", "perl", "ruby", "node", "nodejs", "php", "pwsh", "lua", "deno"}); }
bool is_fetcher(std::string_view program) { return is_any(program, {"curl", "wget", "aria2c", "fetch", "http", "https", "xh", "lynx"}); }

bool is_installer(std::string_view program) {
    return is_any(program, {"pip", "uv", "uvx", "pipx", "npm", "pnpm", "yarn", "bun", "npx", "pnpx", "bunx", "cargo", "go", "gem", "poetry", "pdm", "pipenv", "composer",
                            "dotnet", "bundle", "rye", "hatch", "easy_install", "pixi"});
}

bool is_verb(std::string_view word) { return is_any(word, {"install", "add", "i", "get", "require", "download", "wheel", "inject", "tool", "pip", "exec", "dlx", "global", "in", "isntall", "instal", "inst", "it"}); }

bool is_harmless(std::string_view program) {
    return is_any(program, {"echo", "printf", "cat", "grep", "egrep", "fgrep", "sed", "awk", "test", "[", "[[", "apt-get", "apt", "apk", "dnf", "yum", "microdnf", "zypper",
                            "pacman", "brew", "git", "ls", "rm", "cp", "mv", "mkdir", "rmdir", "chmod", "chown", "chgrp", "touch", "ln", "tee", "cd", ":", "true", "false", "set",
                            "unset", "head", "tail", "which", "type", "hash", "rpm", "dpkg", "tar", "unzip", "useradd", "adduser", "groupadd", "addgroup", "usermod", "logger", "for",
                            "case", "select", "read", "exit", "return", "local", "declare", "readonly", "make", "cmake", "install", "cut", "sort", "tr", "wc", "conda", "mamba", "micromamba"});
}

std::size_t program_at(const Words& words, std::size_t first) {
    std::size_t at = first;
    while (at < words.size()) {
        if (is_assignment(words[at].text)) {
            ++at;
            continue;
        }
        const std::size_t next = past_prefix(words, at);
        if (next == at) break;
        at = next;
    }
    return at;
}

}  // namespace headgate::intake::shell
