"""Which figures follow from a form?"""
