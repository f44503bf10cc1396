"""What does a person see in a cell: number formats and formulas, worked out without any file."""
