"""The book on paper: the PDF and the EPUB, put together from the pages of the built site.

`volume` joins the pages into one HTML document, `notes` says what stands behind a
statement, `cover` draws the picture of the title; `pdf` and `epub` set the document, and
`shelf` keeps what was made and offers it on the landing page. ``python -m companion_press.paper`` runs them.
"""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
SITE = ROOT / "_build/html"
SHELF = ROOT / "_build/paper"

#: The files of the two editions.
PDF = "central-asia-companion.pdf"
EPUB = "central-asia-companion.epub"
