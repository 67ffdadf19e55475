"""Draws the floors of commerce as they are: which room imports which, read from the code. `python -m datong.runtime.floors`."""

import ast
from pathlib import Path

COMMERCE = Path(__file__).parents[1] / "commerce"
FLOORS = (
    ("review",), ("aftersale",), ("order",), ("cart", "fulfilment"), ("pricing",), ("inventory", "voucher"), ("catalog", "payment"), ("merchant", "messaging"),
    ("member",), ("storefront",), ("rulebook",),
)  # fmt: skip


def imports_of(room: str) -> set[str]:
    """The rooms that a room imports."""
    found: set[str] = set()
    for path in (COMMERCE / room).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            if node.module == "datong.commerce":
                found |= {alias.name for alias in node.names}
            elif node.module.startswith("datong.commerce."):
                found.add(node.module.split(".")[2])
    return found - {room}


def draw() -> str:
    """The floors from top to bottom, each room with what it calls."""
    lines: list[str] = []
    for floor in FLOORS:
        for room in floor:
            called = [other for level in FLOORS for other in level if other in imports_of(room)]
            lines.append(f"{room:<11} {'-> ' + ', '.join(called) if called else ''}".rstrip())
        lines.append("-" * 40)
    return "\n".join(lines[:-1]) + "\n"


if __name__ == "__main__":
    print(draw(), end="")  # noqa: T201 - a drawing on the command line
