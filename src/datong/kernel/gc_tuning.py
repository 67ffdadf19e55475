"""Memory of a long-lived process: what it was built of is not looked through for garbage again and again."""

import gc


def freeze_gc() -> None:
    """To be called once everything is imported: keep that out of later collections, and collect less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
