"""`python -m sscore …`: the command `ssc` where its folder is not on the PATH."""

from sscore.cli import main

if __name__ == "__main__":
    main()
