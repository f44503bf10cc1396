"""Which form is a workbook, and what do its cells hold?"""
