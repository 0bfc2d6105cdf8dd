"""Takes the picture of the README from the built site: a page with a claim's card open above a map. ``make picture``."""

import io
import pathlib
import sys

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

from companion import raster
from companion_press.commands import browser

ROOT = pathlib.Path(__file__).resolve().parents[3]
PICTURE = ROOT / "src/companion_press/theme/assets/preview.png"

#: The page, and the figure above which the last claim of the text is opened.
PAGE, FIGURE = "turkic", "ots-members"
#: Of the window, in pixels, and how far below its upper edge the sentence with the claim stands.
SIZE: ViewportSize = {"width": 1280, "height": 860}
ABOVE = 180


def main() -> int:
    """Write the picture; return the exit status."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser.needed(), args=["--no-sandbox"])
        page = opened.new_page(viewport=SIZE, color_scheme="light", reduced_motion="reduce")
        page.goto((ROOT / f"_build/html/book/{PAGE}.html").as_uri())
        page.evaluate("document.fonts.ready")
        claims = page.locator("main p a.claim[data-card]")
        number = claims.evaluate_all(
            """(claims, id) => claims.filter(claim => claim.compareDocumentPosition(document.getElementById(id))
                & Node.DOCUMENT_POSITION_FOLLOWING).length - 1""",
            FIGURE,
        )
        if number < 0:
            sys.stderr.write(
                f"{PAGE} has no claim above the figure {FIGURE}: name others in {pathlib.Path(__file__).name}.\n"
            )
            return 1
        claim = claims.nth(number)
        claim.evaluate("(claim, above) => scrollBy(0, claim.getBoundingClientRect().top - above)", ABOVE)
        claim.click()
        page.locator(".claim-card:popover-open").wait_for()
        page.wait_for_function(
            "[...document.images].filter(i => i.getBoundingClientRect().top < innerHeight).every(i => i.complete)"
        )
        shot = page.screenshot()
        opened.close()
    raster.with_few_colours(Image.open(io.BytesIO(shot)).convert("RGB"), 128).save(PICTURE, optimize=True)
    print(f"The picture is in {PICTURE.relative_to(ROOT).as_posix()}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
