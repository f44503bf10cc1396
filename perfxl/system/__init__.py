"""How are files written whole, workbooks made, processes started? Knows nothing of forms."""
