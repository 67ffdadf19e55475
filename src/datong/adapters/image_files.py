"""What a file is by its own bytes, and pictures made safe to show.

Decoded, turned upright, stripped, and written anew.
"""

import asyncio
import io

from PIL import Image, ImageOps

MAX_PIXELS = 40_000_000
"""Larger pictures are refused before they are decoded."""
_READABLE = ("JPEG", "PNG", "WEBP")
_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class NotAPicture(Exception):  # noqa: N818 - what is wrong with a file
    """The bytes are no picture that can be read."""


async def media_type_of(body: bytes) -> str | None:
    """What a file is: a JPEG, PNG or WebP that decodes, a PDF or an MP4 by its first bytes; None for anything else."""
    if body.startswith(b"%PDF-"):
        return "application/pdf"
    if body[4:8] == b"ftyp":
        return "video/mp4"
    try:
        return await asyncio.to_thread(_verify, body)
    except NotAPicture:
        return None


async def as_web_picture(body: bytes, longest: int = 1_200) -> bytes:
    """A picture as WebP no longer than so many pixels a side, without what the camera wrote into it.

    Refuses `NotAPicture`.
    """
    return await asyncio.to_thread(_convert, body, longest)


def _open(body: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(body), formats=_READABLE)
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPicture from error
    if image.width * image.height > MAX_PIXELS:
        raise NotAPicture
    return image


def _verify(body: bytes) -> str:
    image = _open(body)
    kind = image.format or ""
    try:
        image.verify()
    except Exception as error:  # a broken file may fail in any way inside its decoder
        raise NotAPicture from error
    return _MEDIA_TYPES[kind]


def _convert(body: bytes, longest: int) -> bytes:
    image = _open(body)
    written = io.BytesIO()
    try:
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((longest, longest))
        upright.convert("RGB").save(written, "WEBP", quality=80)
    except Exception as error:  # as above
        raise NotAPicture from error
    return written.getvalue()
