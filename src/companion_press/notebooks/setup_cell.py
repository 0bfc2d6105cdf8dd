# @title What this notebook needs: the book's package, its data, some libraries
# Where the folders "companion", "data" and "seeds" lie beside this notebook and the libraries are installed, nothing
# happens here. Otherwise the folders are fetched from ARCHIVE, if the book has an address, and missing libraries are
# named. Do not install "companion" from PyPI: the package of that name there is a stranger's.
import http.client
import importlib.metadata
import importlib.util
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.request
import zipfile

ARCHIVE = ""
NEEDS: dict[str, str] = {}


class NotReady(Exception):
    """Says in a sentence what is missing, in Jupyter without a traceback."""

    def _render_traceback_(self):
        return [str(self)]


def holds_the_book(folder):
    """Say whether a folder, or one above it, holds the data of the book beside its package."""
    for above in (folder, *folder.parents[:2]):
        described = above / "data/datapackage.json"
        if described.is_file():
            return json.loads(described.read_text("utf-8")).get("name") == "central-asia-companion"
    return False


def unpack(archive, folder):
    """Unpack the package and the data, which lie in the one folder of a zip; nothing gets outside `folder`."""
    with tempfile.TemporaryDirectory(dir=".") as work:
        fresh = pathlib.Path(work, folder.name)
        for info in archive.infolist():
            parts = info.filename.split("/")
            if ".." in parts or parts[0] == "" or "\\" in info.filename or ":" in info.filename:
                raise NotReady(f"{ARCHIVE} holds {info.filename!r}, a path out of its folder: nothing was unpacked.")
            if not info.is_dir() and parts[1:2] and parts[1] in ("companion", "data", "seeds"):
                target = fresh.joinpath(*parts[1:])
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(info))
        if not holds_the_book(fresh):
            raise NotReady(f"{ARCHIVE} does not hold the book's package and data: tell whoever publishes the book.")
        fresh.rename(folder)


def find_the_book():
    """Let `import companion` find the book's package; fetch it where it is not there."""
    spec = importlib.util.find_spec("companion")
    if spec is not None:
        folders = list(spec.submodule_search_locations or [])
        if not (folders and spec.origin and holds_the_book(pathlib.Path(folders[0]))):
            raise NotReady(
                f"What Python finds under the name 'companion' ({spec.origin or folders[0]}) is not this book's package with "
                "its data: remove or rename it, restart the kernel and run this cell again."
            )
        return
    folder = pathlib.Path("central-asia-companion").resolve()
    if not holds_the_book(folder):
        by_hand = f"unpack it beside this notebook ({folder.parent}), and run this cell again."
        if not ARCHIVE:
            raise NotReady(
                "This notebook needs the book's package and data: where it came from, download central-asia-companion.zip "
                f"(“All in one zip”), {by_hand}"
            )
        try:
            asked = urllib.request.Request(ARCHIVE, headers={"User-Agent": "central-asia-companion"})
            with urllib.request.urlopen(asked, timeout=60) as answer:
                unpack(zipfile.ZipFile(io.BytesIO(answer.read())), folder)
        except (OSError, http.client.HTTPException, zipfile.BadZipFile) as error:
            raise NotReady(
                f"The book's package and data could not be fetched ({error}): when you can reach {ARCHIVE}, run this cell "
                f"again, or download that file, {by_hand}"
            ) from None
        print(f"The book's package and data are now in {folder}, from {ARCHIVE}")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()


def find_libraries():
    """Install on Colab what it lacks, with all that is there kept at its version; elsewhere name it."""
    missing = [line for module, line in NEEDS.items() if importlib.util.find_spec(module) is None]
    if missing and "google.colab" not in sys.modules:
        wanted = " ".join(f'"{line}"' for line in missing)
        raise NotReady(f"Libraries are missing: run this in a cell, then this cell again: %pip install {wanted}")
    if missing:
        held = pathlib.Path(tempfile.mkdtemp(), "installed.txt")
        there = {f"{one.name}=={one.version}" for one in importlib.metadata.distributions() if one.name}
        held.write_text("\n".join(sorted(there)), "utf-8", newline="\n")
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "-c", str(held), *missing], check=True)
        importlib.invalidate_caches()


find_the_book()
find_libraries()
