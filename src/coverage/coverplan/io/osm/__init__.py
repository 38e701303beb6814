"""Reading OpenStreetMap files in bounded memory."""
