"""The rules of the plan, each a function of a source tree that answers what breaks it, so that a test can break it.

A tree is the folder of the package `datong`. Nothing is imported from it: it is read and parsed.
"""

import ast
import gc
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec

MAX_LINES = 400
MAX_FUNCTION = 60
MAX_NAMES = 40
WINGS: tuple[frozenset[str], ...] = (
    frozenset({"surfaces"}),
    frozenset({"channels", "marketing"}),
    frozenset({"consumer", "industry", "platform"}),
    frozenset({"commerce"}),
    frozenset({"facts", "adapters", "plugs"}),
    frozenset({"kernel"}),
)
"""From top to bottom; calls go down."""
WITH_ROOMS = frozenset({"channels", "marketing", "consumer", "industry", "platform", "commerce"})
BANNED_FILES = frozenset(
    {"service.py", "repository.py", "schemas.py", "utils.py", "helpers.py", "base.py", "models.py", "common.py"}
)
BANNED_FOLDERS = frozenset({"common", "models", "utils", "helpers"})


class Source(msgspec.Struct, frozen=True):
    """One module, parsed."""

    name: str
    path: Path
    is_package: bool
    text: str
    tree: ast.Module


@cache
def read_tree(source: Path) -> tuple[Source, ...]:
    """Every module of a tree but the migrations' steps.

    No garbage is collected meanwhile: the parser of Python 3.11 loses count when it is (CPython gh-106905).
    """
    found: list[Source] = []
    gc.disable()
    try:
        for path in sorted(source.rglob("*.py")):
            parts = path.relative_to(source).with_suffix("").parts
            if "versions" not in parts:
                name = ".".join(("datong", *parts)).removesuffix(".__init__")
                text = path.read_text()
                found.append(Source(name, path, path.name == "__init__.py", text, ast.parse(text)))
    finally:
        gc.enable()
    return tuple(found)


def wing_of(module: str) -> str:
    """datong.commerce.order.close_order is in commerce."""
    return ".".join(module.split(".")[1:2])


def room_of(module: str) -> str:
    """datong.commerce.order.close_order is in datong.commerce.order; what has no rooms is one by itself."""
    return ".".join(module.split(".")[: 3 if wing_of(module) in WITH_ROOMS else 2])


def is_module(source: Path, name: str) -> bool:
    """Whether the tree has a module or a package of this name."""
    place = source.joinpath(*name.split(".")[1:])
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def exported(tree: ast.Module) -> list[str]:
    """The names of `__all__`."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(at, ast.Name) and at.id == "__all__" for at in node.targets):
            return [str(each) for each in ast.literal_eval(node.value)]
    return []


@cache
def _door(source: Path, room: str) -> frozenset[str]:
    path = source.joinpath(*room.split(".")[1:], "__init__.py")
    return frozenset(exported(ast.parse(path.read_text()))) if path.is_file() else frozenset()


def imports(source: Path, module: Source) -> Iterator[str]:
    """The modules that a module imports, by full name, however it says so.

    `from datong.commerce.order import tables` imports the module `tables`, unless the door itself gives out that name.
    """
    package = module.name.split(".") if module.is_package else module.name.split(".")[:-1]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*start, *([node.module] if node.module else [])])
            is_ours = origin.partition(".")[0] == "datong"
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                is_inner = is_ours and alias.name not in _door(source, origin) and is_module(source, inner)
                yield inner if is_inner else origin


def too_long(folder: Path, allowed: Collection[str] = ()) -> list[str]:
    """Files of more than 400 lines, functions of more than 60."""
    wrong: list[str] = []
    for module in read_tree(folder):
        name, lines = str(module.path.relative_to(folder)), module.text.count("\n")
        if lines > MAX_LINES and name not in allowed:
            wrong.append(f"{name}: {lines} lines")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                length = node.end_lineno - node.lineno + 1
                if length > MAX_FUNCTION:
                    wrong.append(f"{name}: {node.name} has {length} lines")
    return wrong


def climbing(source: Path, free: Collection[str] = ()) -> list[str]:
    """Imports that enter a room by anything but its door; `free`: modules of the wiring that may."""
    return [
        f"{module.name} climbs into {target}"
        for module in read_tree(source)
        if ".".join(module.name.split(".")[1:2]) not in free
        for target in sorted(set(imports(source, module)))
        if wing_of(target) in WITH_ROOMS and target != room_of(target) and room_of(target) != room_of(module.name)
        and len(target.split(".")) > 3
    ]  # fmt: skip


def upwards(source: Path, uses: Mapping[str, Collection[str]]) -> list[str]:
    """Imports that go up, or to a stranger: a room of the same wing (or of one beside) that it does not say it uses.

    `uses`: by room, the rooms that its `room.py` names; outside commerce the rooms of one wing are strangers all the
    same.
    """
    height = {wing: number for number, wings in enumerate(WINGS) for wing in wings}
    wrong: list[str] = []
    for module in read_tree(source):
        own, here = wing_of(module.name), room_of(module.name)
        for target in sorted(set(imports(source, module))):
            other, there = wing_of(target), room_of(target)
            if own not in height or other not in height or here == there:
                continue
            if height[other] < height[own]:
                wrong.append(f"{module.name} calls up to {target}")
            elif height[other] == height[own]:
                is_used = there.rpartition(".")[2] in uses.get(here.rpartition(".")[2], ())
                if not (own == other == "commerce" and is_used):
                    wrong.append(f"{module.name} calls a stranger, {target}")
    return wrong


def wiring_imports(source: Path, wiring: Collection[str], may: Collection[str]) -> list[str]:
    """Imports of what only processes may import, by modules that are none."""
    return [
        f"{module.name} imports {target}"
        for module in read_tree(source)
        if wing_of(module.name) not in may
        for target in sorted(set(imports(source, module)))
        if target.startswith("datong.") and wing_of(target) in wiring
    ]


def banned_names(source: Path) -> list[str]:
    """Files and folders named for nothing."""
    return [
        str(path.relative_to(source))
        for path in sorted(source.rglob("*"))
        if (path.name in BANNED_FILES and path.is_file()) or (path.name in BANNED_FOLDERS and path.is_dir())
    ]


_BRAND = re.compile(r"(?:^|\.|_)(?:storefront|brand)s?(?:_id|_code)?(?:\.(?:code|storefront_id|brand_id))?$")


def _is_particular(node: ast.expr) -> bool:
    """A value written in the code that singles out one brand."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | int) and not isinstance(node.value, bool) and bool(node.value)
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(_is_particular(each) for each in node.elts)
    return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).rpartition(".")[2].split("_")[0] in {
        "MALL",
        "MARKET",
    }


def brands_in_code(source: Path) -> list[str]:
    """Rooms that ask which brand it is: a comparison, a `match` or a look-up by a brand that the code names."""
    wrong: list[str] = []
    for module in read_tree(source):
        if wing_of(module.name) not in WITH_ROOMS:
            continue
        for node in ast.walk(module.tree):
            sides: list[ast.expr] = []
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
            elif isinstance(node, ast.Match):
                patterns = [each for case in node.cases for each in ast.walk(case.pattern)]
                sides = [node.subject, *(each.value for each in patterns if isinstance(each, ast.MatchValue))]
            elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
                sides = [node.slice, *(key for key in node.value.keys if key is not None)]
            if any(_BRAND.search(ast.unparse(side)) for side in sides) and any(map(_is_particular, sides)):
                wrong.append(f"{module.name}:{getattr(node, 'lineno', 0)} names a brand")
    return wrong


def doors(source: Path, wide: Mapping[str, int], told_in_sql: Mapping[str, Collection[str]]) -> list[str]:
    """Doors that do not say what the room owns, calls and tells, or not as the code does, or give out too much.

    `wide`: older doors and how many names they may still give out. `told_in_sql`: facts that a
    room's SQL functions tell.
    """
    wrong: list[str] = []
    rooms = [each for each in read_tree(source) if each.is_package and each.name.count(".") == 2]
    facts = _facts(source)
    for door in rooms:
        if wing_of(door.name) not in WITH_ROOMS:
            continue
        room, said = door.name.rpartition(".")[2], ast.get_docstring(door.tree) or ""
        if not all(re.search(word, said) for word in (r"\bOwns\b", r"\b[Cc]alls\b", r"\b[Tt]ells\b")):
            wrong.append(f"{door.name} does not say what it owns, calls and tells")
            continue
        names = exported(door.tree)
        if len(names) > wide.get(room, MAX_NAMES):
            wrong.append(f"{door.name} gives out {len(names)} names")
        called, told = _claims(said)
        calls, tells = _deeds(source, door.name, facts)
        tells |= set(told_in_sql.get(room, ()))
        if hidden := calls - called:
            wrong.append(f"{door.name} calls {sorted(hidden)} and does not say so")
        if idle := called - calls:
            wrong.append(f"{door.name} says that it calls {sorted(idle)} and does not")
        if tells != told & facts:
            wrong.append(f"{door.name} tells {sorted(tells)} and says {sorted(told & facts)}")
    return wrong


def _claims(said: str) -> tuple[set[str], set[str]]:
    """The rooms that a door says it calls, and the facts that it says it tells."""
    _, _, after = re.sub(r"\s+", " ", said).partition("alls ")
    called, _, told = re.split(r"([Tt]ells )", after, maxsplit=1) if re.search(r"[Tt]ells ", after) else (after, "", "")
    sentence = re.split(r"[.:]( |$)", told, maxsplit=1)[0]
    return set(re.findall(r"`([a-z_]+)`", called)), set(re.findall(r"`([A-Z]\w+)`", sentence))


def _deeds(source: Path, room: str, facts: Collection[str]) -> tuple[set[str], set[str]]:
    """The rooms that a room imports, and the facts that it makes."""
    calls: set[str] = set()
    tells: set[str] = set()
    for module in read_tree(source):
        if room_of(module.name) != room:
            continue
        found = {room_of(target) for target in imports(source, module) if wing_of(target) in WITH_ROOMS}
        calls |= {each.rpartition(".")[2] for each in found - {room} if each.count(".") == 2}
        for node in ast.walk(module.tree):
            made = node.func if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Attribute) and node.attr == "__name__":
                made = node.value
            if isinstance(made, ast.Name) and made.id in facts:
                tells.add(made.id)
    return calls, tells


def _facts(source: Path) -> set[str]:
    """The classes of facts: those of `Fact`, and those of one of them."""
    classes = [
        node
        for each in read_tree(source)
        if wing_of(each.name) == "facts"
        for node in ast.walk(each.tree)
        if isinstance(node, ast.ClassDef)
    ]
    found = {"Fact"}
    for _ in classes:
        found |= {each.name for each in classes if {ast.unparse(base) for base in each.bases} & found}
    return {name for name in found - {"Fact"} if not name.startswith("_")}


def refusals(source: Path, sentences: Collection[str]) -> list[str]:
    """Codes of refusals that two share, that are not their room's, or that have no sentence for people."""
    wrong: list[str] = []
    owner: dict[str, str] = {}
    for module in read_tree(source):
        for node in ast.walk(module.tree):
            code = _code(node) if isinstance(node, ast.ClassDef) else None
            if code is None or not isinstance(node, ast.ClassDef):
                continue
            place = f"{module.name}.{node.name}"
            if code in owner:
                wrong.append(f"{place} has the code of {owner[code]}: {code}")
            owner[code] = place
            room = room_of(module.name).rpartition(".")[2]
            if wing_of(module.name) in WITH_ROOMS and code.partition(".")[0] != room:
                wrong.append(f"{place} has the code of another room: {code}")
            if code not in sentences:
                wrong.append(f"{place} has no sentence: {code}")
    return wrong


def _code(node: ast.ClassDef) -> str | None:
    """The code of a class of refusals; other classes have none."""
    kinds = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    for each in node.body:
        is_code = isinstance(each, ast.Assign | ast.AnnAssign) and "code" in {
            ast.unparse(at) for at in (each.targets if isinstance(each, ast.Assign) else [each.target])
        }
        if is_code and isinstance(each, ast.Assign | ast.AnnAssign) and isinstance(each.value, ast.Constant):
            is_refusal = bool(kinds) and "Protocol" not in kinds and isinstance(each.value.value, str)
            is_refusal = is_refusal and "." in str(each.value.value)
            return str(each.value.value) if is_refusal else None
    return None


_MACHINE_TIME = re.compile(
    r"\b(?:time\.(?:monotonic|time|perf_counter)(?:_ns)?|(?:datetime|date)\.(?:now|utcnow|today)|\w*loop\(?\)?\.time)$"
)
_FROM_TIME = frozenset({"monotonic", "time", "perf_counter", "monotonic_ns", "time_ns", "perf_counter_ns"})


def machine_time(source: Path, allowed: Mapping[str, str]) -> list[str]:
    """Readings of the machine's clock where the platform's should be asked; and allowances that nobody uses.

    `allowed`: modules (or packages) that may, each with the reason.
    """
    wrong: list[str] = []
    used: set[str] = set()
    for module in read_tree(source):
        found = [
            node.lineno
            for node in ast.walk(module.tree)
            if (isinstance(node, ast.Attribute) and _MACHINE_TIME.search(ast.unparse(node)))
            or (
                isinstance(node, ast.ImportFrom)
                and node.module == "time"
                and any(each.name in _FROM_TIME for each in node.names)
            )
        ]
        reason = next((each for each in allowed if module.name == each or module.name.startswith(f"{each}.")), "")
        if found and reason:
            used.add(reason)
        elif found:
            wrong += [f"{module.name}:{line} reads the machine's clock" for line in found]
    return wrong + [
        f"{each} is allowed to read the machine's clock and does not" for each in sorted(allowed.keys() - used)
    ]


def token_readers(source: Path, allowed: Collection[str]) -> list[str]:
    """Modules above the floors that look at a request's token themselves instead of asking who acts.

    Two readers may see two people in one request: one in the cookie and one in the header.
    """
    wrong = []
    for module in read_tree(source):
        if not module.name.startswith("datong.surfaces") or module.name in allowed:
            continue
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.expr):
                continue
            is_header = isinstance(node, ast.Constant) and str(node.value).lower() == "authorization"
            is_cookie = (
                isinstance(node, ast.Call)
                and ast.unparse(node.func).endswith("cookies.get")
                and "LANGUAGE" not in ast.unparse(node)
            )
            if is_header or is_cookie:
                wrong.append(f"{module.name}:{node.lineno} reads the token of a request itself")
    return wrong
