"""`ssc …`: the command line. One short function per verb: parse, one core call, print.

Exit codes: 0 done; 1 done, but something was left out or failed on the way (each is named on stderr); 2 the request
cannot be carried out, one line on stderr says why; 70 a defect of the program; 130 stopped with Ctrl-C.
Results go to stdout, everything else to stderr. `ssc --help` loads neither numpy nor a model library.
"""

from sscore.cli.entry import main, run
from sscore.cli.train import train_app

__all__ = ["main", "run", "train_app"]
