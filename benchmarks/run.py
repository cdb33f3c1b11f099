"""`make bench`: every comparison with a peer, one after the other, as Markdown for docs/performance.md.

The peers live in a virtual environment of their own, .venv-bench, which is made at the first run.
"""

import datetime
import importlib.metadata
import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
VENV = HERE.parent / ".venv-bench"
PEERS = ["torch==2.13.0", "pytorch-crf==0.7.2", "captum==0.9.0", "transformers==5.23.0", "numpy"]
SCRIPTS = ["crf.py", "encoders.py", "recipe.py", "saliency.py", "pretrained.py"]


def peer_python() -> str:
    """The Python that has the peers; NLPX_PEER_PYTHON names one that is there already."""
    if named := os.environ.get("NLPX_PEER_PYTHON"):
        return named
    python = VENV / "bin" / "python"
    if not python.exists():
        venv.create(VENV, with_pip=True)
        # The plain wheel of torch brings gigabytes of CUDA libraries; a CPU build that an index offers is taken first.
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
    return str(python)


def machine() -> str:
    """Date, processor, cores and versions, in one line."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(":")[2].strip() if names else cpu
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("keras", "numpy"))
    return f"{datetime.date.today()}, {cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}"


def main() -> None:
    environment = os.environ | {"NLPX_PEER_PYTHON": peer_python()}
    print(f"{machine()}; peers: {', '.join(PEERS)}", flush=True)
    for script in SCRIPTS:
        print(f"\n## {script}\n", flush=True)
        subprocess.run([sys.executable, HERE / script], env=environment, check=False)


if __name__ == "__main__":
    main()
