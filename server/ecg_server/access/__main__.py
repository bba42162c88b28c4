"""`python -m ecg_server.access NAME`: makes a bearer token for somebody."""

import argparse
import sys
from collections.abc import Sequence

from ecg_server.access.errors import AccessError
from ecg_server.access.tokens import new_token

DESCRIPTION = """\
Makes a bearer token. Standard output gets the token, which nobody can look up again: hand it to the caller in a way
that nobody reads along. Standard error gets the line for the file that `ecg-server --tokens FILE` reads: its hash.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a new token and its line; return 0, or 2 when the name cannot be one."""
    parser = argparse.ArgumentParser(
        prog="python -m ecg_server.access",
        description=DESCRIPTION,
        epilog="python -m ecg_server.access ward-7 > ward-7.token 2>> tokens",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", help="whose token it is: what the log and the audit log will say")
    try:
        token, line = new_token(parser.parse_args(arguments).name)
    except AccessError as error:
        print(error, file=sys.stderr)
        return 2
    print(token)
    print(line, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
