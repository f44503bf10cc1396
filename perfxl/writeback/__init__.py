"""The parts of annotation: the zip package, its XML parts, cells, formats, notes, and the sheet 审核结果.

`perfxl.writeback.annotate` is the way in: a pure plan of edits, and its application.
"""
