"""Readers and authors on Linux, macOS and Windows: the same bytes, under names that each of them can have."""

import ast
import re

import pytest

from built_site import PROJECT, files_of_project
from companion_press.execution import warm

MODULES = sorted(path for path in (PROJECT / "src").rglob("*.py") if ".egg-info" not in path.as_posix())

#: What opens text, and the place of the mode among what it is given.
OPENS = {"open": 1, "fdopen": 1, "write_text": None, "read_text": None}


#: What Windows has not: modules, functions of `os`, programs. Signals are those of `signal` that have no such name there.
POSIX_MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty", "syslog"}
POSIX_FUNCTIONS = set(
    "fork forkpty setsid setpgid getpgid getpgrp killpg getuid geteuid getgid setuid setgid chown lchown mkfifo mknod nice "
    "getloadavg uname wait statvfs sched_getaffinity sched_setaffinity".split()
)
POSIX_PROGRAMS = {
    "bash",
    "cat",
    "chmod",
    "cp",
    "find",
    "grep",
    "kill",
    "ln",
    "make",
    "mkdir",
    "mv",
    "rm",
    "sed",
    "sh",
    "tar",
}
SIGNALS = {"SIGINT", "SIGTERM", "SIGABRT", "SIGBREAK", "SIGFPE", "SIGILL", "SIGSEGV"}


def unguarded(node):
    """Yield all nodes below one, except what stands behind a question about the system or tries what may be missing."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Try) and any(name_of(handler.type) == "ImportError" for handler in child.handlers):
            continue
        if isinstance(child, (ast.If, ast.IfExp)) and re.search(
            r"\b(sys\.platform|os\.name|fcntl)\b", ast.unparse(child.test)
        ):
            continue
        yield child
        yield from unguarded(child)


def faults(source):
    """Yield the line and the fault of each place that another system would take otherwise."""
    tree = ast.parse(source)
    for node in unguarded(tree):
        yield from ((node.lineno, fault) for fault in of_another_system(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            named = {word.arg: word.value for word in node.keywords}
            yield from ((node.lineno, fault) for fault in of_a_call(node, name_of(node.func), named))
        if isinstance(node, ast.FormattedValue) and name_of(getattr(node.value, "func", None)) == "relative_to":
            yield node.lineno, "a path is printed with the separators of the system: as_posix()"


def of_another_system(node):
    """Yield what of a node Windows has not."""
    modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
    modules += [node.module] if isinstance(node, ast.ImportFrom) else []
    if POSIX_MODULES & set(modules):
        yield "Windows has no such module: ask sys.platform first"
    if isinstance(node, ast.Attribute):
        if name_of(node.value) == "os" and node.attr in POSIX_FUNCTIONS:
            yield "Windows has no such function: ask os.name first"
        if name_of(node.value) == "signal" and re.fullmatch("SIG[A-Z0-9]+", node.attr) and node.attr not in SIGNALS:
            yield "Windows has no such signal: getattr(signal, …)"
        if node.attr in ("symlink", "symlink_to"):
            yield "Windows lets few users make symbolic links"
    if text := text_of(node):
        if re.search(r"(^|/)bin/[\w-]+$", text):
            yield "programs of an environment lie elsewhere on Windows: environment.program_of"
        elif re.match(r"/(dev|etc|proc|tmp|usr|var)/\S*$", text):
            yield "a folder that Windows has not: tempfile, os.devnull"
    if (
        isinstance(node, ast.Call)
        and name_of(node.func) in ("run", "Popen", "check_call", "check_output")
        and node.args
    ):
        words = getattr(node.args[0], "elts", [])
        if words and text_of(words[0]) in POSIX_PROGRAMS:
            yield "a program that not every system has"


def name_of(function):
    return getattr(function, "attr", getattr(function, "id", ""))


def text_of(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def of_a_call(node, name, named):
    where = name_of(getattr(node.func, "value", None))
    if name in OPENS and where not in ("Image", "zipfile", "os" if name == "open" else "", "opener"):
        place = OPENS[name] if where in ("", "os", "io") else 0
        positional = [text_of(argument) for argument in node.args]
        mode = text_of(named.get("mode")) or (
            positional[place] if place is not None and len(positional) > place else ""
        )
        text = name.endswith("_text") or "b" not in mode
        encoded = "encoding" in named or any("utf" in word or word == "ascii" for word in positional)
        if text and not encoded:
            yield "the encoding of a text is that of the system: encoding="
        if (name == "write_text" or text and set(mode) & set("wax")) and "newline" not in named:
            yield "the ends of lines are those of the system: newline="
    if (set(named) & {"text", "universal_newlines"}) and "encoding" not in named and name in ("run", "Popen"):
        yield "a process is read in the encoding of the system: encoding="
    if "shell" in named or (where, name) in (("os", "system"), ("os", "popen")):
        yield "a shell is not the same everywhere"
    if "preexec_fn" in named:
        yield "Windows copies no process"
    if name == "str" and node.args and name_of(getattr(node.args[0], "func", None)) == "relative_to":
        yield "a path is named with the separators of the system: as_posix()"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PROJECT / "src").as_posix())
def test_a_module_leaves_nothing_to_the_system(path):
    assert list(faults(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "source, fault",
    [
        ("open(path)", "encoding="),
        ("path.open('r')", "encoding="),
        ("path.read_text()", "encoding="),
        ("path.write_text(text, 'utf-8')", "newline="),
        ("open(path, 'w', encoding='utf-8')", "newline="),
        ("os.fdopen(handle, 'w', newline='')", "encoding="),
        ("subprocess.run(command, text=True)", "encoding="),
        ("subprocess.run(command, shell=True)", "shell"),
        ("subprocess.Popen(command, preexec_fn=quiet)", "copies no process"),
        ("os.fork()", "no such function"),
        ("os.killpg(number, signal.SIGINT)", "no such function"),
        ("os.kill(number, signal.SIGKILL)", "no such signal"),
        ("import fcntl", "no such module"),
        ("from resource import getrusage", "no such module"),
        ("link.symlink_to(path)", "symbolic links"),
        ("os.symlink(path, link)", "symbolic links"),
        ("log = '/tmp/log'", "a folder"),
        ("python = f'{folder}/bin/python'", "program_of"),
        ("subprocess.run(['make', 'book'])", "not every system"),
        ("str(path.relative_to(root))", "as_posix()"),
        ("f'{path.relative_to(root)}'", "as_posix()"),
    ],
)
def test_what_another_system_takes_otherwise_is_found(source, fault):
    [(line, said)] = faults(source)
    assert line == 1 and fault in said


@pytest.mark.parametrize(
    "source",
    [
        "open(path, 'rb')",
        "path.open('wb')",
        "path.read_text('utf-8')",
        "path.write_text(text, 'utf-8', newline='\\n')",
        "open(path, encoding='utf-8', newline='')",
        "f'{path.relative_to(root).as_posix()}'",
        "Image.open(path)",
        "os.open(path, os.O_RDWR)",
        "if sys.platform != 'win32':\n    os.kill(number, signal.SIGKILL)",
        "try:\n    import fcntl\nexcept ImportError:\n    fcntl = None",
        "signal.signal(signal.SIGTERM, stop)",
        "getattr(signal, 'SIGKILL', signal.SIGTERM)",
        "tell('Say where it lies: /usr/bin/python or another')",
    ],
)
def test_what_every_system_takes_alike_is_no_fault(source):
    assert list(faults(source)) == []


# -- names --------------------------------------------------------------------------------------

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.I)


def refused(names):
    """The names that some system cannot have, each with the reason."""
    seen = {}
    for name in sorted(names):
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            yield name, f"differs from {other} by case alone"
        if len(name) >= 200:
            yield name, "is too long for Windows"
        for part in name.split("/"):
            if RESERVED.match(part) or re.search(r'[<>:"|?*\\\x00-\x1f]|[. ]$', part):
                yield name, "is no name on Windows"


def test_every_file_of_the_project_has_a_name_that_each_system_can_have():
    names = [path.relative_to(PROJECT).as_posix() for path in files_of_project()]
    assert len(names) > 300 and list(refused(names)) == []


def test_every_file_of_the_site_has_a_name_that_each_system_can_have(site):
    names = [path.relative_to(site).as_posix() for path in site.rglob("*")]
    assert len(names) > 2000 and list(refused(names)) == []


@pytest.mark.parametrize("name", ["a/aux.md", "Con", "a:b", "what?.html", "folder./page", "page ", "a" * 200, "a\\b"])
def test_a_name_that_windows_cannot_have_is_found(name):
    assert [found for found, _ in refused([name, "nullity", "console.log", "a/b"])] == [name]


def test_names_that_differ_by_case_alone_are_found():
    assert list(refused(["Page.html", "page.html"])) == [("page.html", "differs from Page.html by case alone")]


def test_text_has_the_same_line_ends_in_every_checkout():
    """Git on Windows would give every file others, and with them every fingerprint and every package of data."""
    assert "* text=auto eol=lf" in (PROJECT / ".gitattributes").read_text("utf-8").splitlines()


# -- processes ----------------------------------------------------------------------------------


def test_where_no_process_can_be_copied_kernels_start_in_the_ordinary_way(monkeypatch):
    monkeypatch.setattr(warm, "_context", None)
    factory = warm.KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name, dict(factory.provisioners)
    warm.use()
    assert (factory.default_provisioner_name, factory.provisioners) == before
