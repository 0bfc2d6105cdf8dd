"""What is made when all pages have been read: only then is it known which chapter uses which claim.

Each directive leaves a placeholder, which `fill` replaces by HTML.
"""

from collections.abc import Callable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from companion.ledger import Ledger, load
from companion_press import domain
from companion_press.citing import citing_blocks
from companion_press.evidence import (
    agreement,
    changes,
    check_page,
    class_times,
    indexes,
    later_events,
    ledger_page,
    teaching_page,
)
from companion_press.html_parts import To
from companion_press.prose import conflicts

logger = logging.getLogger(__name__)

#: The directives and the functions that make their HTML, as something that `str` turns into it.
MAKERS: dict[str, Callable[[Sphinx, Ledger, To, str], object]] = {
    **ledger_page.MAKERS,
    **agreement.MAKERS,
    **changes.MAKERS,
    **check_page.MAKERS,
    **conflicts.MAKERS,
    **indexes.MAKERS,
    **later_events.MAKERS,
    **citing_blocks.MAKERS,
    **teaching_page.MAKERS,
}


#: Those that need nothing but the ledger and the page on which they stand.
OF_THE_PAGE = {
    "chapter-sources",
    "source-facts",
    "source-claims",
    "all-references",
    "data-dictionary",
    "paper-editions",
    *changes.MAKERS,
}


class generated_content(nodes.General, nodes.Element):
    """A place that ``fill`` turns into HTML (attributes ``what`` and ``argument``)."""


class Generated(SphinxDirective):
    """Base of the directives below: note the dependency, leave the placeholder."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        domain.depend_on_ledger(self.env)
        self.env.note_dependency(str(load().root / class_times.TRIAL))
        if self.name in changes.MAKERS:
            self.env.note_dependency(str(load().root / changes.CHANGELOG))
        argument = self.arguments[0] if self.arguments else ""
        if self.name not in OF_THE_PAGE:
            domain.of(self.env).generated.add(self.env.docname)
        return [generated_content(what=self.name, argument=argument)]


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the placeholders of a page."""

    def to(target: str) -> str:
        return app.builder.get_relative_uri(docname, target)

    for node in list(doctree.findall(generated_content)):
        try:
            html = str(MAKERS[node["what"]](app, load(), to, node["argument"] or docname))
        except ValueError as error:
            logger.warning("%s", error, location=docname)
            html = ""
        node.replace_self(nodes.raw("", html, format="html"))
