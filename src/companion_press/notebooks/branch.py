"""Makes ``_build/notebooks``: the tree that is published as the branch ``notebooks``.

It is the zip of the site, unpacked: chapters, package, data and requirements,
as Binder, Colab and nbgitpuller want them. Nobody edits it.
"""

import pathlib
import sys
import zipfile

from companion_press.keeping import troubles, turns, whole

ROOT = pathlib.Path(__file__).resolve().parents[3]
ARCHIVE = ROOT / "_build/html/notebooks/central-asia-companion.zip"
TREE = ROOT / "_build/notebooks"


def main() -> int:
    with turns.turn(TREE.parent):
        whole.recover(ROOT / "_build/html")
        if not ARCHIVE.exists():
            sys.stderr.write("There are no notebooks yet: run make book first.\n")
            return 1
        fresh = whole.begin(TREE)
        with zipfile.ZipFile(ARCHIVE) as archive:
            for info in archive.infolist():
                # Everything lies in one folder of the zip; the branch has no such folder.
                target = fresh / info.filename.partition("/")[2]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(info))
        whole.put(fresh, TREE)
    print(f"The tree of the branch is in {TREE}")
    return 0


if __name__ == "__main__":
    sys.exit(troubles.told(main))
