"""Tries the JupyterLite of the built site without the public CDN: ``lite_trial.py ENVIRONMENT FOLDER``.

A real browser opens a chapter; every host but the site itself is out of reach. What the kernel asks the CDN for
is answered from FOLDER: Python for the browser (npm's ``pyodide``, of the version that the site names) and those
packages of Pyodide that are pure Python, from PyPI at the versions of Pyodide's own list. The compiled ones (numpy,
pandas, matplotlib, shapely, …) are on no registry, so a chapter cannot be run to its end here. Tried is that
the kernel starts, that it finds the book's files, that the wheels on the site install and that a control appears.
"""

import csv
import functools
import hashlib
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import threading

from playwright.sync_api import sync_playwright

from companion_press.commands.browser import needed
from companion_press.notebooks.lite import download

ROOT = pathlib.Path(__file__).resolve().parents[2]
SITE = ROOT / "_build/html"

#: What the kernel needs to start and the wheels of the site to install.
PURE = ("micropip", "ipython", "jedi", "traitlets", "pyparsing", "python-dateutil")
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}
FLAGS = ["--no-sandbox", "--disable-gpu"]

#: pybtex is missing: it needs PyYAML, which is compiled.
CELL = """\
import csv, sys
rows = list(csv.DictReader(open("data/claims.csv", encoding="utf-8")))
import piplite
await piplite.install(["comm", "edtf", "ipywidgets", "jupyterlab-widgets", "latexcodec"])
import edtf, ipywidgets, latexcodec
print(sys.platform, len(rows))
ipywidgets.Dropdown(options=["one", "two"], description="Choice")"""


def distribution(environment, folder):
    """Put together what stands for the CDN; return its address there and the folder."""
    code = "from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION, PYODIDE_CDN_URL as u; print(PYODIDE_VERSION, u)"
    version, address = subprocess.run(
        [environment / "bin/python", "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["npm", "pack", "--silent", f"pyodide@{version}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    shutil.unpack_archive(next(folder.glob("*.tgz")), folder)
    made = folder / "package"
    lock = json.loads((made / "pyodide-lock.json").read_text("utf-8"))
    waiting, wanted = list(PURE), {}
    while waiting:
        name = waiting.pop()
        name = name if name in lock["packages"] else name.replace("_", "-")
        if name not in wanted:
            wanted[name] = lock["packages"][name]
            waiting += wanted[name]["depends"]
    python = ".".join(lock["info"]["python"].split(".")[:2])
    lines = (f"{name}=={package['version']}" for name, package in wanted.items())
    download(environment, made, "--only-binary=:all:", "--python-version", python, *lines)
    for package in wanted.values():
        # Pyodide packs wheels anew: of one version, PyPI's file has other bytes.
        package["sha256"] = hashlib.sha256((made / package["file_name"]).read_bytes()).hexdigest()
    (made / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")
    return f"{address}/", made


def answer(route, here, cdn, made, asked):
    """Let the site answer for itself and the folder for the CDN; refuse everything else, and note it."""
    address = route.request.url
    file = made / address.removeprefix(cdn)
    if address.startswith((here, "data:", "blob:")):
        route.continue_()
    elif address.startswith(cdn) and file.is_file():
        asked["the CDN"].append(file.name)
        headers = {
            "content-type": TYPES.get(file.suffix, "application/octet-stream"),
            "access-control-allow-origin": "*",
        }
        route.fulfill(status=200, body=file.read_bytes(), headers=headers)
    else:
        asked["elsewhere"].append(address)
        route.abort()


def main(environment, folder):
    path = needed()  # before the long part
    if not (SITE / "lite").exists():
        sys.exit("The site has no JupyterLite: run make lite first.")
    cdn, made = distribution(pathlib.Path(environment).resolve(), pathlib.Path(folder).resolve())
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here, asked = f"http://127.0.0.1:{server.server_port}", {"the CDN": [], "elsewhere": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        context = browser.new_context(viewport={"width": 1300, "height": 1000})
        # Of the context, not of the page: the kernel runs in a worker.
        context.route("**/*", lambda route: answer(route, here, cdn, made, asked))
        page = context.new_page()
        page.goto(f"{here}/lite/lab/index.html?path=institutions.ipynb")
        page.get_by_text("Python (Pyodide) | Idle").first.wait_for(timeout=300_000)
        cell = page.locator(".jp-NotebookPanel .jp-CodeCell").first
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(CELL)
        page.keyboard.press("Control+Enter")
        cell.locator(".jp-OutputArea select").wait_for(timeout=180_000)
        printed = cell.locator(".jp-OutputArea").inner_text()
        browser.close()
    server.shutdown()
    with open(ROOT / "data/claims.csv", encoding="utf-8", newline="") as file:
        claims = sum(1 for _ in csv.DictReader(file))
    if f"emscripten {claims}" not in printed or asked["elsewhere"]:
        sys.exit(f"Not as it should be. The cell printed:\n{printed}\nAsked elsewhere: {asked['elsewhere']}")
    print(
        f"The kernel started in the browser, read {claims} claims and showed a control. No host but the site and the CDN was asked."
    )
    print("From the CDN:", ", ".join(asked["the CDN"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
