"""What is kept of thousands of results: in memory, on disk, and from an earlier run?"""
