"""A Dockerfile read as instructions by stage, and what is wrong with it."""

import json
import re
from pathlib import Path

import msgspec

JSON_ONLY = ("ENTRYPOINT", "CMD", "HEALTHCHECK")
UNLOCKED = re.compile(
    r"\bpip install\b(?!.*--require-hashes)(?!.*--no-index)|\bnpm (install|i)\b|\bapt-get install\b|\bcurl\b|\bwget\b"
)


class Stage(msgspec.Struct):
    """One `FROM` with what follows it: pairs of instruction and arguments, in order."""

    image: str
    name: str
    steps: list[tuple[str, str]]

    def last(self, instruction: str) -> str:
        """The arguments of the last such instruction; empty when there is none."""
        return next((words for name, words in reversed(self.steps) if name == instruction), "")


def read_stages(text: str) -> list[Stage]:
    """The stages of a Dockerfile; continued lines are joined, comments left out. ValueError before the first FROM."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    stages: list[Stage] = []
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        instruction, _, words = line.strip().partition(" ")
        if instruction == "FROM":
            image, _, name = words.partition(" AS ")
            stages.append(Stage(image, name.strip(), []))
        elif not stages:
            msg = f"{instruction} stands before FROM"
            raise ValueError(msg)
        else:
            stages[-1].steps.append((instruction, words.strip()))
    return stages


def lint(text: str, context: Path) -> list[str]:
    """What is wrong: loose versions, unlocked installs, root, no health check, files that are not there."""
    stages = read_stages(text)
    wrong = [f"{each.image}: a version is named, and not latest" for each in stages if not _is_pinned(each.image)]
    names: set[str] = set()
    for stage in stages:
        for instruction, words in stage.steps:
            wrong += _lint_step(instruction, words, names, context)
        names.add(stage.name)
    return wrong + _lint_last(stages[-1])


def _is_pinned(image: str) -> bool:
    tag = image.partition(":")[2]
    return bool(tag) and tag != "latest" and any(letter.isdigit() for letter in tag)


def _lint_step(instruction: str, words: str, names: set[str], context: Path) -> list[str]:
    if instruction == "ADD":
        return ["ADD: use COPY"]
    if instruction == "RUN" and UNLOCKED.search(words):
        return [f"RUN {words}: what is installed is locked by hash"]
    if instruction in JSON_ONLY:
        _, _, form = words.rpartition("CMD ") if instruction == "HEALTHCHECK" else ("", "", words)
        try:
            json.loads(form)
        except ValueError:
            return [f"{instruction} {words}: the exec form, so that signals arrive and no shell is needed"]
    if instruction != "COPY":
        return []
    if found := re.match(r"--from=(\S+)", words):
        return [] if found[1] in names else [f"COPY {words}: no such stage before"]
    return [f"COPY {words}: {name} is not there" for name in words.split()[:-1] if not (context / name).exists()]


def _lint_last(stage: Stage) -> list[str]:
    wrong: list[str] = []
    if not re.fullmatch(r"[1-9]\d*:[1-9]\d*", stage.last("USER")):
        wrong.append("USER: a number that is not root's, so that it can be checked")
    if "/health/live" not in stage.last("HEALTHCHECK"):
        wrong.append("HEALTHCHECK: /health/live is asked")
    wrong += [f"{name} is missing" for name in ("ENTRYPOINT", "VOLUME") if not stage.last(name)]
    order = [name for name, _ in stage.steps]
    if "USER" in order and "RUN" in order[order.index("USER") :]:
        wrong.append("RUN after USER: the image's files belong to root")
    return wrong
