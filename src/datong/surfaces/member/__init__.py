"""What the room `member` shows: pages, desk, API, words."""
