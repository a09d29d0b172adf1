"""Completion as people meet it: a bash and a zsh on a terminal, words typed, TAB, and what stands on the line then or is
offered. What is right is asked of the program: its help, its messages, its tables.  completion_test.py PATHAUDIT SHELL"""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

binary, shell = os.path.abspath(sys.argv[1]), sys.argv[2]
root = os.getcwd()
work = tempfile.mkdtemp()
bad = 0
COMMANDS = "audit endpoints observe rules roles tables diff watch".split()


def fail(text):
    global bad
    bad = 1
    print("FAIL:", shell, text)


def run(*words):
    done = subprocess.run([binary, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.stdout + done.stderr


class Shell:
    """Types on a terminal. Ctrl-T writes the line as it stands into a file."""

    begin = {
        "bash": "bind 'set show-all-if-ambiguous on'; bind 'set completion-query-items 0'; bind 'set page-completions off'; "
                "report() { printf '<%s>' \"$READLINE_LINE\" > $LINE; }; bind -x '\"\\C-t\": report'; "
                "source $ROOT/completions/pathaudit.bash; PS1='$ '\n",
        "zsh": "LISTMAX=0; PS1='$ '; fpath=($ROOT/completions $fpath); autoload -Uz compinit; compinit -u -D; "
               "setopt no_list_ambiguous no_always_last_prompt; "
               "report() { print -rn -- \"<$BUFFER>\" > $LINE }; zle -N report; bindkey '^T' report; bindkey '^U' kill-whole-line\n",
    }

    def __init__(self):
        os.mkdir(os.path.join(work, "bin"))
        os.symlink(binary, os.path.join(work, "bin", "pathaudit"))
        self.line = os.path.join(work, "line")
        # A folder to stand in, as a user would.
        os.mkdir(os.path.join(work, "here"))
        os.symlink(os.path.join(root, "pcaps"), os.path.join(work, "here", "pcaps"))
        open(os.path.join(work, "here", "mine.yaml"), "w").close()
        for name in "odd.name", "two words.pcap":
            open(os.path.join(work, "here", name), "w").close()
        os.mkdir(os.path.join(work, "here", "seen"))
        environment = {"PATH": os.path.join(work, "bin") + ":" + os.environ["PATH"], "PATHAUDIT_TABLES": os.path.join(root, "tables"),
                       "ROOT": root, "LINE": self.line, "TERM": "dumb", "HOME": work, "COLUMNS": "200", "LINES": "200", "LC_ALL": "C.UTF-8"}
        words = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}[shell]
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(os.path.join(work, "here"))
            os.execvpe(words[0], words, environment)
        self.said(1.0)
        self.write(self.begin[shell])
        self.ask("", "")

    def write(self, text):
        os.write(self.terminal, text.encode())

    def said(self, seconds):
        text = b""
        while select.select([self.terminal], [], [], seconds)[0]:
            try:
                text += os.read(self.terminal, 65536)
            except OSError:
                break
            seconds = 0.05
        return text.decode(errors="replace")

    def ask(self, typed, key="\t"):
        """The line after TAB, and what was printed on the way."""
        if os.path.exists(self.line):
            os.remove(self.line)
        self.write("\x15" + typed + key + "\x14")
        text, end = "", time.monotonic() + 20
        while time.monotonic() < end:
            text += self.said(0.05)
            if os.path.exists(self.line):
                line = open(self.line).read()
                if line.endswith(">"):
                    return line[1:-1], text
        fail(f"'{typed}' and TAB: no answer: {text!r}")
        return "", text


def becomes(typed, wanted):
    line, text = terminal.ask(typed)
    if line != wanted:
        fail(f"'{typed}' becomes '{line}', not '{wanted}': {text!r}")


def offers(typed, wanted, unwanted=()):
    _, text = terminal.ask(typed)
    words, end = set(), time.monotonic() + 20
    while not words.issuperset(wanted) and time.monotonic() < end:  # zsh shows them when it has nothing else to do
        text += terminal.said(0.05)
        words = set(re.split(r"[\s:]+", text[text.find(typed) + len(typed):]))
    for word in wanted:
        if word not in words:
            fail(f"'{typed}' does not offer {word}: {text[-1500:]!r}")
    for word in unwanted:
        if word in words:
            fail(f"'{typed}' offers {word}")


if shutil.which(shell) is None:
    print("skipped:", shell, "is missing")
    sys.exit(77)
terminal = Shell()
becomes("pathaudit au", "pathaudit audit ")
becomes("pathaudit help dif", "pathaudit help diff ")
becomes("pathaudit --vers", "pathaudit --version ")
offers("pathaudit ", COMMANDS + ["help"])
for command in COMMANDS:
    options = re.findall(r"^ +(?:(-\w), )?(--[a-z-]+)", run("help", command), re.MULTILINE)
    assert len(options) > 3, command
    offers(f"pathaudit {command} -", [word for pair in options for word in pair if word], ["--token-file"] if command != "watch" else [])
    if command != "watch":  # -T xxx is answered by: audit writes text, json, ...
        forms = re.findall(r"[a-z-]+", run(command, "-T", "nosuch").partition(" writes ")[2].replace(" or ", " "))
        if len(forms) == 1:
            becomes(f"pathaudit {command} -T ", f"pathaudit {command} -T {forms[0]} ")
        else:
            offers(f"pathaudit {command} -T ", forms, {"text", "json", "jsonl", "csv", "tsv", "ecs", "yaml", "nftables", "html"} - set(forms))
names = [line.split()[0] for line in run("tables", "list").splitlines() if re.match(r"[a-z]+-", line)]
assert len(names) > 8, names
offers("pathaudit audit -t ", names + ["mine.yaml"])
becomes("pathaudit audit -t exchange-5", "pathaudit audit -t exchange-5.5 ")
becomes("pathaudit tables show mob", "pathaudit tables show mobile-information-server ")
offers("pathaudit tables ", ["list", "show", "check"])
becomes("pathaudit tables check mi", "pathaudit tables check mine.yaml ")
becomes("pathaudit audit -r pcaps/dn", "pathaudit audit -r pcaps/dns.pcap ")  # and not the .facts beside it
becomes("pathaudit audit -r od", "pathaudit audit -r odd.name ")
becomes("pathaudit diff mi", "pathaudit diff mine.yaml ")
offers("pathaudit audit -s ", ["mine.yaml"], ["odd.name"])
becomes("pathaudit audit -r tw", "pathaudit audit -r two\\ words.pcap ")
becomes("pathaudit audit --only fi", "pathaudit audit --only findings ")
becomes("pathaudit audit --color al", "pathaudit audit --color always ")
becomes("pathaudit audit --keep dev", "pathaudit audit --keep deviating ")
becomes("pathaudit watch -i l", "pathaudit watch -i lo ")
becomes("pathaudit audit --from d", "pathaudit audit --from dir:")
becomes("pathaudit observe -O dir:se", "pathaudit observe -O dir:seen/")
offers("pathaudit watch --findings sys", ["syslog"])
os.kill(terminal.process, 9)
os.waitpid(terminal.process, 0)
shutil.rmtree(work)
sys.exit(bad)
