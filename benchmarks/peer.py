"""The other side of a comparison: a script in a Python of its own, so that its libraries stay out of ours."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any


class Peer:
    """A script that reads an order, a line of JSON, and answers it by a line of JSON, again and again.

    Its Python is named by NLPX_PEER_PYTHON (default .venv-bench/bin/python).
    """

    def __init__(self, script: str, *arguments: str) -> None:
        python = os.environ.get("NLPX_PEER_PYTHON", ".venv-bench/bin/python")
        command = [python, str(Path(__file__).with_name(script)), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **order: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
