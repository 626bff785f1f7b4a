"""
csource: as much of C as the house rules need, for sources of one style.

A file is read as lines, as code (comments, strings and preprocessor lines
blanked, everything else in its place) and as functions.  The tests check-*
are written on top of it.
"""
import os
import re
import sys

sys.dont_write_bytecode = True

TOKEN = re.compile(r"[A-Za-z_]\w*|\.?\d(?:[\w.]|[eEpP][+-])*|"
                   r"<<=|>>=|\.\.\.|->|\+\+|--|&&|\|\||[-+*/%&|^=!<>]=|"
                   r"<<|>>|\n|\S")
# A comment, a string, a character; what is left open ends with the line.
SKIP = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|"
                  r"'(?:\\.|[^'\\\n])*'", re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.M)
INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*([<\"])([^>\"]+)[>\"]")


class Unreadable(Exception):
    """Text that is not of our style; the words say where."""


def blank(match):
    """As many lines as there were, and nothing on them."""
    text = match.group(0)
    if text.startswith('"'):
        return '""' + " " * (len(text) - 2)
    if text.startswith("'"):
        return "0" + " " * (len(text) - 1)
    return re.sub(r"[^\n]", " ", text)


class Function:
    """Where it stands and what it measures."""

    def __init__(self, path, name, first, last):
        self.path, self.name = path, name
        self.first, self.last = first, last
        self.parameters = self.complexity = self.depth = 0

    @property
    def lines(self):
        return self.last - self.first + 1


class Source:
    """A file of C."""

    def __init__(self, top, path):
        self.top, self.path = top, path
        with open(os.path.join(top, path), encoding="utf-8",
                  errors="surrogateescape", newline="") as stream:
            self.text = stream.read()
        self.lines = self.text.split("\n")
        self.code = SKIP.sub(blank, self.text)
        self.code = DIRECTIVE.sub(blank, self.code)

    def includes(self):
        """(line, "<" or '"', name) of every #include, comments aside."""
        text = re.sub(r"/\*.*?\*/", blank, self.text, flags=re.S)
        for number, line in enumerate(text.split("\n"), 1):
            match = INCLUDE.match(line)
            if match:
                yield number, match.group(1), match.group(2)

    def functions(self):
        tokens = []
        line = 1
        for match in TOKEN.finditer(self.code):
            if match.group(0) == "\n":
                line += 1
            else:
                tokens.append((match.group(0), line))
        return list(find_functions(self.path, tokens))


def closing(path, tokens, at):
    """The place of the bracket that closes the one at `at`."""
    pairs = {"(": ")", "[": "]", "{": "}"}
    open_ones = []
    for place in range(at, len(tokens)):
        token = tokens[place][0]
        if token in pairs:
            open_ones.append(pairs[token])
        elif token in pairs.values():
            if not open_ones or open_ones.pop() != token:
                break
            if not open_ones:
                return place
    raise Unreadable("%s:%d: the bracket is not closed" %
                     (path, tokens[at][1]))


def find_functions(path, tokens):
    start = at = 0
    groups = []         # (before, first, last) of each (...) since start
    assigned = False
    while at < len(tokens):
        token = tokens[at][0]
        if token == ";":
            start, groups, assigned = at + 1, [], False
        elif token == "=":
            assigned = True
        elif token in "([":
            end = closing(path, tokens, at)
            if token == "(" and at > start:
                groups.append((tokens[at - 1][0], at, end))
            at = end
        elif token == "{":
            end = closing(path, tokens, at)
            if groups and not assigned:
                yield measure(path, tokens, start, groups, (at, end))
                start, groups = end + 1, []
            at = end
        elif token == "}":
            raise Unreadable("%s:%d: nothing is open here" %
                             (path, tokens[at][1]))
        at += 1


def measure(path, tokens, start, groups, body):
    groups = [g for g in groups if g[0] not in ("__attribute__", "(")]
    name, first, last = groups[-1]
    inner = [t for t, _ in tokens[first + 1:last]]
    if name in ("Test", "TestSuite", "ParameterizedTest"):
        commas = [i for i, t in enumerate(inner) if t == ","]
        name = ".".join(t for t in inner[:(commas + [3, 3])[1]] if t != ",")
        inner = []
    function = Function(path, name, tokens[start][1], tokens[body[1]][1])
    function.parameters = count_parameters(inner)
    code = [t for t, _ in tokens[body[0]:body[1] + 1]]
    function.complexity = 1 + sum(
        t in ("if", "for", "while", "case", "&&", "||", "?") for t in code)
    function.depth = Depth(path, tokens, body).deepest
    return function


def count_parameters(inner):
    if not inner or inner == ["void"]:
        return 0
    depth, count = 0, 1
    for token in inner:
        depth += (token in "([{") - (token in ")]}")
        count += token == "," and depth == 0
    return count - ("..." in inner)


class Depth:
    """
    How deep statements are nested in a function: one for every if, else,
    for, while, do, switch around them, with braces or without; an `else if`
    is as deep as its if.
    """

    def __init__(self, path, tokens, body):
        self.path, self.tokens = path, tokens
        self.deepest = 0
        self.block(body[0], 0)

    def at(self, place):
        return self.tokens[place][0]

    def block(self, place, depth):
        end = closing(self.path, self.tokens, place)
        place += 1
        while place < end:
            place = self.statement(place, depth)
        return end + 1

    def inner(self, place, depth):
        self.deepest = max(self.deepest, depth + 1)
        return self.statement(place, depth + 1)

    def condition(self, place):
        return closing(self.path, self.tokens, place) + 1

    def statement(self, place, depth):
        token = self.at(place)
        if token == "{":
            return self.block(place, depth)
        if token == "if":
            place = self.inner(self.condition(place + 1), depth)
            if self.at(place) != "else":
                return place
            if self.at(place + 1) == "if":
                return self.statement(place + 1, depth)
            return self.inner(place + 1, depth)
        if token in ("for", "while", "switch"):
            return self.inner(self.condition(place + 1), depth)
        if token == "do":
            place = self.inner(place + 1, depth)
            return self.condition(place + 1) + 1
        if token in ("case", "default"):
            return self.label(place)
        if self.at(place + 1) == ":" and token.isidentifier():
            return place + 2
        return self.plain(place)

    def label(self, place):
        while self.at(place) != ":":
            place += 1
            if self.at(place) in "([":
                place = closing(self.path, self.tokens, place) + 1
        return place + 1

    def plain(self, place):
        while self.at(place) not in (";", "}"):
            if self.at(place) in "([{":
                place = closing(self.path, self.tokens, place)
            place += 1
        return place + (self.at(place) == ";")


def files(top, *folders):
    """Every .c and .h below these folders of the tree, in order."""
    found = []
    for folder in folders:
        for path, inner, names in os.walk(os.path.join(top, folder)):
            inner.sort()
            found += [os.path.relpath(os.path.join(path, name), top)
                      for name in names if name.endswith((".c", ".h"))]
    return sorted(found)


def top_folder(arguments):
    """The tree to look at: named, or the one this file stands in."""
    if len(arguments) > 1:
        return arguments[1]
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def finish(name, troubles, words):
    """Says what is wrong, or that all is well, and ends with the status."""
    for trouble in troubles:
        print(trouble)
    if troubles:
        print("%s: %d found" % (name, len(troubles)))
        sys.exit(1)
    print("%s: %s" % (name, words))
