"""Asks whether what the locks name has known vulnerabilities: ``audit.py ENVIRONMENT``.

pip-audit asks the database of OSV. It passes over a package for which it has no answer and then says that all is
well; here only an answer for each package is one.
"""

import json
import subprocess
import sys
from pathlib import Path

from companion_press.commands import environment

ROOT = Path(__file__).resolve().parents[3]

#: The exit status where something is known, and where that could not be found out.
KNOWN, UNKNOWN = 1, 2

UNREACHED = (
    "Whether the locks name anything with a known vulnerability is not known: osv.dev could not be asked{about}. "
    "Try again from a network that reaches it."
)


def locks(root: Path = ROOT) -> list[Path]:
    """Return the locks of a project."""
    return [root / "requirements.txt", *sorted((root / "locks").glob("*.txt"))]


def verdict(printed: str) -> tuple[int, list[str]]:
    """Return the exit status and what to say, from what pip-audit prints as JSON; nothing where it failed."""
    try:
        packages = json.loads(printed)["dependencies"]
    except ValueError:
        return UNKNOWN, [UNREACHED.format(about="")]
    skipped = sorted({package["name"] for package in packages if "skip_reason" in package})
    found = sorted(
        {
            f"{package['name']} {package['version']}: {fault['id']}, mended in "
            f"{', '.join(fault['fix_versions']) or 'no version yet'} (https://osv.dev/{fault['id']})"
            for package in packages
            for fault in package.get("vulns", ())
        }
    )
    if found:
        return KNOWN, [*found, "Raise them in pyproject.toml where need be, and run make lock."]
    if skipped or not packages:
        more = f" and {len(skipped) - 3} more" if len(skipped) > 3 else ""
        return UNKNOWN, [UNREACHED.format(about=f" about {', '.join(skipped[:3])}{more}" if skipped else "")]
    return 0, [f"No vulnerability is known of the {len(packages)} packages that the locks name."]


def main(folder: str) -> int:
    """Ask; return the exit status."""
    files = [word for path in locks() for word in ("-r", str(path))]
    options = ["--disable-pip", "--progress-spinner", "off", "--format", "json", "--vulnerability-service", "osv"]
    command = [environment.python_of(folder), "-m", "pip_audit", *options, *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", errors="replace")
    status, said = verdict(done.stdout)
    if not done.stdout and "Connection" not in done.stderr:
        sys.stderr.write(done.stderr)  # it failed of something else, which its own words tell
    print("\n".join(said), file=sys.stderr if status else sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
