"""Run as a script by test_wheel.py outside of any checkout: what an installed package must find by itself."""

import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import datong
from datong.demo.product_pictures import EMOJI
from datong.importers.mapping import BUILT_IN
from datong.runtime.migrate import revisions
from datong.runtime.migrations.scripting import script
from datong.settings import read_settings
from datong.surfaces import page_rendering
from datong.surfaces.language import translate
from datong.surfaces.window import DESKS
from datong.wiring import find_house, find_windows


def probe() -> dict[str, object]:
    """What was found: where the package is, and how many of each kind of data file can be used."""
    windows = find_windows(find_house())
    with tempfile.TemporaryDirectory() as folder:
        environment = page_rendering.make_environment(read_settings({"DATONG_DATA_DIR": folder}), windows)
    templates = environment.list_templates(extensions=["html"])
    for name in templates:
        environment.get_template(name)
    steps = revisions()
    return {
        "package": str(Path(datong.__file__).parent),
        "version": [datong.__version__, version("datong")],
        "templates": len(templates),
        "static": sum(1 for _ in (page_rendering.HERE / "static").iterdir()),
        "steps": len(steps),
        "schema": len(script(None, steps[-1])),
        "mappings": sorted(path.stem for path in BUILT_IN.glob("*.toml")),
        "chinese": translate("Cart", windows.words.in_language("zh")),
        "icons": str(page_rendering.ICONS),
        "missing_icons": sorted(
            name
            for name in {each.icon for desk in DESKS for each in windows.menu(desk)}
            if str(page_rendering.icon(name)).endswith('"></svg>')
        ),
        "emoji": str(EMOJI),
    }


if __name__ == "__main__":
    json.dump(probe(), sys.stdout)
