"""Adds JupyterLite to the built site: ``lite.py ENVIRONMENT [PYODIDE]``.

JupyterLite is JupyterLab as static files, with a Python that runs in the
reader's browser. The notebooks, the package and the data lie in it. Python
itself (Pyodide) and its compiled packages come from a public CDN when a reader
starts a kernel, unless PYODIDE names a full distribution to serve with the site.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

from companion_press.commands import environment as environment_of
from companion_press.keeping import troubles, turns, whole
from companion_press.notebooks import first_cell

ROOT = pathlib.Path(__file__).resolve().parents[3]
SITE = ROOT / "_build/html"
ARCHIVE = SITE / "notebooks/central-asia-companion.zip"

#: Pure Python packages that Pyodide does not have, and what these need in turn and the kernel itself (``comm``):
#: their wheels become part of the site. Whatever was missing here would be fetched from pypi.org by each reader.
WHEELS = ("comm", "edtf", "ipywidgets", "jupyterlab-widgets", "latexcodec", "pybtex")

#: Pyodide loads what a cell imports, but not what a module imports that the cell imports.
FIRST_CELL = f"""\
# In the browser the packages are loaded first; that takes a minute.
import piplite
await piplite.install({list(WHEELS)})
import geopandas, matplotlib, pandas, PIL, shapely, yaml
"""


def unpack(target: pathlib.Path) -> pathlib.Path:
    """Unpack the notebooks with what they need; each begins with a cell that loads the packages."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(target)
    (tree,) = target.iterdir()
    for path in tree.glob("*.ipynb"):
        notebook = json.loads(path.read_text("utf-8"))
        first: dict[str, object] = {
            "cell_type": "code",
            "execution_count": None,
            "id": first_cell.ID,
            "metadata": {},
            "outputs": [],
            "source": FIRST_CELL.splitlines(keepends=True),
        }
        # What fetches the package elsewhere has no place here: it lies beside the notebook.
        notebook["cells"] = [first, *(cell for cell in notebook["cells"] if cell["id"] != first_cell.ID)]
        notebook["metadata"]["kernelspec"] = {
            "name": "python",
            "display_name": "Python (Pyodide)",
            "language": "python",
        }
        path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")
    return tree


def locked() -> list[str]:
    """Return requirement lines for the wheels at the versions of the project's lock."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    return [line.rstrip(" \\") for line in lines if line.startswith(tuple(f"{name}==" for name in WHEELS))]


def download(environment: pathlib.Path, folder: pathlib.Path, *wanted: str) -> None:
    """Fetch wheels into a folder, without what they need; `wanted` are requirement lines and options of pip."""
    pip = [environment_of.python_of(environment), "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "-d", folder, *wanted], check=True)


def build(environment: pathlib.Path, pyodide: str, work: pathlib.Path, site: pathlib.Path) -> int:
    """Run JupyterLite's builder in a temporary folder, for a site that is not shown yet; return its exit status."""
    tree, wheels, lite = unpack(work / "tree"), work / "wheels", work / "lite"
    lite.mkdir()
    download(environment, wheels, *locked())
    command = [
        pathlib.Path(environment_of.python_of(environment)).with_name("jupyter-lite"),
        "build",
        "--lite-dir",
        lite,
        "--contents",
        tree,
        "--output-dir",
        site / "lite",
        "--apps",
        "lab",
        "--no-sourcemaps",
        "--no-unused-shared-packages",
        "--piplite-wheels",
        wheels,
    ]
    if pyodide:
        command += ["--pyodide", pathlib.Path(pyodide).resolve()]
    done = subprocess.run(
        [str(part) for part in command], cwd=lite, capture_output=True, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        sys.stderr.write(done.stdout[-4000:] + done.stderr[-4000:])
    return done.returncode


def main(environment: str, pyodide: str = "") -> int:
    with turns.turn(SITE.parent):
        whole.recover(SITE)
        if not ARCHIVE.exists():
            sys.stderr.write("There are no notebooks yet: run make book first.\n")
            return 1
        with whole.renewed(SITE) as fresh, tempfile.TemporaryDirectory() as work:
            shutil.rmtree(fresh / "lite", ignore_errors=True)
            if build(pathlib.Path(environment).resolve(), pyodide, pathlib.Path(work), fresh):
                raise troubles.Trouble("JupyterLite was not built, and the site is as it was; the lines above say why.")
    print(f"JupyterLite is in {SITE / 'lite'}; it needs a server: make serve LITE=1")
    return 0


if __name__ == "__main__":
    sys.exit(troubles.told(main, *sys.argv[1:]))
