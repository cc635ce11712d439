"""Blind tasting: two anonymous answers on the phones of a room, and which of them the room finds better."""
