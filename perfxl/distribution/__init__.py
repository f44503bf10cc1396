"""What goes out: a prefilled form for each approved project, in folders, with a register and drafts of letters."""
