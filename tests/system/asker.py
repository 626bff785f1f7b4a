#!/usr/bin/env python3
"""
asker: asks for names that nobody has asked for, and writes down when each was
answered.

    asker.py PORT PREFIX SECONDS RATE OUT

Every question is for another name, PREFIX-N, below wild.house.test and
upload.example in turn, and is asked once.  At the end, or at SIGTERM, OUT has
a line for each answer, NAME TIME (microseconds since 1970), a line "asked N"
and a line "slowest MS".  A server that dies ends it too.
"""
import select
import signal
import socket
import struct
import sys
import time

ZONES = ("wild.house.test", "upload.example")
AHEAD = 100         # questions without an answer at a time
PATIENCE = 3        # seconds for the last answers


def question(number, name):
    labels = b"".join(bytes([len(l)]) + l for l in
                      (label.encode() for label in name.split(".")))
    return struct.pack(">6H", number & 0xffff, 0x100, 1, 0, 0, 0) + \
        labels + b"\0" + struct.pack(">2H", 1, 1)


class Asker:
    def __init__(self, port, prefix, rate):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.prefix, self.rate = prefix, rate
        self.asked = 0
        self.waiting = {}
        self.answers = []
        self.slowest = 0
        self.over = False

    def ask(self):
        name = "%s-%d.%s" % (self.prefix, self.asked, ZONES[self.asked % 2])
        self.waiting[self.asked & 0xffff] = name, time.monotonic()
        self.socket.send(question(self.asked, name))
        self.asked += 1

    def take(self):
        try:
            answer = self.socket.recv(4096)
        except BlockingIOError:
            return False
        name, since = self.waiting.pop(struct.unpack(">H", answer[:2])[0],
                                       (None, 0))
        if name:
            self.answers.append((name, int(time.time() * 1e6)))
            self.slowest = max(self.slowest, time.monotonic() - since)
        return True

    def turn(self, until):
        due = (time.monotonic() - self.begun) * self.rate
        for _ in range(AHEAD):
            if self.asked >= due or len(self.waiting) >= AHEAD:
                break
            self.ask()
        select.select([self.socket], [], [], min(0.002, max(0, until)))
        while self.take():
            pass

    def run(self, seconds):
        self.begun = time.monotonic()
        end = self.begun + seconds
        while time.monotonic() < end and not self.over:
            self.turn(end - time.monotonic())
        self.rate = 0
        end = time.monotonic() + PATIENCE
        while self.waiting and time.monotonic() < end:
            self.turn(end - time.monotonic())

    def stop(self, *_):
        self.over = True

    def write(self, path):
        late = [time.monotonic() - since for _, since in
                self.waiting.values()]
        with open(path, "w", encoding="ascii") as out:
            for answer in self.answers:
                out.write("%s %d\n" % answer)
            out.write("asked %d\n" % self.asked)
            out.write("slowest %d\n" % (1000 * max([self.slowest] + late)))


def main():
    port, prefix, seconds, rate, out = sys.argv[1:]
    asker = Asker(int(port), prefix, int(rate))
    signal.signal(signal.SIGTERM, asker.stop)
    try:
        asker.run(float(seconds))
    except ConnectionRefusedError:
        pass
    asker.write(out)


main()
