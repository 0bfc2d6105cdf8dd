"""Kernels that start at once: each is a copy of a process that has imported already what every chapter imports.

A kernel of its own takes a second and a half to import IPython, pandas, matplotlib and geopandas; a
copy of a process (``fork``) takes a tenth. It has read no data and drawn nothing: apart from
its imports it is a kernel like any other, one for each page. Where processes cannot be
copied safely, kernels start in the ordinary way.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from importlib.metadata import EntryPoint
from multiprocessing.process import BaseProcess
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

#: What is imported once for all.
PRELOADED = ["companion_press.execution.preloaded"]

NAME = "companion-warm"

_context = multiprocessing.get_context("forkserver") if sys.platform == "linux" else None


def use() -> None:
    """Let kernels be started in this way from here on, with the variables that the environment has now."""
    if _context is None:
        return
    _context.set_forkserver_preload(PRELOADED)
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME)
    factory.default_provisioner_name = NAME


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel as a copy of the process that waits for that; everything else is as with any local kernel."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start the kernel of a command ``python -m ipykernel_launcher -f FILE``.

        Returns
        -------
        How to reach it
        """
        assert _context is not None, "only `use` puts this class in its place"
        process = _context.Process(target=serve, args=(cmd[3:], options["cwd"], dict(options["env"])))
        process.start()
        self.process, self.pid = cast(subprocess.Popen, _Running(process)), process.pid
        return self.connection_info


class _Running:
    """A process with the methods that `LocalProvisioner` asks of one."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        assert process.pid is not None, "it has been started"
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def serve(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Be a kernel.

    Parameters
    ----------
    arguments : of ``ipykernel_launcher``
    folder : where it runs
    environment : its variables
    """
    from ipykernel import kernelapp

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    # A kernel ends when the process does whose copy it is.
    sys.argv = ["ipykernel_launcher", *arguments, f"--IPKernelApp.parent_handle={os.getppid()}"]
    sys.path[:] = [path for path in sys.path if path]  # IPython puts the folder in front itself
    kernelapp.launch_new_instance()
