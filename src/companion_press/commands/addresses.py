"""Adds the addresses of the built site to the list of those that must stay; takes none out."""

import pathlib

import html5lib

from companion_press.keeping import whole

ROOT = pathlib.Path(__file__).resolve().parents[3]

#: Every address that a footnote may point at, one a line. `make addresses` adds what is new and takes nothing out.
LIST = ROOT / "tests/published-addresses.txt"

#: What is numbered by the machine or belongs to a page's furniture, and so is no address.
FURNITURE = (
    "pst-",
    "id",
    "note-",
    "card-",
    "take-",
    "heard-",
    "searchbox",
    "search-",
    "index-",
    "codecell",
    "__",
    "term-",
    "exercise-content",
    "solution-content",
    "book/",
)


def of_site(site: pathlib.Path) -> set[str]:
    """Return every address of a built site: pages, the anchors of their text, files to take away."""
    found = set()
    for page in sorted(site.rglob("*.html")):
        name = page.relative_to(site).as_posix()
        if name.startswith(("_static", "lite/")) or name in ("404.html", "search.html"):
            continue
        found.add(name)
        if name.startswith("claims/"):
            continue
        article = html5lib.parse(page.read_text("utf-8"), namespaceHTMLElements=False).find(".//article")
        for element in () if article is None else article.iter():
            anchor = element.get("id", "")
            if anchor and not anchor.startswith(FURNITURE):
                found.add(f"{name}#{anchor}")
    for folder in ("figures", "cite", "notebooks", "data"):
        found.update(path.relative_to(site).as_posix() for path in (site / folder).iterdir() if path.suffix != ".html")
    return found


def published() -> set[str]:
    """Return the addresses on the list."""
    return set(LIST.read_text("utf-8").split())


def main() -> None:
    """Write the list anew, and say how many addresses are new."""
    known = published()
    new = of_site(ROOT / "_build/html") - known
    whole.write(LIST, "\n".join(sorted(known | new)) + "\n")
    print(f"{len(new)} new addresses, {len(known)} known before")


if __name__ == "__main__":
    main()
