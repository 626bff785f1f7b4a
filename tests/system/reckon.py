#!/usr/bin/env python3
"""
reckon: what was answered, beside what the journal says.

    reckon.py CSV [--cut TIME] [--before CSV] ANSWERS...

CSV is of `homebound log --csv`, ANSWERS of tests/system/asker.py.  Only what
was answered before the moment of the cut (microseconds since 1970) counts.
It prints words for a shell:

    all         rows, whoever asked
    rows        rows of questions of ANSWERS
    twice       names of them that have more than one row
    rising      yes, if each number is higher than the one before
    asked, answered, slowest (milliseconds)
    missing     answered, and no row
    old         how long before the cut the first of these was answered, in
                milliseconds
    outside     of these, answered when no gap says so
    gaps        what gaps count together
    unknown     gaps that do not know how many
    damaged     gaps of that reason, damaged blocks too
    counted     what these count together
    backwards   gaps that end before they begin
    vanished    rows of the CSV --before that are not there any more
    gone        of these, such that there is none with the number and the time
"""
import argparse
import collections
import csv
import datetime

AROUND = 600000     # a gap has times of arrival; an answer may be so late


def microseconds(text):
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(at.timestamp() * 1e6)


def read_rows(path):
    """As tuples: there are many."""
    with open(path, newline="", encoding="ascii") as stream:
        rows = csv.reader(stream)
        Row = collections.namedtuple("Row", next(rows, ()),
                                     rename=True)
        return [Row._make(row) for row in rows]


class Answers:
    def __init__(self, paths, cut):
        self.times = {}
        self.asked = self.slowest = 0
        for path in paths:
            with open(path, encoding="ascii") as stream:
                for line in stream:
                    name, value = line.split()
                    self.take(name, int(value), cut)

    def take(self, name, value, cut):
        if name == "asked":
            self.asked += value
        elif name == "slowest":
            self.slowest = max(self.slowest, value)
        elif cut is None or value < cut:
            self.times[name] = value


def is_of(name, answers):
    """A question that got no answer may have a row all the same."""
    return name in answers.times or (
        name.partition("-")[0] in answers.prefixes and
        name.endswith((".wild.house.test", ".upload.example")))


def reckon_gaps(rows, missing):
    gaps = [r for r in rows if r.kind == "gap"]
    damaged = [g for g in gaps if g.reason.startswith("damaged")]
    spans = [(microseconds(g.time), microseconds(g.until))
             for g in gaps]
    return {
        "outside": sum(not any(a - AROUND <= at <= z + AROUND
                               for a, z in spans) for at in missing),
        "gaps": sum(int(g.count or 0) for g in gaps),
        "unknown": sum(g.count in ("", "0") for g in gaps),
        "damaged": len(damaged),
        "counted": sum(int(g.count or 0) for g in damaged),
        "backwards": sum(a > z for a, z in spans),
    }


def identity(row):
    return row.number, row.time, row.name, row.client


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("--cut", type=int)
    parser.add_argument("--before")
    parser.add_argument("answers", nargs="*")
    words = parser.parse_intermixed_args()
    rows = read_rows(words.csv)
    answers = Answers(words.answers, words.cut)
    answers.prefixes = {name.partition("-")[0] for name in answers.times}
    queries = [r for r in rows if r.kind == "query"]
    ours = collections.Counter(r.name for r in queries
                               if is_of(r.name, answers))
    numbers = [int(r.number) for r in rows]
    missing = [at for name, at in answers.times.items() if name not in ours]
    before = read_rows(words.before) if words.before else []
    there = set(map(identity, queries))
    places = {(r.number, r.time) for r in queries}
    before = [r for r in before if r.kind == "query"]
    found = {
        "all": len(queries),
        "rows": sum(ours.values()),
        "twice": sum(count > 1 for count in ours.values()),
        "rising": "yes" if all(a < b for a, b in zip(numbers, numbers[1:]))
                  else "no",
        "asked": answers.asked,
        "answered": len(answers.times),
        "slowest": answers.slowest,
        "missing": len(missing),
        "old": ((words.cut or 0) - min(missing)) // 1000 if missing else 0,
        "vanished": sum(identity(r) not in there for r in before),
        "gone": sum((r.number, r.time) not in places for r in before),
    }
    found.update(reckon_gaps(rows, missing))
    for name, value in found.items():
        print("%s=%s" % (name, value))


main()
