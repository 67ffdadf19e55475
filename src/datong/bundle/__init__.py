"""Third-party icons and pictures: where they are.

A wheel carries the few that are used, written beside this file by `setup.py`; a checkout has all of them in
frontend/node_modules once `./run` was started. Neither is committed.
"""

from pathlib import Path

HERE = Path(__file__).resolve().parent
NODE_MODULES = HERE.parents[2] / "frontend" / "node_modules"


def find_icons(bundle: Path = HERE, node_modules: Path = NODE_MODULES) -> Path:
    """The icon set in Iconify's JSON form: the package's own, else the checkout's; the file may be missing."""
    own = bundle / "icons.json"
    return own if own.exists() else node_modules / "@iconify-json" / "lucide" / "icons.json"


def find_emoji(bundle: Path = HERE, node_modules: Path = NODE_MODULES) -> Path:
    """The folder of emoji, `<code point>.webp` each: the package's own, else the checkout's; it may be missing."""
    own = bundle / "emoji"
    return own if own.is_dir() else node_modules / "@lobehub" / "fluent-emoji-3d" / "assets"
