"""What may happen to a file: a hand slips, a program saves it badly, somebody means harm.

Each function takes what a file holds and a source of choices (`draw`, of Hypothesis) and gives what it holds then.
"""

import csv
import io
import json
import re
import unicodedata

from hypothesis import strategies as st

#: What nobody should see by accident, and what must be shown as it is.
INVISIBLE = ["\u202e", "\u2066", "\u200b", "\u00ad", "\ufeff", "\x00", "\x07", "\x1b", "\u2028", "\ue000", "\u0378"]
COMBINING = ["e\u0301", "й".replace("й", "и\u0306"), "a\u0301\u0302\u0303\u0304\u0305", "\u0301"]
FOREIGN = ["قازاقستان", "ישראל", "ҚАЗАҚСТАН", "中亞", "𐱅𐰇𐰼𐰜", "ﬁ", "①", "½", "می\u200cخواهد"]
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!-- ",
    "&lt;b&gt; & <b>",
    '=HYPERLINK("https://example.org","x")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "javascript:alert(1)",
    "https://user:word@example.org/",
    "https://exa mple.org/",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "{claim}`trade-russia-2024`",
    "```{code-cell}",
    "$x_1^2$",
    "{{ title }}",
    "%(x)s {0} ${HOME}",
    "../../../etc/passwd",
    "a\nb",
    " padded ",
    "two  blanks",
    "'; DROP TABLE claims;--",
    "NaN",
    "1e999",
    "-0",
    "1_000",
    "٤٥",
    "0x1f",
    "true",
    "null",
    "2025-02-30",
    "9999-12-31",
]
LONG = ["x" * 150, "long " * 500, "y" * 200_000]
TEXTS = [*INVISIBLE, *COMBINING, *FOREIGN, *HOSTILE, *LONG, ""]


def text(draw):
    """One of the texts that are hard to bear."""
    return draw(st.sampled_from(TEXTS))


def spoilt(draw, value):
    """A text with something done to it."""
    kind = draw(st.sampled_from(["other", "within", "cut", "twice", "upper", "decomposed", "empty", "letter"]))
    at = draw(st.integers(0, max(len(value) - 1, 0)))
    if kind == "other":
        return text(draw)
    if kind == "within":
        return value[:at] + text(draw) + value[at:]
    if kind == "cut":
        return value[:at]
    if kind == "twice":
        return value + value
    if kind == "upper":
        return value.swapcase()
    if kind == "decomposed":
        return unicodedata.normalize("NFD", value)
    if kind == "letter":
        return value[:at] + draw(st.sampled_from("aZ9-.é")) + value[at + 1 :]
    return ""


# -- bytes, of any file ----------------------------------------------------------------


def of_bytes(draw, content):
    """A file that is saved badly: cut off, in another encoding, with bytes that are none of its own."""
    kind = draw(st.sampled_from(["cut", "empty", "encoding", "byte", "mark", "newlines", "null", "twice"]))
    at = draw(st.integers(0, len(content)))
    if kind == "cut":
        return content[:at]
    if kind == "empty":
        return draw(st.sampled_from([b"", b"\n", b" \n\n", b"\xef\xbb\xbf"]))
    if kind == "encoding":
        encoding = draw(st.sampled_from(["utf-16", "cp1251", "latin-1", "cp866"]))
        return content.decode("utf-8").encode(encoding, "replace")
    if kind == "byte":
        return content[:at] + bytes([draw(st.integers(0x80, 0xFF))]) + content[at:]
    if kind == "mark":
        return b"\xef\xbb\xbf" + content
    if kind == "newlines":
        return content.replace(b"\n", draw(st.sampled_from([b"\r\n", b"\r"])))
    if kind == "null":
        return content[:at] + b"\0" + content[at:]
    return content + content


# -- tables ------------------------------------------------------------------------------


def _written(rows):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def of_rows(draw, content):
    """A table with a row lost, doubled, moved, cut off, or a cell too many."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    at, other = draw(st.integers(0, len(rows) - 1)), draw(st.integers(1, len(rows) - 1))
    kind = draw(st.sampled_from(["drop", "duplicate", "swap", "truncate", "short", "long", "empty", "column"]))
    if kind == "drop":
        rows.pop(other)
    elif kind == "duplicate":
        rows.insert(other, rows[other])
    elif kind == "swap":
        rows[at], rows[other] = rows[other], rows[at]
    elif kind == "truncate":
        rows = rows[:other]
    elif kind == "short":
        rows[at] = rows[at][:-1]
    elif kind == "long":
        rows[at] = [*rows[at], text(draw)]
    elif kind == "empty":
        rows[other] = [""] * len(rows[0])
    else:
        column = draw(st.integers(0, len(rows[0]) - 1))
        rows = [row[:column] + row[column + 1 :] for row in rows]
    return _written(rows)


def of_cell(draw, content):
    """A table with one cell spoilt: what it holds then, and the cell's row, column, text, and text before."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    at, column = draw(st.integers(1, len(rows) - 1)), draw(st.integers(0, len(rows[0]) - 1))
    before = rows[at][column]
    value = spoilt(draw, before)
    rows[at] = [*rows[at][:column], value, *rows[at][column + 1 :]]
    return _written(rows), (at + 1, rows[0][column], value, before)


# -- what is nested: JSON, and YAML by its lines -------------------------------------------


def _places(value, path=()):
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _places(inner, (*path, place))


def of_json(draw, content):
    """A file of JSON with one value lost, doubled, or of another kind."""
    whole = json.loads(content)
    if "features" in whole:  # each coordinate is a place: choose a feature first
        within = draw(st.integers(0, len(whole["features"]) - 1))
        paths = [("features", within, *path) for path in _places(whole["features"][within])][:200]
        paths += [("features", within), ("features",), ("type",)]
    else:
        paths = list(_places(whole))
    *above, last = draw(st.sampled_from(paths))
    parent = whole
    for step in above:
        parent = parent[step]
    kind = draw(st.sampled_from(["drop", "duplicate", "spoil", "type", "rename"]))
    if kind == "drop":
        del parent[last]
    elif kind == "duplicate" and isinstance(parent, list):
        parent.insert(last, parent[last])
    elif kind == "rename" and isinstance(parent, dict):
        parent[spoilt(draw, last)] = parent.pop(last)
    elif kind == "spoil" and isinstance(parent[last], str):
        parent[last] = spoilt(draw, parent[last])
    else:
        parent[last] = draw(st.sampled_from([None, 5, -1.5, True, "", [], {}, [[]], {"a": []}, "text", 10**30]))
    return json.dumps(whole, ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass")


def of_lines(draw, content):
    """A file of lines (YAML, BibTeX, a page, a card) with one lost, doubled, moved, indented or spoilt."""
    lines = content.decode("utf-8").splitlines(keepends=True)
    at, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
    kind = draw(st.sampled_from(["drop", "duplicate", "swap", "truncate", "indent", "spoil", "value", "delimiter"]))
    if kind == "drop":
        lines.pop(at)
    elif kind == "duplicate":
        lines.insert(at, lines[at])
    elif kind == "swap":
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == "truncate":
        lines = lines[:at]
    elif kind == "indent":
        lines[at] = "   " + lines[at]
    elif kind == "spoil":
        lines[at] = spoilt(draw, lines[at].rstrip("\n")) + "\n"
    elif kind == "value":
        found = re.match(r"(.*?[:=] *\{?\"?)(.*?)(\"?\}?,?\n?)$", lines[at], re.S)
        if found:
            lines[at] = found[1] + spoilt(draw, found[2]) + found[3]
        else:
            lines[at] = spoilt(draw, lines[at])
    else:
        marks = [n for n, character in enumerate(lines[at]) if character in "{}[]()`\"',:=@#*-"]
        if marks:
            place = draw(st.sampled_from(marks))
            lines[at] = lines[at][:place] + lines[at][place + 1 :]
        else:
            lines[at] += draw(st.sampled_from(["}", "{", "`", "]", '"', "---\n", "```\n"]))
    return "".join(lines).encode("utf-8", "surrogatepass")
