"""Runs the command line as `python -m perfxl`."""

from perfxl.command.cli import main

main()
