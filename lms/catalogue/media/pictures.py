"""Raster pictures: decoded within bounds, and written as plain WebP that holds pixels and nothing else."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from lms.catalogue.rules.media import LARGEST_PICTURE, WIDEST, widths_of
from lms.kernel.apart import Rejected

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 40_000_000
"""A camera's picture has 12 to 24 million; a page of paper at 600 dots per inch has 35."""
_QUALITIES = (82, 72, 60, 45)
_TALLEST = 4 * WIDEST
_HEAD = struct.Struct("<4sI4s4sI")
# Markup says what it is near its beginning; said so that its author knows what to do.
_MARKUP = (b"<svg", b"<html", b"<!doctype", b"<?xml", b"<script")


def reencoded(data: bytes) -> bytes:
    """The picture upright, in the colours of screens, at most 1600 pixels wide, on white where it was transparent; of a
    moving one the first frame. Raises Rejected."""
    with _decoding(data, FORMATS) as image:
        if image.format == "JPEG":
            image.draft("RGB", (2 * WIDEST, 2 * WIDEST))
        image.load()
        small = _small(ImageOps.exif_transpose(image))
        plain = _on_white(_in_screen_colours(small, image.info.get("icc_profile")))
    return _written(plain)


def in_form(data: bytes) -> Image.Image:
    """The pixels of a file that `reencoded` could have made. Raises Rejected("form") for another."""
    if not _is_bare(data) or len(data) > LARGEST_PICTURE:
        raise Rejected("form")
    with _decoding(data, ("WEBP",)) as image:
        if image.width > WIDEST or image.height > _TALLEST:
            raise Rejected("form")
        image.load()
        return image.convert("RGB")


def narrower(image: Image.Image) -> dict[int, bytes]:
    """The smaller sizes in which a picture is kept, by width."""
    sizes = {width: max(1, round(image.height * width / image.width)) for width in widths_of(image.width)[:-1]}
    return {size[0]: _webp(image.resize(size, Image.Resampling.LANCZOS), 76) for size in sizes.items()}


@contextmanager
def _decoding(data: bytes, formats: tuple[str, ...]) -> Iterator[Image.Image]:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning)
            with Image.open(io.BytesIO(data), formats=formats) as image:
                yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Rejected("too-many-pixels", most=MOST_PIXELS // 1_000_000) from None
    except UnidentifiedImageError:
        raise Rejected("markup" if _is_markup(data) else "unknown") from None
    except (OSError, SyntaxError, ValueError, EOFError, struct.error):
        # What Pillow raises for a file that is broken off or lies about itself.
        raise Rejected("broken") from None


def _small(image: Image.Image) -> Image.Image:
    scale = min(1.0, WIDEST / image.width, _TALLEST / image.height)
    if image.mode in ("P", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode.startswith(("I", "F")):
        image = image.convert("L")
    if scale == 1.0:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _in_screen_colours(image: Image.Image, profile: Any) -> Image.Image:
    if not profile or image.mode not in ("RGB", "CMYK", "L"):
        return image
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return turned or image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        image = Image.alpha_composite(ground, clear)
    return image.convert("RGB")


def _written(image: Image.Image) -> bytes:
    for quality in _QUALITIES:
        data = _webp(image, quality)
        if len(data) <= LARGEST_PICTURE:
            return data
    raise Rejected("too-heavy-picture", most=LARGEST_PICTURE // 1000)


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    bare = Image.frombytes("RGB", image.size, image.tobytes())
    bare.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def _is_bare(data: bytes) -> bool:
    """Whether it is a WebP of one chunk: pixels, without an extended header, profile, metadata, or bytes behind it."""
    if len(data) < _HEAD.size:
        return False
    riff, size, webp, chunk, length = _HEAD.unpack_from(data)
    whole = size + 8 == len(data) and 12 + 8 + length + length % 2 == len(data)
    return (riff, webp, chunk) == (b"RIFF", b"WEBP", b"VP8 ") and whole


def _is_markup(data: bytes) -> bool:
    return any(mark in data[:4096].lower() for mark in _MARKUP)
