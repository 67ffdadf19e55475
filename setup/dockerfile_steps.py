"""Prints the steps of a Dockerfile's stages as a shell script, with the image's root folders under another one.

For `try_container_steps.sh`: COPY becomes `cp -R`, RUN is run as it stands. `USER`, `useradd` and what else needs an
engine is left out, and said. Usage: dockerfile_steps.py DOCKERFILE CONTEXT ROOT STAGE...
"""

import re
import shlex
import sys
from pathlib import Path

FOLDERS = ("/src", "/dist", "/opt/datong")
"""The folders of the image that steps name."""


def steps(text: str, context: str, root: str, wanted: list[str]) -> list[str]:
    """The shell lines of the wanted stages, in the Dockerfile's order."""
    lines: list[str] = []
    stage, folder = "", root
    for line in re.sub(r"\\\n\s*", "", re.sub(r"(?m)^\s*#.*\n", "", text)).splitlines():
        instruction, _, words = line.strip().partition(" ")
        if instruction == "FROM":
            stage, folder = words.rpartition(" AS ")[2], root
            if stage in wanted:
                lines.append(f"echo {shlex.quote(f'stage {stage}')} >&2")
        elif stage not in wanted:
            continue
        elif instruction == "WORKDIR":
            folder = root + words
            lines.append(f"mkdir -p {folder} && cd {folder}")
        elif instruction == "COPY":
            lines.append(_copy(words.split(), context, root, folder))
        elif instruction == "RUN":
            lines.append(moved(words, root))
    return lines


def moved(words: str, root: str) -> str:
    """A command with the image's folders under `root`."""
    return re.sub(rf"(?<![\w.])({'|'.join(FOLDERS)})(?=[/\s]|$)", lambda found: root + found[1], words)


def _copy(words: list[str], context: str, root: str, folder: str) -> str:
    is_between = words[0].startswith("--from=")
    *sources, target = words[1:] if is_between else words
    place = root + target if target.startswith("/") else f"{folder}/{target.removeprefix('./')}"
    if is_between:
        return f"[ {root + sources[0]} -ef {place} ] || cp -R {root + sources[0]} {place}"
    if target.endswith("/"):
        return f"mkdir -p {place} && cp -R {' '.join(f'{context}/{each}' for each in sources)} {place}"
    if Path(context, sources[0]).is_dir():
        return f"mkdir -p {place} && cp -R {context}/{sources[0]}/. {place}/"
    return f"mkdir -p {Path(place).parent} && cp {context}/{sources[0]} {place}"


if __name__ == "__main__":
    dockerfile, context, root, *wanted = sys.argv[1:]
    print("\n".join(["set -eu", *steps(Path(dockerfile).read_text(encoding="utf-8"), context, root, wanted)]))
