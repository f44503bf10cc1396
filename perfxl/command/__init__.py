"""Which command, in which words, with which exit code? From paths and options to what a person sees."""
