"""The settings of the chapters' kernels: the builder's own IPython profile stays out of it."""

from pathlib import Path

#: As a kernel reads them. What a cell has printed would go out five times a second, in the middle
#: of a line too, and MyST-NB ends a line after each piece: the page would depend on how busy the
#: machine is. At the end of a cell a kernel sends all it has.
KERNEL = """\
from ipykernel.iostream import OutStream

c.IPKernelApp.log_level = 40  # no warning that it speaks to its own machine unencrypted
c.HistoryManager.enabled = False
OutStream.flush_interval = 24 * 60 * 60
"""

#: The variables that tell a kernel where to note the files that its cells read, the key of all its pictures,
#: and where it leaves new ones until it is known that nothing changed meanwhile.
NOTES, PICTURES, FRESH = "COMPANION_NOTES", "COMPANION_PICTURES", "COMPANION_FRESH"

#: What the build adds: it notes what is read and remembers pictures.
WATCHED = 'c.InteractiveShellApp.extensions = ["companion_press.execution.kernel"]\n'


def write(folder: Path, watched: bool = False) -> dict[str, str]:
    """Write the settings below a folder; return the variables by which a kernel finds them.

    Parameters
    ----------
    watched : whether the kernel notes what its cells read (see `companion_press.execution.kernel`)
    """
    profile = Path(folder) / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(KERNEL + (WATCHED if watched else ""), "utf-8", newline="\n")
    return {"IPYTHONDIR": str(folder)}
