"""Which files are there, and who takes each of them through all stages so that a bad one costs itself alone?"""
