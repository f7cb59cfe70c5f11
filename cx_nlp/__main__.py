"""`python -m cx_nlp`: the command line without its script."""

from cx_nlp.cli import main

if __name__ == "__main__":
    main()
