"""How does the form look that agencies get?"""
