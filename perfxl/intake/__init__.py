"""What lies inside a mail or an archive? Bytes in, members out; nothing is written outside memory or a private folder.

`perfxl.intake.members.members` is the way in; `perfxl.intake.contents.content_of` says what a file is at all.
"""
