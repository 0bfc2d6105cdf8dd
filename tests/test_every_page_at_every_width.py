"""Readers on anything: every page at every width, in light and dark, with all that can be opened open."""

import pytest

from reading import KINDS, PAGES, faults

#: Of most pages axe, which takes most of the time, reads each width once and each theme once; of one of each kind, all four.
READ_WITH_AXE = {(390, "light"), (1280, "dark")}


@pytest.mark.long
@pytest.mark.parametrize(
    "width, theme", [(390, "light"), (390, "dark"), (820, "light"), (820, "dark"), (1280, "light"), (1280, "dark")]
)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_holds_at_every_width_in_both_themes(visit, page, width, theme):
    """A tablet has the markup of a phone, so axe need not read it again."""
    axe = (width, theme) in READ_WITH_AXE or page in KINDS and width != 820
    assert faults(visit(page, width=width, theme=theme), axe=axe) == []
