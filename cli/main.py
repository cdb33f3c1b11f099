"""The `nlpx` script: imports the rest late, so that Ctrl-C is quiet from the first moment on."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command line; what no command expected is reported here."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that cannot show a character shows its code
            stream.reconfigure(errors="backslashreplace")
    try:
        from nlpx.cli.app import app

        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last stop of every bug
        from nlpx.cli.failures import report_bug

        sys.exit(report_bug(error))


if __name__ == "__main__":
    main()
