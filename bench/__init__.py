"""Measurements, one script a question: `python -m bench.NAME`. Nothing in the tests asserts a time."""
