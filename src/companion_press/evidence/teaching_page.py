"""The page for a class: chapters with their times, links for a hub, what the trial measured, the solutions."""

from collections.abc import Callable, Collection, Iterable

import htpy as h
from docutils import nodes
from sphinx.application import Sphinx
from sphinx_exercise.nodes import solution_node

from companion import dates, pages
from companion.ledger import Ledger
from companion_press.evidence import class_times
from companion_press.figures.figure_nodes import figure_about
from companion_press.html_parts import To
from companion_press.notebooks import notebook_files

#: What is on a page and is not read as prose.
NO_PROSE = (nodes.literal_block, nodes.raw, nodes.comment, nodes.math_block, nodes.table, solution_node, figure_about)


def words(doctree: nodes.document) -> int:
    """Count the words of a page: headings, prose, captions and exercises, without code and solutions."""

    def shown(node: nodes.Node) -> bool:
        while node.parent is not None and not isinstance(node, NO_PROSE):
            node = node.parent
        # The text of a table hangs in the air: it was tidied up as HTML.
        return isinstance(node, nodes.document)

    return sum(len(text.split()) for text in doctree.findall(nodes.Text) if shown(text))


def chapters(app: Sphinx, ledger: Ledger) -> list[class_times.Chapter]:
    """Return what each chapter asks of a student, in reading order."""
    measured = class_times.trial(ledger.root)
    return [
        class_times.chapter(path, words(app.env.get_doctree(pages.docname(path, ledger.root))), ledger, measured)
        for path in pages.chapters(ledger.root)
    ]


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def duration(minutes: int) -> str:
    """Return minutes in words: ``1 hour 25 minutes``."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (hours and count(hours, "hour"), rest and count(rest, "minute")) if part)


def running(chapter: class_times.Chapter) -> str:
    """Say how long all cells of a chapter take, or that the trial has not run it yet."""
    return "its cells are not timed yet" if chapter.running is None else f"all cells run in {chapter.running:.0f} s"


def times(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Fragment:
    """Each chapter: what it teaches and how long it takes, and the rule behind it."""
    found, measured = chapters(app, ledger), class_times.trial(ledger.root)
    return h.fragment[
        h.ul(class_="lessons")[(_lesson(one, to) for one in found)],
        h.p[
            f"In all: {duration(sum(one.minutes for one in found))}. "
            f"The rule: {class_times.PACE} words a minute, which is slow, for someone who opens the cards and "
            f"looks at the figures; {class_times.IN_WORDS} minutes for an exercise that is answered in words and "
            f"{class_times.IN_CODE} for one that is answered in code; the time that all cells of the chapter took "
            f"one student in the trial of {dates.text(measured['date'])}, described below; the sum rounded up to "
            "five minutes. The words are counted, without code and solutions, each time this page is built. "
            "The paces are ours: nobody has timed a class."
        ],
    ]


def _lesson(chapter: class_times.Chapter, to: To) -> h.Element:
    return h.li[
        h.a(href=to(f"book/{chapter.name}"))[chapter.title],
        ": ",
        h.b[duration(chapter.minutes)],
        f". You will be able {chapter.outcome}",
        h.small[
            f"{chapter.words:,} words, {count(chapter.reading, 'minute')} · "
            f"{count(chapter.in_words, 'exercise')} in words and {chapter.in_code} in code, "
            f"{count(chapter.exercising, 'minute')} · {running(chapter)}"
        ],
    ]


# -- links ---------------------------------------------------------------------------


def repository_address(app: Sphinx) -> str:
    """Return the address of the repository that the setting names, or ``""``."""
    setting = app.config.companion_repository
    return f"https://github.com/{setting}" if setting else ""


def links(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Fragment:
    """The links for a hub: ready where the settings name hub and repository, and a form that makes them anywhere."""
    hub, repository = app.config.companion_hub, repository_address(app)
    shown = [(path.stem, pages.title(path)) for path in pages.chapters(ledger.root)]
    named = repository or "https://github.com/OWNER/NAME"
    example = class_times.link(hub or "https://HUB", named, f"{shown[0][0]}.ipynb")
    return h.fragment[
        _ready(hub, repository, shown) if hub and repository else None,
        h.p["The pattern, for the first chapter:"],
        h.p[h.code(class_="hub-pattern")[example]],
        _form(hub, repository, shown),
    ]


def _ready(hub: str, repository: str, shown: list[tuple[str, str]]) -> h.Fragment:
    addresses = ((title, class_times.link(hub, repository, f"{name}.ipynb")) for name, title in shown)
    return h.fragment[h.p["Links for ", h.code[hub], ":"], listed(addresses)]


def listed(rows: Iterable[tuple[str, str]]) -> h.Element:
    """Return links (title and address) as a list, each with its address to copy."""
    return h.ul(class_="hub-links")[(h.li[h.a(href=address)[title], h.br, h.code[address]] for title, address in rows)]


def _form(hub: str, repository: str, shown: list[tuple[str, str]]) -> h.Element:
    """Return what the page's script shows and reads: the addresses to fill in, and the chapters to link to."""
    return h.form(
        class_="hub-form", hidden=True, data_pattern=class_times.pattern(), data_without=notebook_files.WITHOUT
    )[
        _address("Address of your hub ", "hub", hub, "https://hub.example.org", type="url", autocomplete="url"),
        _address(
            "Address of the repository ",
            "repository",
            repository,
            "https://github.com/owner/name",
            type="text",
            autocomplete="off",
            spellcheck="false",
        ),
        h.label(class_="hub-tick")[h.input(name="without", type="checkbox"), " without solutions"],
        h.button(type="submit")["Make the links"],
        h.p(class_="hub-said", role="status"),
        h.ul(hidden=True)[(h.li(data_name=name)[title] for name, title in shown)],
    ]


def _address(label: str, name: str, value: str, example: str, **attributes: str) -> h.Element:
    return h.label[label, h.input(name=name, required=True, placeholder=example, value=value, **attributes)]


# -- the trial -------------------------------------------------------------------------


def mib(number: float) -> str:
    """Return memory in MiB, or from a GiB upwards in GiB."""
    gib = number / 1024
    return f"{number:.0f}\u00a0MiB" if gib < 1 else f"{gib:.1f}\u00a0GiB" if gib < 100 else f"{gib:,.0f}\u00a0GiB"


def span(values: Collection[float], form: Callable[[float], str]) -> str:
    """Return one value, or the least and the greatest of several."""
    least, greatest = form(min(values)), form(max(values))
    bare = least.removesuffix("\u00a0s")
    return least if least == greatest else f"{bare} to {greatest}"


def measurements(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Fragment:
    """What the trial measured, as a table, and on which machine."""
    measured = class_times.trial(ledger.root)
    alone, each, machine = measured["alone"], measured["together"]["each"], measured["machine"]
    ran = alone["chapters"].values()

    def seconds(value: float) -> str:
        return f"{value:.0f}\u00a0s" if value >= 10 else f"{value:.1f}\u00a0s"

    first = alone["chapters"][measured["together"]["chapter"]]
    rows = [
        ("From login to a running server", seconds(alone["spawn"]), span([one["spawn"] for one in each], seconds)),
        ("To pull the notebooks", seconds(alone["pull"]), span([one["pull"] for one in each], seconds)),
        (
            "Until the chapter is open and Python ready",
            seconds(alone["open"]),
            span([one["open"] for one in each], seconds),
        ),
        ("To run all its cells", seconds(first["seconds"]), span([one["seconds"] for one in each], seconds)),
        ("Of that, computing", seconds(first["cpu"]), span([one["cpu"] for one in each], seconds)),
        ("Notebook server, resident", mib(alone["server"]["rss"]), span([one["server"]["rss"] for one in each], mib)),
        (
            "Kernel that has run nothing, resident",
            mib(alone["idle"]["rss"]),
            span([one["idle"]["rss"] for one in each], mib),
        ),
        ("Kernel after the chapter, resident", mib(first["rss"]), span([one["kernel"]["rss"] for one in each], mib)),
        (
            "The same, with what is shared divided among those who share it",
            mib(first["pss"]),
            span([one["kernel"]["pss"] for one in each], mib),
        ),
        ("Kernel at its peak, resident", mib(first["peak"]), span([one["kernel"]["peak"] for one in each], mib)),
    ]
    together = measured["together"]
    title = pages.title(next(path for path in pages.chapters(ledger.root) if path.stem == together["chapter"]))
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    second = measured["second"]
    return h.fragment[
        h.div(class_="scroll", tabindex="0", role="region", aria_label="What the trial measured")[
            h.table(class_="table")[
                h.caption[
                    f"One student, and {count(together['users'], 'student')} at once, with the chapter ", h.cite[title]
                ],
                h.thead[
                    h.tr[
                        h.th(scope="col")["Measured"],
                        h.th(scope="col")["one alone"],
                        h.th(scope="col")[f"{together['users']} at once"],
                    ]
                ],
                h.tbody[(h.tr[h.th(scope="row")[name], h.td[one], h.td[several]] for name, one, several in rows)],
            ]
        ],
        h.p[
            f"Measured on {dates.text(measured['date'])} on a machine of {count(machine['cores'], 'core')} and "
            f"{mib(machine['memory'])} that had other work too (load {machine['load']:.1f} before the trial), "
            "hub, proxy and browsers included; so the times are too long rather than too short. "
            f"The hub took {mib(measured['hub']['rss'])}, its proxy {mib(measured['proxy']['rss'])}; "
            f"the notebooks, the package and the data fill {mib(measured['clone'])} of each student’s folder. "
            f"Each of the {len(ran)} chapters was run: the kernel’s peak lies between "
            f"{span([one['peak'] for one in ran], mib).replace(' to ', ' and ')}. Versions: {versions}."
        ],
        h.p[
            "Then a second edition was published while the students had work of their own in the first. "
            f"They followed the same link again: the new file was there for each, and {second['kept']} of "
            f"{count(second['students'], 'student')} had their own work still."
        ],
    ]


def sizing(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Fragment:
    """What follows for a class, by arithmetic that is shown."""
    measured = class_times.trial(ledger.root)
    machine, fits = measured["machine"], class_times.fit(measured)
    one = class_times.server(1, measured)
    small, large = (class_times.server(users, measured) for users in class_times.CLASSES)
    working = class_times.CLASSES[1] * class_times.SHARE // 100
    usual = class_times.server(working, measured)
    both = measured["hub"]["rss"] + measured["proxy"]["rss"]
    heaviest = max(measured["alone"]["chapters"].values(), key=lambda ran: ran["peak"])
    return h.fragment[
        h.p[
            h.b["One student"],
            f" takes {mib(measured['alone']['server']['rss'])} for the notebook server and at most "
            f"{mib(heaviest['peak'])} for the kernel of the heaviest chapter: {mib(one.each)}. "
            "That is resident memory, which counts shared pages for each who shares them: an upper bound.",
        ],
        h.p[
            h.b[f"{small.users} students"],
            f" who run a chapter in the same moment take {small.users} × {one.each:.0f} MiB + {both:.0f} MiB "
            f"for hub and proxy = {mib(small.memory)}. The machine of the trial holds {fits} by its memory "
            f"(({machine['memory']:,.0f} − {both:.0f}) ÷ {one.each:.0f}), so one such machine is "
            f"{'enough' if fits >= small.users else 'not enough'}. If all {small.users} press ",
            h.em["Run All"],
            f" together, its {count(machine['cores'], 'core')} are done after at most "
            f"{small.users} × {one.seconds * machine['cores']:.1f} s ÷ {machine['cores']} = {small.seconds:.0f} s; "
            "one after another nobody notices.",
        ],
        h.p[
            h.b[f"{large.users:,} students"],
            f" in the same moment would take {large.users:,} × {one.each:.0f} MiB = {mib(large.users * one.each)}: "
            f"{-(-large.users // fits)} such machines. They do not come together: the guide of The Littlest "
            f"JupyterHub starts from 40 to {class_times.SHARE} percent of a class, and {class_times.SHARE} percent "
            f"are {working:,} students and {mib(usual.memory)}. Either way it is a cluster, with Zero to JupyterHub "
            f"on Kubernetes, and {large.users:,} × {mib(measured['clone'])} = "
            f"{mib(large.users * measured['clone'])} of disk for what they pull. The site and JupyterLite, "
            f"which are files, serve the same {large.users:,} from any web host.",
        ],
    ]


def alone(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Element:
    """Where the solutions stand: a notebook of each chapter's."""
    notebooks = (to("book/index").rpartition("book/index.html")[0] or "../") + "notebooks"
    return h.ul(class_="take-solutions")[
        (
            h.li[h.a(href=f"{notebooks}/{path.stem}{notebook_files.ALONE}.ipynb", download=True)[pages.title(path)]]
            for path in pages.chapters(ledger.root)
        )
    ]


MAKERS = {
    "chapter-times": times,
    "hub-links": links,
    "class-measurements": measurements,
    "class-sizing": sizing,
    "solutions-alone": alone,
}
