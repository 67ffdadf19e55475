"""Facts: what has happened, as frozen structs of ids, money and times, in the past tense.

One file for each room that emits them; everyone may import them, and no rule lives here. A room declares its facts in
its `room.py`; a room from another package keeps its facts in that package.
"""
