"""The house rules that a machine can hold."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HEAVY = {"tensorflow", "keras", "jax", "pandas", "sklearn", "torch"}
ABOVE = {"nlpx": ("nlpx.tasks", "nlpx.cli"), "tasks": ("nlpx.cli",)}


def imported_names(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("folder", ABOVE)
def test_imports_never_go_back_up(project: Path, folder: str) -> None:
    wrong = [
        f"{file.relative_to(project)} imports {name}"
        for file in (project / folder).rglob("*.py")
        for name in imported_names(file)
        if name.startswith(ABOVE[folder])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "arguments",
    [["--help"], *([name, "--help"] for name in ("train", "pretrain", "runs", "config", "explain"))],
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        f"sys.argv = ['nlpx', *{arguments!r}]\n"
        "from nlpx.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('MODULES', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = {name.partition(".")[0] for name in done.stdout.rpartition("MODULES")[2].split()}
    assert "typer" in modules
    assert not modules & HEAVY


def test_the_wheel_puts_nothing_but_nlpx_into_site_packages(project: Path, tmp_path: Path) -> None:
    # From a copy, because setuptools would take along whatever an older build has left in build/.
    copy = tmp_path / "copy"
    for name in ("nlpx", "cli", "tasks"):
        shutil.copytree(project / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(project / name, copy)
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        ".",
    ]
    subprocess.run(build, cwd=copy, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"nlpx", f"{wheel.name.rpartition('-py3')[0]}.dist-info"}
    installed = {name for name in names if name.endswith(".py")}
    sources = {
        "/".join(("nlpx", *file.relative_to(project).parts))
        if top != "nlpx"
        else str(file.relative_to(project))
        for top in ("nlpx", "cli", "tasks")
        for file in (project / top).rglob("*.py")
    }
    assert installed == sources
