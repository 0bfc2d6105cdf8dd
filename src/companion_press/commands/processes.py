"""Starts the processes of a command and ends them with it, those that they have started included."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

#: How many seconds an interrupted process has to end by itself: where the terminal has told it as well, and where it
#: had to be told.
HEARD, TOLD = 1.0, 10.0

#: What a process cannot refuse; Windows has no such signal and ends every process like this.
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


class Interrupted(BaseException):
    """The command is to end.

    Parameters
    ----------
    number : the signal that says so
    said : whether the process that ran has told it already, in words of its own
    """

    def __init__(self, number: int, said: bool = False):
        super().__init__(number, said)
        self.number, self.said = number, said

    @property
    def status(self) -> int:
        """The exit status by which a shell knows what ended a command: 130 after Ctrl+C."""
        return 128 + self.number


@contextmanager
def heeded() -> Iterator[None]:
    """Raise `Interrupted` where Ctrl+C is pressed, or the command is asked to end, within this context."""

    def stop(number: int, frame: object) -> None:
        raise Interrupted(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(command: Sequence[str], variables: Mapping[str, str], quiet: bool = False) -> int:
    """Run a process to its end; return its exit status, as a shell counts it.

    Parameters
    ----------
    command : the program and what it is given; no shell reads it
    variables : its whole environment
    quiet : print what it says only where it fails

    Raises
    ------
    Interrupted : where the command is to end; the process has ended then
    FileNotFoundError : where there is no such program
    """
    sys.stdout.flush()
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if quiet else {}
    process = subprocess.Popen(command, env=dict(variables), **output)  # type: ignore[call-overload]
    try:
        said, _ = process.communicate()
    except Interrupted as interrupted:
        raise Interrupted(interrupted.number, end(process) in (0, 128 + signal.SIGINT)) from None
    if said and process.returncode:
        sys.stdout.buffer.write(said)
        sys.stdout.flush()
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def end(process: subprocess.Popen) -> int:
    """End a process after an interruption, in good order where it can; return its exit status.

    From a terminal Ctrl+C reaches every process of a command. A signal to this process alone does not, so what goes on
    is told; and what goes on after that, or was left behind, is killed.
    """
    family = descendants(process.pid)
    try:
        if not _ended(process, HEARD):
            if sys.platform == "win32":
                process.terminate()
            else:
                process.send_signal(signal.SIGINT)
            _ended(process, TOLD)
    except Interrupted:
        pass  # a second Ctrl+C: nobody wants to wait
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True)
    else:
        for number in family:
            try:
                os.kill(number, _KILL)
            except ProcessLookupError:
                pass  # it has ended by itself, as it should
    process.kill()
    return process.wait()


def _ended(process: subprocess.Popen, seconds: float) -> bool:
    """Wait until a process has ended, but no longer than so; return whether it has."""
    until = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    return process.returncode is not None


def descendants(number: int) -> list[int]:
    """Return the numbers of the processes that a process has started, and those have started; none where none can be
    listed."""
    try:
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, encoding="ascii").stdout
    except OSError:
        return []
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, ahead = [], [number]
    while ahead:
        ahead += (more := children.get(ahead.pop(), []))
        found += more
    return found
