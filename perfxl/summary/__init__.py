"""What the finance office gets: which file of each project counts, the roster, the tables, and the workbook of them.

`workbook.write_summary` is the way in; `resubmissions.settle` and `roster.hold_against_roster` come before it.
"""
