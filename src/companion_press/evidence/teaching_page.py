"""The page for a class: chapters with their times, links for a hub, what the trial measured, the solutions."""

from html import escape

from docutils import nodes
from sphinx_exercise.nodes import solution_node

from companion import dates, pages
from companion_press.evidence import class_times
from companion_press.figures.figure_nodes import figure_about
from companion_press.notebooks import notebook_files

#: What is on a page and is not read as prose.
NO_PROSE = (nodes.literal_block, nodes.raw, nodes.comment, nodes.math_block, nodes.table, solution_node, figure_about)


def words(doctree) -> int:
    """Count the words of a page: headings, prose, captions and exercises, without code and solutions."""

    def shown(node):
        while node.parent is not None and not isinstance(node, NO_PROSE):
            node = node.parent
        # The text of a table hangs in the air: it was tidied up as HTML.
        return isinstance(node, nodes.document)

    return sum(len(text.split()) for text in doctree.findall(nodes.Text) if shown(text))


def chapters(app, ledger) -> list[class_times.Chapter]:
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


def times(app, ledger, to, _):
    """Each chapter: what it teaches and how long it takes, and the rule behind it."""
    found, measured = chapters(app, ledger), class_times.trial(ledger.root)
    items = "".join(
        f'<li><a href="{to("book/" + one.name)}">{escape(one.title)}</a>: <b>{duration(one.minutes)}</b>. '
        f"You will be able {escape(one.outcome)}"
        f"<small>{one.words:,} words, {count(one.reading, 'minute')} · {count(one.in_words, 'exercise')} in words and {one.in_code} in code, "
        f"{count(one.exercising, 'minute')} · {running(one)}</small></li>"
        for one in found
    )
    return (
        f'<ul class="lessons">{items}</ul>'
        f"<p>In all: {duration(sum(one.minutes for one in found))}. The rule: {class_times.PACE} words a minute, which is slow, for someone who "
        f"opens the cards and looks at the figures; {class_times.IN_WORDS} minutes for an exercise that is answered in words and {class_times.IN_CODE} for "
        "one that is answered in code; the time that all cells of the chapter took one student in the trial "
        f"of {dates.text(measured['date'])}, described below; the sum rounded up to five minutes. The words are counted, without code and solutions, each time "
        "this page is built. The paces are ours: nobody has timed a class.</p>"
    )


# -- links ---------------------------------------------------------------------------


def repository_address(app) -> str:
    """Return the address of the repository that the setting names, or ``""``."""
    setting = app.config.companion_repository
    return f"https://github.com/{setting}" if setting else ""


def links(app, ledger, to, _):
    """The links for a hub: ready where the settings name hub and repository, and a form that makes them anywhere."""
    hub, repository = app.config.companion_hub, repository_address(app)
    shown = [(path.stem, pages.title(path)) for path in pages.chapters(ledger.root)]
    ready = ""
    if hub and repository:
        ready = f"<p>Links for <code>{escape(hub)}</code>:</p>" + listed(
            (title, class_times.link(hub, repository, f"{name}.ipynb")) for name, title in shown
        )
    named = repository or "https://github.com/OWNER/NAME"
    example = class_times.link(hub or "https://HUB", named, f"{shown[0][0]}.ipynb")
    choices = "".join(f'<li data-name="{name}">{escape(title)}</li>' for name, title in shown)
    return (
        f'{ready}<p>The pattern, for the first chapter:</p><p><code class="hub-pattern">{escape(example)}</code></p>'
        f'<form class="hub-form" hidden data-pattern="{escape(class_times.pattern(), quote=True)}" data-without="{notebook_files.WITHOUT}">'
        f'<label>Address of your hub <input name="hub" type="url" required placeholder="https://hub.example.org" value="{escape(hub, quote=True)}" '
        'autocomplete="url"></label>'
        '<label>Address of the repository <input name="repository" type="text" required placeholder="https://github.com/owner/name" '
        f'value="{escape(repository, quote=True)}" autocomplete="off" spellcheck="false"></label>'
        '<label class="hub-tick"><input name="without" type="checkbox"> without solutions</label>'
        f'<button type="submit">Make the links</button><p class="hub-said" role="status"></p><ul hidden>{choices}</ul></form>'
    )


def listed(rows) -> str:
    """Return links as a list, each with its address to copy."""
    items = "".join(
        f'<li><a href="{escape(address, quote=True)}">{escape(title)}</a><br><code>{escape(address)}</code></li>'
        for title, address in rows
    )
    return f'<ul class="hub-links">{items}</ul>'


# -- the trial -------------------------------------------------------------------------


def mib(number: float) -> str:
    """Return memory in MiB, or from a GiB upwards in GiB."""
    gib = number / 1024
    return f"{number:.0f}\u00a0MiB" if gib < 1 else f"{gib:.1f}\u00a0GiB" if gib < 100 else f"{gib:,.0f}\u00a0GiB"


def span(values, form) -> str:
    """Return one value, or the least and the greatest of several."""
    least, greatest = form(min(values)), form(max(values))
    bare = least.removesuffix("\u00a0s")
    return least if least == greatest else f"{bare} to {greatest}"


def measurements(app, ledger, to, _):
    """What the trial measured, as a table, and on which machine."""
    measured = class_times.trial(ledger.root)
    alone, each, machine = measured["alone"], measured["together"]["each"], measured["machine"]
    ran = alone["chapters"].values()

    def seconds(value):
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
    body = "".join(
        f'<tr><th scope="row">{name}</th><td>{one}</td><td>{several}</td></tr>' for name, one, several in rows
    )
    together = measured["together"]
    title = pages.title(next(path for path in pages.chapters(ledger.root) if path.stem == together["chapter"]))
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="What the trial measured"><table class="table"><caption>One student, and '
        f"{count(together['users'], 'student')} at once, with the chapter <cite>{escape(title)}</cite></caption><thead><tr>"
        f'<th scope="col">Measured</th><th scope="col">one alone</th><th scope="col">{together["users"]} at once</th></tr></thead><tbody>{body}</tbody></table></div>'
        f"<p>Measured on {dates.text(measured['date'])} on a machine of {count(machine['cores'], 'core')} and {mib(machine['memory'])} that had other work too "
        f"(load {machine['load']:.1f} before the trial), hub, proxy and browsers included; so the times are too long rather than too short. "
        f"The hub took {mib(measured['hub']['rss'])}, its proxy {mib(measured['proxy']['rss'])}; the notebooks, the package and the data "
        f"fill {mib(measured['clone'])} of each student’s folder. Each of the {len(ran)} chapters was run: the kernel’s peak lies between "
        f"{span([one['peak'] for one in ran], mib).replace(' to ', ' and ')}. Versions: {versions}.</p>"
        f"<p>Then a second edition was published while the students had work of their own in the first. They followed the same link again: "
        f"the new file was there for each, and {measured['second']['kept']} of {count(measured['second']['students'], 'student')} had their own work still.</p>"
    )


def sizing(app, ledger, to, _):
    """What follows for a class, by arithmetic that is shown."""
    measured = class_times.trial(ledger.root)
    machine, fits = measured["machine"], class_times.fit(measured)
    one = class_times.server(1, measured)
    small, large = (class_times.server(users, measured) for users in class_times.CLASSES)
    working = class_times.CLASSES[1] * class_times.SHARE // 100
    usual = class_times.server(working, measured)
    both = measured["hub"]["rss"] + measured["proxy"]["rss"]
    heaviest = max(measured["alone"]["chapters"].values(), key=lambda ran: ran["peak"])
    return (
        f"<p><b>One student</b> takes {mib(measured['alone']['server']['rss'])} for the notebook server and at most {mib(heaviest['peak'])} for the "
        f"kernel of the heaviest chapter: {mib(one.each)}. That is resident memory, which counts shared pages for each who shares them: an upper bound.</p>"
        f"<p><b>{small.users} students</b> who run a chapter in the same moment take {small.users} × {one.each:.0f} MiB + {both:.0f} MiB for hub and proxy "
        f"= {mib(small.memory)}. The machine of the trial holds {fits} by its memory"
        f" (({machine['memory']:,.0f} − {both:.0f}) ÷ {one.each:.0f}), so one such machine is "
        f"{'enough' if fits >= small.users else 'not enough'}. If all {small.users} press <em>Run All</em> together, its {count(machine['cores'], 'core')} are "
        f"done after at most {small.users} × {one.seconds * machine['cores']:.1f} s ÷ {machine['cores']} = {small.seconds:.0f} s; one after another nobody notices.</p>"
        f"<p><b>{large.users:,} students</b> in the same moment would take {large.users:,} × {one.each:.0f} MiB = {mib(large.users * one.each)}: "
        f"{-(-large.users // fits)} such machines. They do not come together: the guide of The Littlest JupyterHub starts from 40 to {class_times.SHARE} percent of a class, "
        f"and {class_times.SHARE} percent are {working:,} students and {mib(usual.memory)}. Either way it is a cluster, with Zero to JupyterHub on Kubernetes, and "
        f"{large.users:,} × {mib(measured['clone'])} = {mib(large.users * measured['clone'])} of disk for what they pull. The site and JupyterLite, "
        f"which are files, serve the same {large.users:,} from any web host.</p>"
    )


def alone(app, ledger, to, _):
    """Where the solutions stand: a notebook of each chapter's."""
    folder = to("book/index").rpartition("book/index.html")[0] or "../"
    items = "".join(
        f'<li><a href="{folder}notebooks/{path.stem}{notebook_files.ALONE}.ipynb" download>{escape(pages.title(path))}</a></li>'
        for path in pages.chapters(ledger.root)
    )
    return f'<ul class="take-solutions">{items}</ul>'


MAKERS = {
    "chapter-times": times,
    "hub-links": links,
    "class-measurements": measurements,
    "class-sizing": sizing,
    "solutions-alone": alone,
}
