"""The consumer centre: what wins and keeps shoppers."""
