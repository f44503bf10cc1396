"""The parts of the door: what kind of file it is, its archive, its XML, its sheets, and the limits on each.

`perfxl.door.inspect.inspect` is the way in; nothing else in perfxl sees a file before it.
"""
