#!/usr/bin/env python3
"""
damage: spoils a file of a journal, by lot, in the place where it lies.

    damage.py FOLDER SEED [KIND]

    bytes       a few bytes, anywhere
    page        4096 bytes of a page: zeros, ones, or a page of elsewhere
    sectors     some sectors of noise
    head        bytes of the database's header
    short       the end of the database is not there
    log         bytes of the log (-wal)
    rubbish     all of the database is noise

Without KIND that is by lot too.  The same seed does the same to the same file.
It prints what it did.
"""
import os
import random
import sys

KINDS = ("bytes", "bytes", "page", "page", "sectors", "head", "short", "log")
PAGE, SECTOR = 4096, 512


def write_at(path, at, data):
    """As a disk does it: to the file that others have open."""
    with open(path, "r+b") as stream:
        stream.seek(at)
        stream.write(data)
    return "%d at %d" % (len(data), at)


def page_of(path, lots, size):
    """What stands in the page from now on."""
    kind = lots.choice(("zeros", "ones", "other"))
    if kind == "other":
        with open(path, "rb") as stream:
            stream.seek(lots.randrange(size // PAGE) * PAGE)
            return stream.read(PAGE)
    return (b"\0" if kind == "zeros" else b"\xff") * PAGE


def spoil(path, kind, lots):
    size = os.path.getsize(path)
    if kind == "page":
        at = lots.randrange(size // PAGE) * PAGE
        return write_at(path, at, page_of(path, lots, size))
    if kind == "sectors":
        return " ".join(
            write_at(path, lots.randrange(size // SECTOR) * SECTOR,
                     lots.randbytes(SECTOR)) for _ in range(8))
    if kind == "head":
        return write_at(path, lots.randrange(96), lots.randbytes(4))
    if kind == "short":
        os.truncate(path, lots.randrange(size))
        return "%d of %d bytes" % (os.path.getsize(path), size)
    if kind == "rubbish":
        return write_at(path, 0, lots.randbytes(size))
    return " ".join(write_at(path, lots.randrange(size), lots.randbytes(1))
                    for _ in range(lots.randint(1, 8)))


def main():
    folder, seed = sys.argv[1:3]
    lots = random.Random(seed)
    kind = sys.argv[3] if len(sys.argv) > 3 else lots.choice(KINDS)
    path = os.path.join(folder, "journal.db")
    if kind == "log" and os.path.getsize(path + "-wal") > 0:
        path += "-wal"
    print(kind, os.path.basename(path), spoil(path, kind, lots))


main()
