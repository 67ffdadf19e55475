"""What the room `inventory` shows: its words."""
