"""Runs of words: the fingerprints by which texts are compared that are not ours to publish.

A text is cut into its words, every stretch of eight of them is hashed, and only
the hashes are kept (``data/word-runs.csv``). Two texts that share a hash share
eight words in a row. Hashing keeps the wording from being read off, searched or
quoted; it is no lock. Whoever knows seven words in a row can try every word of a
dictionary for the eighth, and so go on along the text. Runs of eight were chosen
because shorter ones can be guessed without knowing any of the text (all common
five-word phrases can be listed and hashed), and because at eight the names of
organisations, which say nothing about who copied whom, no longer count.
"""

import hashlib
import re
from collections.abc import Iterable

#: Words in a run.
LENGTH = 8
#: Hexadecimal digits that are kept of each hash: among some thousand runs of the
#: texts and a million of the book, two that differ share 48 bits by chance once in
#: some tens of thousands of books.
DIGITS = 12
#: A word: letters and digits, with one apostrophe inside. Everything else parts words, the hyphen too.
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared: lower case, with the straight apostrophe."""
    return [word.lower().replace("’", "'") for word in WORD.findall(text)]


def digest(run: Iterable[str]) -> str:
    """Return the hash of a run: SHA-256 of its words with single spaces between, in the encoding of the web (UTF-8), cut to `DIGITS`."""
    return hashlib.sha256(" ".join(run).encode()).hexdigest()[:DIGITS]


def digests(words: list[str]) -> list[str]:
    """Return the hash of every run of `LENGTH` words, in order; none where there are fewer."""
    return [digest(words[start : start + LENGTH]) for start in range(len(words) - LENGTH + 1)]
