"""What a page must pass wherever it is read; for the tests that open pages."""

from axe_playwright_python.sync_playwright import Axe

from built_site import PROJECT

PAGES = sorted(
    f"{folder}/{path.stem}.html" for folder in ("book", "seeds", "data") for path in (PROJECT / folder).glob("*.md")
) + ["search.html"]

#: The rules of WCAG 2.2 to level AA, and what axe calls best practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: Contrast is by far the slowest rule. Where hundreds of elements share one style, a sample stands for all:
#: every colour of code is in the blocks kept here, and a row of the ledger looks like every other.
ALIKE = [
    ".cell ~ .cell .cell ~ .cell div.highlight",
    ".take div.highlight",
    ".ledger-rows > li:nth-child(n + 60)",
    ".names > li:nth-child(n + 60)",
    ".references > li:nth-child(n + 60)",
    ".take-sources > li:nth-child(n + 20)",
    ".take tbody tr:nth-child(n + 8)",
    ".take ~ * .take .citations",
]

#: Everything that a reader can open: what is under figures, solutions, the first card; and what is only laid out
#: when a reader comes near.
OPEN = """() => {
  for (const one of document.querySelectorAll("details")) { one.removeAttribute("name"); one.open = true; }
  for (const one of document.querySelectorAll(".ledger-rows > li")) one.style.contentVisibility = "visible";
  const card = document.querySelector(".claim-card");
  if (card && card.showPopover) card.showPopover();
}"""

#: Words that are drawn in a box too small for them. What is hidden on purpose is one pixel wide.
CUT = """() => [...document.querySelectorAll("body *")].filter((e) => {
  if (!e.innerText || !e.checkVisibility || !e.checkVisibility() || e.clientWidth < 2) return false;
  const style = getComputedStyle(e);
  return (style.overflowX === "hidden" || style.overflowX === "clip") && e.scrollWidth > e.clientWidth + 1;
}).map((e) => `${e.tagName} ${e.className}: ${e.innerText.slice(0, 40)}`)"""


#: One page of each kind: every run reads these with axe, the long run reads all.
KINDS = [
    "book/index.html",
    "book/institutions.html",
    "book/ledger.html",
    "book/agreement.html",
    "book/citing.html",
    "search.html",
]


def barriers(page):
    """Return what axe finds on a page, one line a finding."""
    shared = {"resultTypes": ["violations"], "preload": False}
    ran = [
        Axe().run(page, options={**shared, "runOnly": RULES, "rules": {"color-contrast": {"enabled": False}}}),
        Axe().run(
            page,
            context={"exclude": [[one] for one in ALIKE]},
            options={**shared, "runOnly": {"type": "rule", "values": ["color-contrast"]}},
        ),
    ]
    return [
        f"{rule['id']}: {node['html'][:160]} ({node['failureSummary'].splitlines()[-1].strip()})"
        for done in ran
        for rule in done.response["violations"]
        for node in rule["nodes"]
    ]


def faults(seen, axe=True):
    """Return everything that is wrong with a visited page, with all that can be opened open."""
    page = seen.page
    page.evaluate(OPEN)
    # Pictures further down are fetched when a reader comes near.
    page.evaluate("() => { for (const image of document.images) image.loading = 'eager'; }")
    page.wait_for_load_state("networkidle")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [
        *(f"asks another host: {url}" for url in seen.foreign),
        *(f"console: {text}" for text in seen.errors),
        *([f"{wide} pixels wider than the window"] if wide > 0 else []),
        *(f"cut off: {text}" for text in page.evaluate(CUT)),
        *(barriers(page) if axe else []),
    ]
