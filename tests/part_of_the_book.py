"""Some pages of the book on paper, for tests that need an edition but not all its pages: the whole takes minutes.

``python tests/part_of_the_book.py TARGET PAGE ...`` writes them as a PDF or an EPUB, by the ending of TARGET; the site is that
of the project whose packages are on the path. Links that lead out of these pages lead nowhere.
"""

import pathlib
import subprocess
import sys

from built_site import build_environment
from companion.ledger import load
from companion_press.paper import SITE, epub, pdf, volume


def of(book, names):
    """Keep some pages of a volume, and always the solutions, which stand last."""
    book.pages = [page for page in book.pages[:-1] if page.name in names] + book.pages[-1:]
    assert len(book.pages) == len(names) + 1
    ids = {tag["id"] for page in book.pages for tag in page.article.select("[id]")}
    for page in book.pages:
        for link in page.article.select('a[href^="#"]'):
            if link["href"][1:] not in ids:
                link.unwrap()
    return book


def written(root, target, *names, **settings):
    """Write some pages of the book that is built in the folder `root`, in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, str(target), *names],
        cwd=root,
        env={**build_environment(root), **settings},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return target


if __name__ == "__main__":
    target, ledger = pathlib.Path(sys.argv[1]), load()
    writer = {".pdf": pdf, ".epub": epub}[target.suffix]
    writer.write(of(volume.assemble(SITE, ledger), sys.argv[2:]), ledger, SITE, target)
