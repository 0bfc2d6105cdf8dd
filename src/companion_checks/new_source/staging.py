"""A copy of the project to try a new source text on, and the way back: all of what changed, or nothing."""

import os
import pathlib
import shutil


def stage(root: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """Copy into an empty folder what validation and the chapters' code read; return the copy."""
    copy = folder / "project"
    for name in ("data", "seeds", "book"):
        shutil.copytree(
            root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.ipynb", ".ipynb_checkpoints")
        )
    for name in ("_toc.yml", "_config.yml"):
        shutil.copyfile(root / name, copy / name)
    return copy


def changed(copy: pathlib.Path, root: pathlib.Path) -> list[str]:
    """Return the names of files that a copy has and the project has not, or not so."""
    files = (
        file.relative_to(copy) for folder in ("data", "seeds") for file in (copy / folder).rglob("*") if file.is_file()
    )
    return sorted(
        name.as_posix()
        for name in [*files, pathlib.Path("_toc.yml")]
        if not (root / name).is_file() or (root / name).read_bytes() != (copy / name).read_bytes()
    )


def publish(copy: pathlib.Path, root: pathlib.Path) -> list[str]:
    """Carry the changed files of a copy into the project, all or none; return their names."""
    names = changed(copy, root)
    before = {name: (root / name).read_bytes() if (root / name).exists() else None for name in names}
    done = []
    try:
        for name in names:
            fresh = (root / name).with_name((root / name).name + ".new")
            shutil.copyfile(copy / name, fresh)
            done.append(name)
            os.replace(fresh, root / name)
    except OSError:
        for name in done:
            (root / name).with_name((root / name).name + ".new").unlink(missing_ok=True)
            content = before[name]
            if content is None:
                (root / name).unlink(missing_ok=True)
            else:
                (root / name).write_bytes(content)
        raise
    return names
