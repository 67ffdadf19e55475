"""What the room `voucher` shows: pages, desk, API, words."""
