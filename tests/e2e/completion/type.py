"""Types at a real shell and presses TAB. usage: type.py bash|zsh|fish SCRIPT FOLDER <cases

A case a line: "TYPED => WHOLE LINE" (completes to this), "TYPED ?? WORD WORD" (offers these words), "TYPED !! WORD" (does not
offer this one). A "_" at the end of what is typed is a space. One "ok" or "not ok" line each.
"""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

SETUP = {
    "bash": ["bind 'set show-all-if-ambiguous on'", "bind 'set completion-query-items 0'", "bind 'set page-completions off'",
             "bind 'set enable-bracketed-paste off'", "bind 'set colored-stats off'",
             r"""bind -x '"\C-xp": printf "\n<<%s>>\n" "$READLINE_LINE"'""",
             r"""bind '"\C-xk": kill-whole-line'"""],
    "zsh": ["autoload -U compinit", "compinit -u -D", "LISTMAX=1000", "unsetopt auto_menu list_ambiguous beep prompt_cr prompt_sp",
            r"""show() { zle -I; print -r -- "<<$BUFFER>>" }""", "zle -N show", "bindkey '^Xp' show", "clear() { BUFFER= }",
            "zle -N clear", "bindkey '^Xk' clear", "unset zle_bracketed_paste"],
}
COMMANDS = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\x07\x08]|\r")


class Terminal:
    """A shell behind a pseudo-terminal, wide enough that nothing wraps."""

    def __init__(self, shell, script, folder):
        self.shell = shell
        pid, self.fd = pty.fork()
        if pid == 0:
            os.chdir(folder)
            os.environ.update(TERM="dumb" if shell == "bash" else "xterm", PS1="$ ", COLUMNS="400", LINES="200", HISTFILE="/dev/null")
            os.execvp(COMMANDS[shell][0], COMMANDS[shell])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 200, 400, 0, 0))
        for line in SETUP[shell] + [f"source {script}", "PS1='$ '"]:
            self.send(line + "\n")
        self.send("printf 're''ady\\n'\n")
        self.until(rb"ready")

    def send(self, text):
        os.write(self.fd, text.encode())

    def until(self, pattern, seconds=20):
        seen = b""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.fd], [], [], 0.2)[0]:
                seen += os.read(self.fd, 65536)
                plain = ESCAPES.sub(b" ", seen)
                found = re.search(pattern, plain, re.S)
                if found:
                    return plain.decode(errors="replace"), found
        raise TimeoutError(f"no {pattern!r} in {seen[-600:]!r}")

    def complete(self, typed):
        """(the line afterwards, everything that was shown)"""
        self.send(typed + "\t")
        time.sleep(0.15)
        self.send("\x18p")
        shown, found = self.until(rb"<<([^<>]*)>>\s*\n")
        self.send("\x18k\x18p")  # clear the line, and see that it is clear
        self.until(rb"<<\s*>>\s*\n")
        return found.group(1).decode(), shown


class Fish:
    def __init__(self, script, folder):
        self.script, self.folder = script, folder

    def complete(self, typed):
        asked = subprocess.run(["fish", "--no-config", "-c", f"source {self.script}; complete -C {quote(typed)}"],
                               cwd=self.folder, capture_output=True, text=True, timeout=30, check=True)
        words = [line.split("\t")[0] for line in asked.stdout.splitlines()]
        head = typed[:typed.rfind(" ") + 1]
        return head + words[0] if len(words) == 1 else typed, asked.stdout + asked.stderr


def quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def main():
    shell, script, folder = sys.argv[1:4]
    at = Fish(script, folder) if shell == "fish" else Terminal(shell, script, folder)
    bad = 0
    for line in sys.stdin.read().splitlines():
        if not line.strip():
            continue
        typed, kind, wanted = re.fullmatch(r"(.*) (=>|\?\?|!!) (.*)", line).groups()
        typed = re.sub("_$", " ", typed)
        after, shown = at.complete(typed)
        if kind == "=>":
            # zsh may go on with '=' behind an option; fish answers the bare name.
            wanted = wanted.replace("\\ ", " ") if shell == "fish" else wanted
            problem = "" if re.sub("[ =]*$", "", after) == wanted else f"became {after!r}"
        else:
            offered = {name for word in shown.split() for name in (word, os.path.basename(word))}
            wrong = [word for word in wanted.split() if (word in offered) != (kind == "??")]
            problem = f"{wrong} in {shown[-400:]!r}" if wrong else ""
        print(f"not ok {shell}: {line} - {problem}" if problem else f"ok {shell}: {line}", flush=True)
        bad += bool(problem)
    sys.exit(1 if bad else 0)


main()
