"""Sets citations with pandoc's citeproc: one start of pandoc sets any number of them.

`_eased` and `_corrected` hold what the book does to pandoc's input and output so that they are those of
citeproc-js, the reference engine (``tests/test_citations.py`` compares them), but for two places where a manual
says otherwise than its CSL file (`_finish`). Pandoc is needed only when something is set.
"""

import json
import pathlib
import re
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import escape
from typing import Any

from companion_press.citing.csl_items import fixed, is_fixed, marked_up, plain
from companion_press.citing.manuals import FILES, HEADLINES, LONG, SHORT, STYLES, prepared, style_sheet

#: Places that have a name where others have a number.
_NAMED_PLACES = {"¶0": "standfirst", "caption": "caption"}

#: How a style writes a time stamp; the others print it bare.
_AT = {"chicago-notes": "at {}", "chicago-author-date": "at {}"}

#: So many citations are set by one start of pandoc, and so many pandocs run at a time: more would take too much memory.
BATCH, AT_A_TIME = 600, 2

# What stands for the reader's own address and day while the engine runs, and is taken out again.
_ADDRESS = "https://address.invalid/"
_DAY = {"date-parts": [[8642, 9, 28]]}
_DAYS = {
    "28 September 8642": "d MMMM y",
    "28 Sept. 8642": "d MMM. y",
    "September 28, 8642": "MMMM d, y",
    "Sept. 28, 8642": "MMM. d, y",
}
# CSL has no label for a standfirst, and pandoc reads none for a time stamp: this paragraph stands in for both.
_PLACE = "8642"
# Stand in for double quotation marks and for the end of a title.
_OPEN, _CLOSE, _END = "\ue001", "\ue002", "\ue003"
# Stands in for a sign of the text by which the engine would see markup (<i>).
_LESS = "\ue006"

#: An element within a line as pandoc's JSON has it: its type ``t`` and its content ``c``.
Inline = dict[str, Any]


def render(wanted: list[tuple], style: str) -> list[tuple[str, str]]:
    """Return the plain text and the HTML of each citation.

    Parameters
    ----------
    wanted : (record, locator, full) for each; the locator is None for an entry of a bibliography, and a full citation
        has the markers of the address and of the day that `citations.Entry` describes
    style : a key of `manuals.STYLES`

    Raises
    ------
    RuntimeError
        Pandoc cannot set a record; the message names it.
    """
    batches = []
    for entry in (True, False):
        places = [place for place, (_, locator, _) in enumerate(wanted) if (locator is None) == entry]
        batches += [places[start : start + BATCH] for start in range(0, len(places), BATCH)]

    def batch(places: list[int]) -> list[list[Inline]]:
        asked = [
            (marked_up(_eased(_for_engine(item, style, full), style), _LESS), locator)
            for item, locator, full in (wanted[p] for p in places)
        ]
        return _pandoc(asked, style)

    texts = [("", "")] * len(wanted)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for places, answers in zip(batches, pool.map(batch, batches)):
            for place, inlines in zip(places, answers):
                item, locator, _ = wanted[place]
                text, html = _write(inlines, "custom" not in item)
                texts[place] = (_finish(text, item, locator, style), _finish(html, item, locator, style))
    return texts


def _for_engine(item: dict, style: str, full: bool) -> dict:
    item = {**item}
    own = item.pop("custom", None)
    if full:
        item["accessed"] = _DAY
    if own and full:
        item.setdefault("URL", _ADDRESS + own["path"])
    return prepared(item, style)


def _pandoc(pairs: list[tuple[dict, str | None]], style: str) -> list[list[Inline]]:
    """Set (record, locator) pairs in one start of pandoc; return the inline elements of each.

    Every pair gets a record of its own, so that none is a repetition of another.
    """
    import pypandoc  # only where a citation is set: readers' kernels do without

    entries = pairs[0][1] is None
    records = [{**item, "id": f"r{n}"} for n, (item, _) in enumerate(pairs)]
    cites = [_cite("*")] if entries else []
    blocks = (
        []
        if entries
        else [
            {"t": "Div", "c": [[f"c{n}", [], []], [{"t": "Para", "c": [_cite(f"r{n}", locator)]}]]}
            for n, (_, locator) in enumerate(pairs)
        ]
    )
    meta = {"nocite": {"t": "MetaInlines", "c": cites}, "lang": {"t": "MetaString", "c": FILES[style][1]}}
    if not entries:
        meta["suppress-bibliography"] = {"t": "MetaBool", "c": True}
    with tempfile.TemporaryDirectory() as folder:
        csl, bibliography = pathlib.Path(folder, "style.csl"), pathlib.Path(folder, "records.json")
        csl.write_text(style_sheet(style), "utf-8", newline="\n")
        bibliography.write_text(json.dumps(records), "utf-8", newline="\n")
        done = subprocess.run(
            [
                pypandoc.get_pandoc_path(),
                "--from=json",
                "--to=json",
                "--citeproc",
                f"--csl={csl}",
                f"--bibliography={bibliography}",
            ],
            input=json.dumps({"pandoc-api-version": [1, 23, 1], "meta": meta, "blocks": blocks}).encode(),
            capture_output=True,
        )
    names = {f"r{n}": item["id"] for n, (item, _) in enumerate(pairs)}
    if done.returncode or done.stderr:
        trouble = re.sub(r"\br\d+\b", lambda m: names.get(m[0], m[0]), done.stderr.decode())
        raise RuntimeError(f"pandoc cannot set these citations in {STYLES[style]}: {trouble.strip()}")
    found = {}
    for div in _divs(json.loads(done.stdout)["blocks"]):
        (id, _, _), content = div["c"]
        found[id] = [inline for block in content if block["t"] in ("Para", "Plain") for inline in block["c"]]
    return [found[f"ref-r{n}" if entries else f"c{n}"] for n in range(len(pairs))]


def _divs(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        if block["t"] == "Div":
            if re.match(r"ref-r|c\d", block["c"][0][0]):
                yield block
            else:
                yield from _divs(block["c"][1])


def _cite(id: str, locator: str | None = "") -> Inline:
    suffix = []
    if locator:
        number = locator[1:] if locator.startswith("¶") and locator not in _NAMED_PLACES else _PLACE
        suffix = [
            {"t": "Str", "c": ","},
            {"t": "Space"},
            {"t": "Str", "c": "para."},
            {"t": "Space"},
            {"t": "Str", "c": number},
        ]
    cite = {
        "citationId": id,
        "citationPrefix": [],
        "citationSuffix": suffix,
        "citationMode": {"t": "NormalCitation"},
        "citationNoteNum": 1,
        "citationHash": 0,
    }
    return {"t": "Cite", "c": [[cite], [{"t": "Str", "c": "?"}]]}


def _write(inlines: list[Inline], links: bool) -> tuple[str, str]:
    """Return pandoc's inline elements as plain text and as HTML (italics, and addresses as links)."""
    text, html = [], []
    for inline in inlines:
        kind = inline["t"]
        content: Any = inline.get("c")
        if kind == "Str":
            content = content.replace(_LESS, "<")
            text.append(content)
            html.append(escape(content, quote=False))
        elif kind in ("Space", "SoftBreak"):
            text.append(" ")
            html.append(" ")
        elif kind in ("Emph", "Span", "Link", "Cite", "Note", "Strong", "SmallCaps", "Superscript", "Subscript"):
            inner = content[1] if kind in ("Span", "Link", "Cite") else content
            if kind == "Note":
                inner = [i for block in content for i in block["c"]]
            inner_text, inner_html = _write(inner, links)
            text.append(inner_text)
            if kind == "Emph":
                inner_html = f"<i>{inner_html}</i>"
            elif kind == "Link" and links:
                inner_html = f'<a href="{escape(content[2][0].replace(_LESS, "<"))}">{inner_html}</a>'
            html.append(inner_html)
        elif kind == "Quoted":
            left, right = "‘’" if content[0]["t"] == "SingleQuote" else "“”"
            inner_text, inner_html = _write(content[1], links)
            text.append(left + inner_text + right)
            html.append(left + inner_html + right)
        else:
            raise RuntimeError(f"pandoc returned {kind!r} within a citation")
    return "".join(text), "".join(html)


def _finish(text: str, item: dict, locator: str | None, style: str) -> str:
    """Correct the engine's text and put markers or words where stand-ins went in."""
    text = _corrected(text, item, style, locator is not None)
    if locator and (locator in _NAMED_PLACES or ":" in locator):
        place = _NAMED_PLACES.get(locator) or _AT.get(style, "{}").format(locator)
        # MLA 9: no comma before a time.
        before = "(?:,(?= par))?" if style == "mla" and ":" in locator else ""
        text = re.sub(rf"{before}( ?)\b(?:para|par)\. {_PLACE}\b", rf"\g<1>{place}", text)
    if "custom" in item:
        path = item["custom"]["path"]
        text = text.replace(escape(_ADDRESS + path, quote=False), f"{{url:{path}}}")
    if style == "apa":
        # Its file says “Retrieved” also where no day follows.
        text = re.sub(r"\bRetrieved (?=<a|https?:)", "", text)
    for day, form in _DAYS.items():
        text = text.replace(day, f"{{accessed:{form}}}")
    return text


def _eased(item: dict, style: str) -> dict:
    """Fit a record to what pandoc does otherwise than citeproc-js, the reference engine."""
    if style in HEADLINES:
        for name in ("title", "container-title"):
            for small in (SHORT, LONG):  # Chicago's long ones have been raised
                if name in item and not is_fixed(item[name]):
                    item[name] = small.sub(lambda match: fixed(match[0]), item[name])
    if "title" not in item:
        return item
    title = item["title"]
    if style == "harvard" and item["type"] == "webpage":
        # An italic title keeps its double quotation marks.
        title = title.replace("“", _OPEN).replace("”", _CLOSE)
    if style == "chicago-notes" and re.search(r"([?!]|\.\.\.)$", plain(title)):
        # In a note the comma behind a question mark, or dots, stays.
        title += _END
    return {**item, "title": title}


def _corrected(text: str, item: dict, style: str, cited: bool) -> str:
    """Correct pandoc's text where it differs from that of citeproc-js."""
    text = text.replace(_OPEN, "“").replace(_CLOSE, "”")
    text = text.replace(_END, "") if cited else re.sub(rf"{_END}[.,]?(”?)[.,]?", r"\1", text)
    if style != "harvard":
        # American styles: a stop goes inside all quotation marks that close before it.
        text = re.sub(r"([’”])((?:</i>)?)([.,])((?:</i>)?”)?", _inside_quotes, text)
    return text


def _inside_quotes(match: re.Match[str]) -> str:
    quote, end, stop, outer = match.groups("")
    return f"{stop}{quote}{end}{outer}"
