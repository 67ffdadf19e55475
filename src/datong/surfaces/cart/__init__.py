"""What the room `cart` shows: pages, desk, API, words."""
