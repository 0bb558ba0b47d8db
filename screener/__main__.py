"""`python -m screener` and the command `screener`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program with the words of the command line."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--version"]:  # before the heavy imports: scripts ask this often
        from screener import __version__

        print(f"screener {__version__}")
        return
    from screener.cli.app import leave, run

    leave(run(arguments))


if __name__ == "__main__":
    main()
