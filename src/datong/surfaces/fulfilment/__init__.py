"""What the room `fulfilment` shows."""
