"""Builds again whenever a file changes, and reloads the page: ``python -m companion_press.commands.watch PORT [NAME]``.

With the name of a page only that page is built (`chapter`), in a few seconds; without one the whole
book. What Sphinx's own tool for this, sphinx-autobuild, can start is ``sphinx-build`` alone, which
knows no Jupyter Book; so watchfiles says what has changed, and forty lines serve the site.
"""

import functools
import http.server
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from companion_press.commands import build, chapter

ROOT = Path(__file__).resolve().parents[3]

#: What the book is made from, below the project's root.
WATCHED = ("book", "data", "seeds", "src", "_toc.yml", "_config.yml", "CITATION.cff", "requirements.txt")

#: The address of the script that is put into each page while it is watched, and that of the news for which it waits.
SCRIPT, NEWS = "/-/reload.js", "/-/news"
RELOAD = f"""
const news = new EventSource("{NEWS}");
news.onmessage = () => location.reload();
addEventListener("pagehide", () => news.close());
""".encode()


class Builds:
    """How many builds have succeeded; whoever asks can wait for the next."""

    def __init__(self) -> None:
        self.number = 0
        self.changed = threading.Condition()

    def add(self) -> None:
        """Say that a build has succeeded."""
        with self.changed:
            self.number += 1
            self.changed.notify_all()

    def next(self, number: int, seconds: float) -> bool:
        """Wait until there are more than `number`; return whether there are."""
        with self.changed:
            return self.changed.wait_for(lambda: self.number > number, seconds)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site, with a script in each page that loads it again after a build."""

    def __init__(self, *arguments: Any, builds: Builds, **options: Any) -> None:
        self.builds = builds
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        """Answer: the news, the script, a page with the script in it, or any other file."""
        path = Path(self.translate_path(self.path))
        if self.path == NEWS:
            self._tell()
        elif self.path == SCRIPT:
            self._send("text/javascript", RELOAD)
        elif path.suffix == ".html" and path.is_file():
            page = path.read_bytes()
            self._send(
                "text/html; charset=utf-8",
                page.replace(b"</body>", b'<script src="%s"></script></body>' % SCRIPT.encode(), 1),
            )
        else:
            super().do_GET()

    def _send(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def _tell(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        number = self.builds.number
        try:
            while not self.builds.next(number, seconds=15):
                self.wfile.write(b": still here\n\n")  # a reader that has gone is noticed so
                self.wfile.flush()
            self.wfile.write(b"data: built\n\n")
        except OSError:
            pass  # the reader has gone

    def log_message(self, *arguments: object) -> None:
        """Say nothing of requests: what is printed is about builds."""


def command(name: str) -> list[str]:
    """Return the command that builds a page, or the whole book where the name is empty."""
    module = ["companion_press.commands.chapter", name] if name else ["companion_press.commands.build"]
    return [sys.executable, "-m", *module]


def serve(site: Path, port: int, builds: Builds) -> http.server.ThreadingHTTPServer:
    """Start to serve a site on this machine; return the server."""
    handler = functools.partial(Handler, directory=str(site), builds=builds)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main(port: str = "8000", name: str = "") -> int:
    """Build, serve, and build again until it is interrupted; return the exit status."""
    import watchfiles

    docname = "book/index"
    if name:
        try:
            docname = chapter.document(name)
        except LookupError as error:
            print(error.args[0].replace("make chapter", "make watch"), file=sys.stderr)
            return 1
    subprocess.run(command(name), cwd=ROOT)
    builds = Builds()
    serve(chapter.SITE if name else build.BUILD / "html", int(port), builds)
    print(f"Open http://localhost:{port}/{docname}.html (Ctrl+C ends it)", flush=True)
    for changes in watchfiles.watch(*(ROOT / part for part in WATCHED), raise_interrupt=False):
        names = sorted({Path(path).relative_to(ROOT).as_posix() for _, path in changes})
        print(f"Changed: {', '.join(names)}", flush=True)
        if subprocess.run(command(name), cwd=ROOT).returncode == 0:
            builds.add()
    print("Nothing is watched any more.")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
