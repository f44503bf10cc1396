"""Runs the command line as `python -m perfxl`."""

from perfxl.cli import main

main()
