"""`ssc …`: the command line. One short function per verb: parse, one core call, print.

Exit codes: 0 done; 1 done, but something was left out or failed on the way (each is named on stderr), or there was
nothing to find or gain; 2 the request cannot be carried out, one line on stderr says why; 70 a defect of the program;
130 stopped with Ctrl-C, also where it can be resumed.
Results go to stdout, everything else to stderr. `ssc --help` loads neither numpy nor a model library.
"""

import sys

__all__ = ["main", "run"]


def main() -> None:
    """Entry point of the `ssc` command."""
    try:
        from sscore.cli import entry  # takes long enough for a Ctrl-C to come meanwhile

        entry.main()
    except KeyboardInterrupt:
        print("ssc: cancelled", file=sys.stderr)
        sys.exit(130)


def run(args: list[str]) -> int:
    """See `entry.run`."""
    from sscore.cli import entry

    return entry.run(args)
