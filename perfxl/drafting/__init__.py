"""How does a scheme come from the form that an office has already?"""
