"""Debian's Firefox as a second browser, driven by WebDriver BiDi: what it shows, what one can do there, what it prints.

Playwright drives a Firefox of its own make, which no reader has. The protocol is the W3C's (w3.org/TR/webdriver-bidi).
"""

import base64
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import pytest
from websockets.sync.client import connect

HOW = "install Debian's firefox-esr"
#: Nothing of the reader's is touched and nobody is called: updates, telemetry and first-run pages stay away.
PREFERENCES = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "ui.systemUsesDarkTheme": 0,
}


class Firefox:
    """One window of a running Firefox."""

    def __init__(self, program):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="firefox-"))
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items())
        (self._folder / "user.js").write_text("\n".join(lines), "utf-8")
        self._running = subprocess.Popen(
            [program, "--headless", "--no-remote", "--profile", str(self._folder), "--remote-debugging-port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "MOZ_HEADLESS_WIDTH": "1280", "MOZ_HEADLESS_HEIGHT": "900"},
        )
        said = []
        for line in self._running.stderr:
            said.append(line)
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                break
        else:
            raise RuntimeError(f"Firefox did not start: {''.join(said)}")
        self._connection = connect(f"{found[1]}/session", max_size=None)
        self._socket = self._connection.__enter__()
        self._numbers = itertools.count(1)
        self.call("session.new", capabilities={})
        self._context = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method, **parameters):
        """Send a command and return its result; raise ``RuntimeError`` with Firefox's own words if it fails."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(timeout=120))
            if answer.get("id") == number:
                break
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    def open(self, address):
        """Open a page and wait until it has loaded."""
        self.call("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def resize(self, width, height):
        """Set the size of the page in CSS pixels."""
        self.call("browsingContext.setViewport", context=self._context, viewport={"width": width, "height": height})

    def evaluate(self, expression):
        """Return what a JavaScript expression gives, as JSON carries it; a promise is waited for."""
        done = self.call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self._context},
            awaitPromise=True,
        )
        if done["type"] == "exception":
            raise RuntimeError(done["exceptionDetails"]["text"])
        return json.loads(done["result"]["value"]) if done["result"]["type"] == "string" else None

    def until(self, expression, seconds=10):
        """Wait until an expression holds."""
        end = time.monotonic() + seconds
        while not self.evaluate(expression):
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} seconds: {expression}")
            time.sleep(0.05)

    def click(self, selector):
        """Click the middle of the first element that a selector finds, with the mouse."""
        quoted = json.dumps(selector)
        x, y = self.evaluate(
            f"(e => {{ e.scrollIntoView({{block: 'center', behavior: 'instant'}}); const b = e.getClientRects()[0];"
            f" return [Math.round(b.x + b.width / 2), Math.round(b.y + b.height / 2)] }})(document.querySelector({quoted}))"
        )
        moves = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": moves})

    def press(self, text):
        """Type text; ``\\ue00c`` is Escape, ``\\ue007`` Enter, ``\\ue004`` Tab (WebDriver, Keyboard Actions)."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keys", "actions": keys})

    def _act(self, source):
        self.call("input.performActions", context=self._context, actions=[source])

    def print(self) -> bytes:
        """Return the page as Firefox prints it to PDF, on A4."""
        page = {"width": 21.0, "height": 29.7}
        return base64.b64decode(self.call("browsingContext.print", context=self._context, page=page)["data"])

    def close(self):
        """End it and remove its profile."""
        self._connection.__exit__(None, None, None)
        self._running.terminate()
        self._running.wait(30)
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(scope="session")
def firefox():
    """A real Firefox."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(f"no Firefox: {HOW}")
        pytest.skip(f"no Firefox: {HOW} and run make test again")
    running = Firefox(program)
    yield running
    running.close()
