"""What the room `aftersale` shows: pages, desk, API, words."""
