"""Tries the book with a class: ``class_trial.py FOLDER [USERS]``, and writes down what it took.

A JupyterHub with nbgitpuller runs on this machine, for this trial alone: anybody may log in, and only this
machine can. Students are real browsers that follow the links that the page "For a class" makes. First one
student works alone and runs every chapter; then several work at once, and a new edition comes out while they do.

FOLDER holds the hub's environment (the newest versions from PyPI and npm, made if it is not there) and the
trial's own files. What is measured goes into ``src/companion_press/notebooks/class-trial.json``, from which the page
is made: seconds, and memory in MiB.

rss     resident memory, shared pages counted for each who shares them
pss     the same, shared pages divided among those who share them (Linux: smaps_rollup)
peak    the greatest rss so far (Linux: VmHWM)
cpu     seconds of computing, by the kernel's process
"""

import asyncio
import contextlib
import datetime
import functools
import http.server
import json
import os
import pathlib
import platform
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

import nbformat
import psutil
from playwright.async_api import async_playwright

from companion_press.commands.browser import needed
from companion_press.notebooks import publish as branch_publishing

ROOT = pathlib.Path(__file__).resolve().parents[2]
SITE, TREE = ROOT / "_build/html", ROOT / "_build/notebooks"
RESULT = ROOT / "src/companion_press/notebooks/class-trial.json"
NAME, PASSWORD, CHAPTER = "central-asia-companion", "trial", "institutions"
HUB_PACKAGES = ("jupyterhub", "jupyterlab", "nbgitpuller")

SETTINGS = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = ["{node}/node_modules/.bin/configurable-http-proxy"]
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{work}/home/{{username}}"
c.Spawner.cmd = ["{environment}/bin/jupyterhub-singleuser"]
c.Spawner.args = ["--allow-root"]
c.Spawner.default_url = "/lab"
"""

#: Ends a session. The hub and the student's server each have a token against forged requests, in cookies of one name.
END = """async address => {
  for (const [, token] of document.cookie.matchAll(/_xsrf=([^;]+)/g))
    if ((await fetch(address, {method: "DELETE", headers: {"X-XSRFToken": token}})).ok) return;
}"""

#: The chapter in front: others that were opened before stay in the page.
FRONT = ".jp-NotebookPanel:not(.lm-mod-hidden)"

#: No question about news, and the time of each cell is noted in the notebook.
LAB = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"recordTiming": True},
}


def install(folder):
    """Make the hub's environment: what a reader's kernel needs, and the hub."""
    environment, node = folder / "environment", folder / "node"
    if not environment.exists():
        print("Making the hub's environment …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        pip = [environment / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", TREE / "requirements.txt", *HUB_PACKAGES], check=True)
    if not node.exists():
        subprocess.run(["npm", "install", "--silent", "--prefix", node, "configurable-http-proxy"], check=True)
    settings = environment / "share/jupyter/lab/settings"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps(LAB), "utf-8")
    return environment, node


def versions(environment, node):
    """Return the versions that were tried, by name."""
    code = "import importlib.metadata as m, json, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    names = (*HUB_PACKAGES, "ipykernel", "pandas", "geopandas", "matplotlib")
    listed = subprocess.run(
        [environment / "bin/python", "-c", code, *names], check=True, capture_output=True, text=True
    ).stdout
    proxy = json.loads((node / "node_modules/configurable-http-proxy/package.json").read_text("utf-8"))["version"]
    return {"Python": platform.python_version(), **json.loads(listed), "configurable-http-proxy": proxy}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def running(command, ready, **options):
    """Run a program until the block ends; the block starts when its port answers."""
    process = subprocess.Popen(command, start_new_session=True, **options)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", ready), 1):
                break
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} ended before it was ready: see its log in the trial's folder")
            time.sleep(0.2)
        yield process
    finally:
        for child in [*psutil.Process(process.pid).children(recursive=True), process]:
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                child.terminate()
        process.wait(timeout=60)


# -- memory ---------------------------------------------------------------------------


def memory(process):
    """Return what a process takes, in MiB."""
    taken = process.memory_full_info()
    peak = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{process.pid}/status").read_text("utf-8"))
    return {"rss": taken.rss / 2**20, "pss": taken.pss / 2**20, "peak": int(peak[1]) / 2**10}


def found(hub, word, user=None):
    """Return the process below the hub whose command has a word in it, and which is the user's."""
    for process in psutil.Process(hub.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if word in " ".join(process.cmdline()) and (
                user is None or process.environ().get("JUPYTERHUB_USER") == user
            ):
                return process
    raise LookupError(f"no process {word} of {user}")


def size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


# -- a student ------------------------------------------------------------------------


class Student:
    """A browser of its own that follows links and works in JupyterLab."""

    def __init__(self, name, hub, address, work):
        self.name, self.hub, self.address = name, hub, address
        self.folder = work / "home" / name / NAME

    async def start(self, browser):
        context = await browser.new_context(viewport={"width": 1300, "height": 1000})
        context.set_default_timeout(180_000)
        self.page = await context.new_page()

    async def follow(self, link):
        """Follow a link; return the seconds that login, pulling and opening took."""
        page, took = self.page, {}
        await page.goto(link)
        if await page.locator("input[name=username]").count():
            await page.fill("input[name=username]", self.name)
            await page.fill("input[name=password]", PASSWORD)
            begun = time.monotonic()
            await page.click("input[type=submit], button[type=submit]")
            await page.wait_for_url(f"**/user/{self.name}/git-pull**")
            took["spawn"] = time.monotonic() - begun
        begun = time.monotonic()
        await page.wait_for_url(f"**/user/{self.name}/lab/**")
        took["pull"] = time.monotonic() - begun
        begun = time.monotonic()
        await page.locator(f"{FRONT} .jp-Cell").first.wait_for()
        await page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        took["open"] = time.monotonic() - begun
        return took

    async def note(self, words):
        """Write a comment at the head of the first cell with code, as a student does."""
        await self.page.locator(f"{FRONT} .jp-CodeCell .cm-content").first.click()
        await self.page.keyboard.press("Control+Home")
        await self.page.keyboard.type(f"# {words}\n")

    async def run(self, chapter):
        """Run all cells of the open chapter and save it; return what it took."""
        page, kernel = self.page, await self.kernel(chapter)
        before = sum(kernel.cpu_times()[:2])
        # The click that lets the menu close is no work of the student's.
        await page.get_by_text("Run", exact=True).first.click()
        await page.get_by_text("Run All Cells", exact=True).click()
        await page.locator(f"{FRONT} .jp-Cell").first.click()
        for _ in range(300):
            await page.keyboard.press("Control+s")
            await page.wait_for_timeout(1000)
            cells = self.code(chapter)
            if all(cell.execution_count for cell in cells):
                break
        wrong = [
            cell.source
            for cell in cells
            if not cell.execution_count or any(o.output_type == "error" for o in cell.outputs)
        ]
        if wrong:
            raise SystemExit(f"{self.name}, {chapter}: this cell did not run to its end:\n{wrong[0]}")
        times = [cell.metadata["execution"] for cell in cells]
        begun, ended = (
            sorted(datetime.datetime.fromisoformat(t[key]) for t in times)[at]
            for key, at in (("iopub.status.busy", 0), ("shell.execute_reply", -1))
        )
        return {
            "seconds": (ended - begun).total_seconds(),
            "cpu": sum(kernel.cpu_times()[:2]) - before,
            **memory(kernel),
        }

    def code(self, chapter):
        """Return the chapter's cells with code as they are saved."""
        notebook = nbformat.read(self.folder / f"{chapter}.ipynb", as_version=4)
        return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source]

    def server(self):
        return found(self.hub, "jupyterhub-singleuser", self.name)

    async def sessions(self):
        answer = await self.page.request.get(f"{self.address}/user/{self.name}/api/sessions")
        return await answer.json()

    async def kernel(self, chapter):
        (session,) = [one for one in await self.sessions() if one["path"].endswith(f"/{chapter}.ipynb")]
        return found(self.hub, session["kernel"]["id"], self.name)

    async def close(self):
        """End the kernel of the chapter and close it."""
        for session in await self.sessions():
            await self.page.evaluate(END, f"{self.address}/user/{self.name}/api/sessions/{session['id']}")
        if await self.sessions():
            raise SystemExit(f"{self.name}: the chapter's kernel did not end")
        # JupyterLab would open the chapter again, and start its kernel, beside the next one.
        await self.page.goto(f"{self.address}/user/{self.name}/lab?reset")
        await self.page.locator(".jp-Launcher").wait_for()
        await self.page.wait_for_timeout(3000)


# -- the trial ------------------------------------------------------------------------


async def made_links(browser, site, hub, repository):
    """Return the links that the book's page makes, by chapter."""
    page = await browser.new_page()
    await page.goto(f"{site}/book/teaching.html")
    await page.get_by_label("Address of your hub").fill(hub)
    await page.get_by_label("Address of the repository").fill(repository)
    await page.get_by_role("button", name="Make the links").click()
    links = await page.locator(".hub-links a").evaluate_all("all => all.map(link => link.href)")
    await page.close()
    return {re.search(r"%2F([\w-]+)\.ipynb", link)[1]: link for link in links}


async def alone(student, links):
    """One student logs in and runs every chapter."""
    took, chapters = await student.follow(links[CHAPTER]), {}
    idle, order = memory(await student.kernel(CHAPTER)), [CHAPTER, *(name for name in links if name != CHAPTER)]
    for chapter in order:
        if chapter != CHAPTER:
            await student.follow(links[chapter])
        chapters[chapter] = await student.run(chapter)
        print(f"  {chapter}: {chapters[chapter]['seconds']:.1f} s, {chapters[chapter]['peak']:.0f} MiB", flush=True)
        server = memory(student.server())
        await student.close()
    return {**took, "server": server, "idle": idle, "chapters": {name: chapters[name] for name in links}}


async def at_work(student, link):
    took = await student.follow(link)
    idle = memory(await student.kernel(CHAPTER))
    await student.note(f"{student.name} was here")
    ran = await student.run(CHAPTER)
    return {**took, "seconds": ran.pop("seconds"), "cpu": ran.pop("cpu"), "idle": idle}


async def together(students, link):
    """Several students do at once what one did alone; their memory is taken while all are there."""
    each = await asyncio.gather(*(at_work(student, link) for student in students))
    for student, took in zip(students, each):
        took.update(server=memory(student.server()), kernel=memory(await student.kernel(CHAPTER)))
    return {"users": len(students), "chapter": CHAPTER, "each": each}


def second_edition(publish, repository, tree):
    """Publish a new edition: a new file, another README, another heading of the chapter that the students have changed."""
    (tree / "new-in-this-edition.md").write_text("A new file.\n", "utf-8")
    with (tree / "README.md").open("a", encoding="utf-8") as readme:
        readme.write("\nA second edition.\n")
    chapter, heading = tree / f"{CHAPTER}.ipynb", "## Summary"
    text = chapter.read_text("utf-8")
    if heading not in text:
        raise SystemExit(f"{chapter.name} has no heading {heading!r} to change")
    chapter.write_text(text.replace(heading, f"{heading} of the second edition", 1), "utf-8")
    print(" ", publish(str(repository), "Second edition", tree))


async def again(student, link):
    """Follow the link after the second edition; say whether the new file came and the student's own work is there."""
    await student.close()
    await student.follow(link)
    if not (student.folder / "new-in-this-edition.md").exists():
        raise SystemExit(f"{student.name} did not get the second edition")
    cells = student.code(CHAPTER)
    return cells[0].source.startswith(f"# {student.name} was here") and all(cell.execution_count for cell in cells)


async def trial(folder, users, path):
    environment, node = install(folder)
    load, work = os.getloadavg()[0], folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    (work / "home").mkdir(parents=True)
    repository = work / "served" / NAME
    subprocess.run(["git", "init", "-q", "--bare", "-b", "notebooks", repository], check=True)
    publish = branch_publishing.publish
    tree = shutil.copytree(TREE, work / "tree")
    publish(str(repository), "First edition", tree)
    port, git_port = free_port(), free_port()
    (work / "hub.py").write_text(
        SETTINGS.format(
            port=port,
            hub_port=free_port(),
            proxy_port=free_port(),
            password=PASSWORD,
            work=work,
            environment=environment,
            node=node,
        ),
        "utf-8",
    )
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=str(SITE)))
    threading.Thread(target=site.serve_forever, daemon=True).start()
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ("MPLBACKEND", "PYTHONPATH", "SOURCE_DATE_EPOCH", "PYTHONHASHSEED")
    }
    clean["PATH"] = f"{environment}/bin:{clean['PATH']}"
    address = f"http://127.0.0.1:{port}"
    with (
        open(work / "hub.log", "w", encoding="utf-8") as log,
        running(
            [
                "git",
                "daemon",
                "--export-all",
                f"--base-path={repository.parent}",
                "--listen=127.0.0.1",
                f"--port={git_port}",
            ],
            git_port,
            stderr=log,
        ),
        running(
            [f"{environment}/bin/jupyterhub", "-f", f"{work}/hub.py"], port, cwd=work, env=clean, stdout=log, stderr=log
        ) as hub,
    ):
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            links = await made_links(
                browser, f"http://127.0.0.1:{site.server_port}", address, f"git://127.0.0.1:{git_port}/{NAME}"
            )
            print(f"One student alone: {links[CHAPTER]}", flush=True)
            first = Student("student-0", hub, address, work)
            await first.start(browser)
            result = {
                "date": datetime.date.today().isoformat(),
                "machine": {"cores": os.cpu_count(), "memory": psutil.virtual_memory().total / 2**20, "load": load},
                "versions": versions(environment, node),
                "alone": await alone(first, links),
                "clone": size(first.folder),
            }
            await first.page.context.close()
            print(f"{users} students at once", flush=True)
            students = [Student(f"student-{number}", hub, address, work) for number in range(1, users + 1)]
            for student in students:
                await student.start(browser)
            result["together"] = await together(students, links[CHAPTER])
            result["hub"], result["proxy"] = (
                memory(psutil.Process(hub.pid)),
                memory(found(hub, "configurable-http-proxy")),
            )
            print("A second edition", flush=True)
            second_edition(publish, repository, tree)
            kept = await asyncio.gather(*(again(student, links[CHAPTER]) for student in students))
            result["second"] = {"students": users, "kept": sum(kept)}
            await browser.close()
    site.shutdown()
    RESULT.write_text(json.dumps(rounded(result), indent=1) + "\n", "utf-8")
    print(f"Written down in {RESULT.relative_to(ROOT)}; make book puts it on the page.")


def rounded(value):
    """Round numbers to a tenth, at every depth."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [rounded(inner) for inner in value]
    return round(value, 1) if isinstance(value, float) else value


if __name__ == "__main__":
    chromium = needed()  # before the long part
    if not TREE.exists():
        sys.exit("There is no tree of notebooks yet: run make notebooks first.")
    asyncio.run(trial(pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 4, chromium))
