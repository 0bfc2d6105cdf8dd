"""Runs a module as a step of a command: ``python -m companion_press.commands.step MODULE [ARGUMENT…]``.

An interruption, or what is wrong with the machine, is then one sentence, whatever the module itself makes of it.
"""

import runpy
import sys

from companion_press.keeping import troubles


def main(module: str, *arguments: str) -> None:
    """Run a module as ``python -m`` does; its exit status is raised as ``SystemExit`` where it gives one."""
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    sys.exit(troubles.told(main, *sys.argv[1:]))
