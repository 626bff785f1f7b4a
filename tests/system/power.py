#!/usr/bin/env python3
"""
power: what a power cut leaves of a folder.

    power.py BASE LOG OUT SEED [RECORD]

BASE is a copy of the folder from before, LOG what tests/system/unsynced.c has
told since.  OUT becomes what could be found after a power cut behind that
record (the last one, unless it is given):

    - all that was written to a file before it was synced
    - of what was written later, any part: whole writes, or sectors of 512
      bytes of them, by lot; and the same for changes of a file's size
    - names as they were when their folder was synced, and of later changes
      the first so many, by lot: file systems keep those in order

The same seed draws the same lots.  It prints the moment of the cut, in
microseconds since 1970, and how many records stood before it.
"""
import os
import random
import shutil
import struct
import sys

HEADER = struct.Struct("=c3xIQQQ")
SECTOR = 512


class File:
    """What is in a file for sure, and what was done to it since."""

    def __init__(self, data=b"", inode=None):
        self.kept = bytearray(data)
        self.later = []
        self.inode = inode

    def sync(self):
        for change in self.later:
            apply(self.kept, change)
        self.later = []


class Folder:
    """A name that is no file; what is in it, its names say."""

    def __init__(self, inode=None):
        self.inode = inode


def apply(data, change):
    kind, offset, piece = change
    if kind == b"t":
        del data[offset:]
    if kind in b"ta" and len(data) < offset:
        data.extend(bytes(offset - len(data)))
    if kind == b"w":
        if len(data) < offset:
            data.extend(bytes(offset - len(data)))
        data[offset:offset + len(piece)] = piece


def tear(change, lots, share):
    """The sectors of a write that came to the disk."""
    kind, offset, piece = change
    at = 0
    while at < len(piece):
        end = min(len(piece), at + SECTOR - (offset + at) % SECTOR)
        if lots.random() < share:
            yield kind, offset + at, piece[at:end]
        at = end


def lose(file, lots):
    """The file as it is found."""
    data = bytearray(file.kept)
    share = lots.choice((0, 0.1, 0.5, 0.9, 1))
    torn = lots.random() < 0.5
    for change in file.later:
        if torn and change[0] == b"w":
            for piece in tear(change, lots, share):
                apply(data, piece)
        elif lots.random() < share:
            apply(data, change)
    return data


def is_in(folder, names):
    """The name of the top folder is ""."""
    return any(os.path.dirname(name) == folder for name, _ in names)


class Disk:
    def __init__(self, base):
        self.names = {"": Folder()}
        for path, inner, names in os.walk(base):
            for name in names:
                with open(os.path.join(path, name), "rb") as stream:
                    self.put(base, path, name, File(stream.read()))
            for name in inner:
                self.put(base, path, name, Folder())
        self.kept = dict(self.names)
        self.later = []
        self.inodes = {}
        self.time = 0

    def put(self, base, path, name, thing):
        whole = os.path.relpath(os.path.join(path, name), base)
        if not whole.endswith("-shm"):
            self.names[whole] = thing

    def bind(self, *names):
        """Now, and on the disk when a folder of theirs is synced."""
        bind(self.names, names)
        self.later.append(names)

    def opened(self, inode, name):
        thing = self.names.get(name)
        if thing is not None and thing.inode is None:
            thing.inode = inode
        if thing is None or thing.inode != inode:
            thing = File(inode=inode)
            self.bind((name, thing))
        self.inodes[inode] = thing

    def sync(self, inode):
        thing = self.inodes[inode]
        if isinstance(thing, File):
            thing.sync()
            return
        where = [n for n in self.names if self.names[n] is thing][0]
        for names in self.later:
            if is_in(where, names):
                bind(self.kept, names)
        self.later = [l for l in self.later if not is_in(where, l)]

    def rename(self, names):
        before, after = names.split("\0")
        if isinstance(self.names.get(before), File):
            self.bind((after, self.names[before]), (before, None))

    def take(self, kind, inode, offset, data):
        if kind == b"o":
            self.opened(inode, data.decode())
        elif kind in b"wta" and inode in self.inodes:
            self.inodes[inode].later.append((kind, offset, data))
        elif kind == b"c":
            self.inodes[inode].later = []
            self.inodes[inode].kept = bytearray(data)
        elif kind == b"s":
            self.sync(inode)
        elif kind == b"u":
            self.bind((data.decode(), None))
        elif kind == b"m":
            self.bind((data.decode(), Folder()))
        elif kind == b"r":
            self.rename(data.decode())

    def lose_names(self, lots):
        """Names of after the cut."""
        names = dict(self.kept)
        first = lots.choice((0, len(self.later),
                             lots.randint(0, len(self.later))))
        for change in self.later[:first]:
            bind(names, change)
        return names

    def leave(self, out, lots):
        names = self.lose_names(lots)
        os.makedirs(out)
        for name in sorted(set(names) - {""}):
            path = os.path.join(out, name)
            if not os.path.isdir(os.path.dirname(path)):
                continue
            if isinstance(names[name], Folder):
                os.makedirs(path, exist_ok=True)
                continue
            with open(path, "wb") as stream:
                stream.write(lose(names[name], lots))


def bind(table, names):
    """All of a change at once: a rename is never done by half."""
    for name, thing in names:
        if thing is None:
            table.pop(name, None)
        else:
            table[name] = thing


def records(path):
    """Whole ones only: a kill may have cut off the last."""
    with open(path, "rb") as stream:
        while True:
            header = stream.read(HEADER.size)
            if len(header) < HEADER.size:
                return
            kind, length, inode, time, offset = HEADER.unpack(header)
            data = stream.read(length)
            if len(data) < length:
                return
            yield kind, inode, time, offset, data


def cut(base, log, out, seed, last=None):
    disk = Disk(base)
    time = count = 0
    for kind, inode, time, offset, data in records(log):
        if last is not None and count >= int(last):
            break
        disk.take(kind, inode, offset, data)
        count += 1
    shutil.rmtree(out, ignore_errors=True)
    disk.leave(out, random.Random(seed))
    print(time, count)


cut(*sys.argv[1:])
