"""The build of the wheel: pyproject.toml says nearly all of it, this file adds the third-party pictures.

Nothing third-party is committed. The icons and the emoji that the demo town's pictures are
made of are taken out of frontend/node_modules into `datong/bundle/` while a wheel or a source archive is built.
"""

import json
import re
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).resolve().parent
SOURCE = ROOT / "src" / "datong"
ICONS = ROOT / "frontend" / "node_modules" / "@iconify-json" / "lucide"
EMOJI = ROOT / "frontend" / "node_modules" / "@lobehub" / "fluent-emoji-3d"
CODE_POINT = re.compile(r"\b[0-9a-f]{4,5}(?:-[0-9a-f]{4,5})*\b")
LICENCES = """\
icons.json: icons of Lucide, ISC licence, {icons}.
Copyright (c) Lucide Contributors; portions (c) Cole Bemis (Feather, MIT licence).

emoji/: Fluent Emoji, MIT licence, Copyright (c) Microsoft Corporation, as packed in {emoji}.

Both licences allow use, copying, modification and distribution, with this notice, and come without warranty.
"""


class BundleMissing(SystemExit):
    """The front-end files are not there; the text says how to get them."""


def write_bundle(target: Path) -> None:
    """Write icons.json, emoji/ and LICENCES.txt into `target`.

    All icons are taken, because rooms from other packages use them by name; of the emoji, those that the sources name.
    Raises BundleMissing without frontend/node_modules.
    """
    if (SOURCE / "bundle" / "icons.json").exists():
        return  # a source archive brings its bundle
    for folder in (ICONS, EMOJI):
        if not (folder / "package.json").exists():
            message = (
                f"{folder.relative_to(ROOT)} is missing: run `npm ci` in frontend/ (or ./run once), then build again"
            )
            raise BundleMissing(message)
    text = "\n".join(
        path.read_text(encoding="utf-8") for kind in ("py", "html", "js") for path in sorted(SOURCE.rglob(f"*.{kind}"))
    )
    _write_icons(target)
    _copy_emoji(target / "emoji", set(CODE_POINT.findall(text)))
    names = {"icons": _named(ICONS), "emoji": _named(EMOJI)}
    (target / "LICENCES.txt").write_text(LICENCES.format(**names), encoding="utf-8")


def _write_icons(target: Path) -> None:
    everything = json.loads((ICONS / "icons.json").read_bytes())
    bodies = {name: icon["body"] for name, icon in everything["icons"].items()}
    bodies |= {name: bodies[alias["parent"]] for name, alias in everything.get("aliases", {}).items()}
    icons = {name: {"body": body} for name, body in sorted(bodies.items())}
    target.mkdir(parents=True, exist_ok=True)
    (target / "icons.json").write_text(json.dumps({"icons": icons}, separators=(",", ":")), encoding="utf-8")


def _copy_emoji(target: Path, names: set[str]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for picture in sorted((EMOJI / "assets").glob("*.webp")):
        if picture.stem in names:
            (target / picture.name).write_bytes(picture.read_bytes())


def _named(folder: Path) -> str:
    package = json.loads((folder / "package.json").read_bytes())
    return f"{package['name']} {package['version']}"


class BuildWithBundle(build_py):
    """Builds the package and puts the bundle beside its code."""

    def run(self) -> None:
        """Build; raises BundleMissing without the front-end files."""
        # What an earlier build left is no part of this one.
        shutil.rmtree(Path(self.build_lib) / "datong", ignore_errors=True)
        super().run()
        if not self.editable_mode:
            write_bundle(Path(self.build_lib) / "datong" / "bundle")


class ArchiveWithBundle(sdist):
    """Makes a source archive that a wheel can be built of without the front-end files."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        """Fill the tree of the archive; raises BundleMissing without the front-end files."""
        super().make_release_tree(base_dir, files)
        write_bundle(Path(base_dir) / "src" / "datong" / "bundle")


setup(cmdclass={"build_py": BuildWithBundle, "sdist": ArchiveWithBundle})
