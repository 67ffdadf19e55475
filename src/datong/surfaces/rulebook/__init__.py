"""What the room `rulebook` shows: pages, desk, API, words."""
