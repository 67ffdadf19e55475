"""What the room `fulfilment` shows: its words."""
