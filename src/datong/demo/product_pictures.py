"""The town's pictures: an openly licensed emoji (Fluent Emoji, MIT, from npm) on a tinted ground, in three widths."""

import colorsys
import zlib
from pathlib import Path

from PIL import Image, ImageDraw

from datong.bundle import find_emoji

WIDTHS = (240, 480, 960)
EMOJI = find_emoji()


def draw(target: Path, name: str, code_point: str, tint: str) -> None:
    """Write `<name>-<width>.webp` for each width; without the emoji set, a plain ground with a ring."""
    hue = zlib.crc32(tint.encode()) % 360 / 360
    size = WIDTHS[-2]
    picture = _ground(size, hue)
    source = EMOJI / f"{code_point}.webp"
    if source.exists():
        with Image.open(source) as emoji:
            scaled = emoji.convert("RGBA").resize((size * 5 // 8, size * 5 // 8), Image.Resampling.LANCZOS)
        picture.paste(scaled, (size * 3 // 16, size * 3 // 16), scaled)
    else:
        ImageDraw.Draw(picture).ellipse([size // 4, size // 4, size * 3 // 4, size * 3 // 4], outline="white", width=12)
    target.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        scaled_to = picture if width == size else picture.resize((width, width), Image.Resampling.BILINEAR)
        scaled_to.save(target / f"{name}-{width}.webp", quality=78, method=2)


def _ground(size: int, hue: float) -> Image.Image:
    """A soft two-tone ground: a horizon a third from below."""

    def colour(lightness: float, saturation: float) -> tuple[int, int, int]:
        red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
        return round(red * 255), round(green * 255), round(blue * 255)

    picture = Image.new("RGB", (size, size), colour(0.93, 0.55))
    pen = ImageDraw.Draw(picture)
    pen.rectangle([0, size * 11 // 16, size, size], fill=colour(0.88, 0.5))
    pen.ellipse([size // 5, size * 12 // 16, size * 4 // 5, size * 14 // 16], fill=colour(0.8, 0.4))
    return picture


def address_of(name: str) -> str:
    """The address of a picture without its width; pages add `-240.webp` and so on."""
    return f"/media/town/{name}"
