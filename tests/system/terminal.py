"""
terminal: a program at a terminal of its own, for the system tests.

    terminal.py COLUMNSxLINES COMMAND... < SCRIPT

SCRIPT is lines: "wait TEXT" (until it was printed, 10 s at most), "keys TEXT"
(with \\r, \\x1b), "run COMMAND" (sh), "signal NAME", "size COLUMNSxLINES".
What was printed goes to stdout; then a line "exit N" (or "killed N"), and one
"as before" or "changed": the terminal.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time


class Terminal:
    def __init__(self, size, command):
        self.out = b""
        self.seen = 0
        master, slave = pty.openpty()
        self.fd, self.slave = master, slave
        self.resize(size)
        self.before = termios.tcgetattr(slave)
        self.pid = os.fork()
        if self.pid == 0:
            self.log_in()
            os.execvp(command[0], command)

    def log_in(self):
        os.setsid()
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
        for fd in range(3):
            os.dup2(self.slave, fd)

    def resize(self, size):
        columns, lines = map(int, size.split("x"))
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", lines, columns, 0, 0))

    def pump(self, seconds):
        if select.select([self.fd], [], [], seconds)[0]:
            try:
                self.out += os.read(self.fd, 65536)
            except OSError:
                time.sleep(seconds)

    def wait(self, text):
        end = time.time() + 10
        while text.encode() not in self.out[self.seen:]:
            if time.time() > end:
                print("# never printed: " + text)
                return
            self.pump(0.05)
        at = self.out.index(text.encode(), self.seen)
        self.seen = at + len(text.encode())

    def do(self, word, rest):
        if word == "wait":
            self.wait(rest)
        elif word == "keys":
            os.write(self.fd, rest.encode().decode("unicode_escape").encode())
        elif word == "run":
            subprocess.run(["sh", "-c", rest], stdout=subprocess.DEVNULL)
        elif word == "signal":
            os.kill(self.pid, getattr(signal, "SIG" + rest))
        elif word == "size":
            self.resize(rest)
        elif word == "stopped":
            os.waitpid(self.pid, os.WUNTRACED)
            print("stopped, " + self.state())

    def state(self):
        same = termios.tcgetattr(self.slave) == self.before
        return "as before" if same else "changed"

    def end(self):
        limit = time.time() + 10
        while time.time() < limit:
            self.pump(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
        else:
            os.kill(self.pid, signal.SIGKILL)
            status = os.waitpid(self.pid, 0)[1]
        self.pump(0.1)
        return status


def main():
    terminal = Terminal(sys.argv[1], sys.argv[2:])
    for line in sys.stdin:
        word, _, rest = line.rstrip("\n").partition(" ")
        terminal.do(word, rest)
    status = terminal.end()
    sys.stdout.flush()
    sys.stdout.buffer.write(terminal.out + b"\n")
    if os.WIFEXITED(status):
        print("exit %d" % os.WEXITSTATUS(status))
    else:
        print("killed %d" % os.WTERMSIG(status))
    print(terminal.state())


main()
