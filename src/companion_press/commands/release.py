"""Makes a release in ``_build/release``: ``release.py VERSION [--dry] [--checked]``.

Before anything is built it says all that speaks against the release: places that name another version,
a work tree with changes, a tag that is taken. Then it runs the tests, makes the files and sums them up.
"""

import argparse
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import yaml

from companion import dates
from companion_checks.problems import Problem
from companion_press.keeping import troubles, turns, whole

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = ROOT / "_build"
SITE = BUILD / "html"
RELEASE = BUILD / "release"
NAME = "central-asia-companion"

CHANGELOG = "CHANGELOG.md"
#: The heading of a section of the changelog, with the day on which that version appeared.
SECTION = re.compile(r"^## \[([^\]]+)\](?: - (\S+))?$", re.M)
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


class Refused(Exception):
    """The release is not made; the text says why in one sentence."""


def sections(root: pathlib.Path) -> list[tuple[str, str, str]]:
    """Return the sections of the changelog, the topmost first: version, day ("" if none), text."""
    text = (root / CHANGELOG).read_text("utf-8")
    heads = list(SECTION.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [(head[1], head[2] or "", text[head.end() : end].strip()) for head, end in zip(heads, ends)]


def notes(root: pathlib.Path, version: str) -> str:
    """Return what the changelog says of a version, as the notes of its release."""
    return next(text for name, _, text in sections(root) if name == version) + "\n"


def named_versions(root: pathlib.Path) -> Iterator[tuple[str, str, str]]:
    """Yield each place that names the version: file, field, the version that stands there ("" if none)."""
    cff = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))
    yield "CITATION.cff", "version", str(cff["version"])
    yield "CITATION.cff", "preferred-citation.version", str(cff["preferred-citation"]["version"])
    for file in (".zenodo.json", "data/datapackage.json"):
        yield file, "version", str(json.loads((root / file).read_text("utf-8")).get("version", ""))
    package, readme = "src/companion/__init__.py", "README.md"
    for file, field, pattern in (
        (package, "__version__", r'^__version__ = "(.*)"$'),
        (readme, "Cite it", r"\*\. Version (\d[\w.]*\w)"),
    ):
        written = re.search(pattern, (root / file).read_text("utf-8"), re.M)
        yield file, field, written[1] if written else ""


def disagreements(root: pathlib.Path, version: str) -> Iterator[Problem]:
    """Say what in the project is not ready for a version: other versions, other days, what is unreleased."""
    for file, field, written in named_versions(root):
        if written != version:
            yield Problem(file, 0, field, f"{written or 'no version'} stands here", f"Write {version}")
    versions = sections(root)
    unreleased = next((text for name, _, text in versions if name == "Unreleased"), "")
    if unreleased:
        yield Problem(CHANGELOG, 0, "Unreleased", "changes stand here", f"Move them into the section [{version}]")
    dated = [(name, day) for name, day, _ in versions if name != "Unreleased"]
    newest, day = dated[0] if dated else ("", "")
    if newest != version:
        yield Problem(
            CHANGELOG, 0, "", f"the newest section is {newest or 'missing'}", f"Write a section [{version}] above it"
        )
        return
    cited = re.search(r"\*\. Version [\d.]+, (.+)\.$", (root / "README.md").read_text("utf-8"), re.M)
    stands, printed = cited[1] if cited else "no day", dates.text(day) if dates.is_date(day) else day or "no day"
    if not cited or stands != printed:
        yield Problem("README.md", 0, "Cite it", f"{stands} stands here", f"The changelog has {printed}")
    cff = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))
    for field, work in (("date-released", cff), ("preferred-citation.date-released", cff["preferred-citation"])):
        if str(work["date-released"]) != day:
            yield Problem(
                "CITATION.cff", 0, field, f"{work['date-released']} stands here", f"The changelog has {day or 'no day'}"
            )


def git(root: pathlib.Path, *arguments: str) -> str:
    """Return what git says of the project.

    Raises
    ------
    Refused : where there is no git or no repository
    """
    try:
        told = subprocess.run(["git", *arguments], cwd=root, capture_output=True, encoding="utf-8", check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        raise Refused(f"A release is made in a git repository, and {root} is none, or git is missing.") from None
    return told.stdout.strip()


def refuse_unclean(root: pathlib.Path, version: str) -> None:
    """Refuse a tree that is no commit, and a tag that names another one.

    Raises
    ------
    Refused : with the files that have changed, or the commit that has the tag
    """
    changed = [line.split(maxsplit=1)[1] for line in git(root, "status", "--porcelain").splitlines()]
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        raise Refused(
            f"The tree has changes that are not committed ({', '.join(changed[:3])}{more}): commit them first."
        )
    tag = f"v{version}"
    if git(root, "tag", "--list", tag) and git(root, "rev-parse", f"{tag}^{{commit}}") != git(
        root, "rev-parse", "HEAD"
    ):
        raise Refused(f"The tag {tag} already names another commit: a published version stays, so choose the next one.")


def done(*commands: str) -> bool:
    """Run other commands of the project (see `runner`); return whether they went well."""
    return subprocess.run([sys.executable, "src/companion_press", *commands], cwd=ROOT).returncode == 0


def site_version(site: pathlib.Path) -> str:
    """Return the version that the landing page of a built site gives to machines, "" if none."""
    page = (site / "book/index.html").read_text("utf-8")
    written = re.search(r'"version":\s*"([^"]+)"', page)
    return written[1] if written else ""


def tree(folder: pathlib.Path, inside: str) -> dict[str, bytes]:
    """Return the files below a folder, by their names in an archive, where they stand in the folder `inside`."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"{inside}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in files}


def artefacts(version: str) -> list[str]:
    """Return the names of a release's files, without the sums."""
    kinds = ("-site.zip", "-data.zip", ".sqlite", "-notebooks.zip", ".pdf", ".epub")
    return [f"{NAME}-{version}{kind}" for kind in kinds] + ["NOTES.md"]


def write(version: str) -> None:
    """Put the files of a release into ``_build/release``; what was there before goes as a whole."""
    from companion_press import paper
    from companion_press.evidence import database, ledger_page
    from companion_press.figures import packages
    from companion_press.notebooks import notebook_pages

    fresh = whole.begin(RELEASE)
    fresh.mkdir(parents=True)
    site, data, sqlite, notebooks, pdf, epub = (fresh / name for name in artefacts(version)[:-1])
    site.write_bytes(packages.zipped(tree(SITE, site.stem)))
    for source, target in (
        (SITE / ledger_page.PACKAGE, data),
        (SITE / database.DATABASE, sqlite),
        (SITE / notebook_pages.ARCHIVE, notebooks),
        (paper.SHELF / paper.PDF, pdf),
        (paper.SHELF / paper.EPUB, epub),
    ):
        shutil.copyfile(source, target)
    (fresh / "NOTES.md").write_bytes(notes(ROOT, version).encode())
    (fresh / "SHA256SUMS").write_bytes(sums(fresh).encode())
    whole.put(fresh, RELEASE)


def sums(folder: pathlib.Path) -> str:
    """Return the checksums of the files in a folder, as ``sha256sum -c`` reads them."""
    files = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)


def release(root: pathlib.Path, version: str, dry: bool, checked: bool) -> None:
    """Make a release, or with `dry` say what would be made.

    Raises
    ------
    Refused : where something speaks against it
    """
    if not VERSION.fullmatch(version):
        raise Refused(f"{version or 'Nothing'} is not a version: write make release VERSION=1.2.3")
    against = list(disagreements(root, version))
    if against:
        raise Refused("\n".join(map(str, against)))
    refuse_unclean(root, version)
    if dry:
        first = "take the tests as passed, because CHECKED=1 says so" if checked else "run make test"
        print(f"Nothing speaks against {version}. Without DRY=1 this would {first}, build the book, and write:")
        for name in [*artefacts(version), "SHA256SUMS"]:
            print(f"  {(RELEASE / name).relative_to(ROOT).as_posix()}")
        return
    if not checked and not done("test"):
        raise Refused("The tests fail, so nothing is released; the lines above say which.")
    if not done("pdf", "epub"):
        raise Refused("The book could not be made; the lines above say why.")
    if site_version(SITE) != version:
        raise Refused(f"The built site says version {site_version(SITE) or 'nothing'}, not {version}: run make book.")
    with turns.turn(BUILD):
        write(version)
    print(f"Version {version} is in {RELEASE}. Publish it: git tag v{version} && git push origin v{version}")


def main(arguments: list[str]) -> int:
    """Run the command; return the exit status."""
    parser = argparse.ArgumentParser(prog="make release")
    parser.add_argument("version", nargs="?", default="")
    parser.add_argument("--dry", action="store_true")
    parser.add_argument("--checked", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        release(ROOT, asked.version, asked.dry, asked.checked)
    except Refused as why:
        sys.stderr.write(f"{why}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(troubles.told(main, sys.argv[1:]))
