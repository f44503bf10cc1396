"""The labels of what a form says of itself on its hidden sheet: label in column A, value in column B."""

SCHEME_MARK, VERSION_MARK, PROJECT_MARK, ISSUE_MARK = "scheme", "version", "project", "issue"
"""Of which form and edition it is; of which project of the approved list, and of which issue of the list. No proof."""
