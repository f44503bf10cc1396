"""What goes back to the agencies: copies that are to be corrected or explained, and drafts of letters. Nothing is ever sent."""
