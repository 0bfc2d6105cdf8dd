"""Pictures to take away: with title, source, licence and address inside the file, and as a slide."""

import io
import re
from xml.sax.saxutils import escape

import pypdf
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from companion import figures, raster, style

SLIDE = (1920, 1080)

#: How many colours a picture in points has, beside those of its areas.
COLOURS = 200
_MARGIN = 70


def stamped(kind: str, content: bytes, facts: dict) -> bytes:
    """Return a picture with its metadata inside.

    Parameters
    ----------
    kind : ``png``, ``svg`` or ``pdf``
    facts : ``title``, ``creator``, ``description``, ``source``, ``rights``, ``licence`` (address of the
        licence), ``address`` (of the figure, "" if the book has none)

    The facts are written as XMP (ISO 16684-1, with the Dublin Core terms), which image
    programs and libraries' systems read, and beside it in each format's own fields.
    """
    return {"png": _png, "svg": _svg, "pdf": _pdf}[kind](content, facts)


def xmp(facts: dict) -> str:
    """Return the RDF of an XMP packet for `facts` (see `stamped`)."""

    def text(name: str, value: str) -> str:
        return f"<{name}>{escape(value)}</{name}>"

    def alternative(name: str, value: str) -> str:
        return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{escape(value)}</rdf:li></rdf:Alt></{name}>'

    body = (
        alternative("dc:title", facts["title"])
        + alternative("dc:description", facts["description"])
        + f"<dc:creator><rdf:Seq><rdf:li>{escape(facts['creator'])}</rdf:li></rdf:Seq></dc:creator>"
        + text("dc:source", facts["source"])
        + alternative("dc:rights", facts["rights"])
        + text("xmpRights:WebStatement", facts["licence"])
    )
    if facts["address"]:
        body += text("dc:identifier", facts["address"])
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/">'
        f"{body}</rdf:Description></rdf:RDF>"
    )


def _packet(facts: dict[str, str]) -> str:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'{xmp(facts)}</x:xmpmeta><?xpacket end="r"?>'
    )


def _png(content: bytes, facts: dict[str, str]) -> bytes:
    picture = Image.open(io.BytesIO(content))
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", _packet(facts))
    # The keywords are those that the PNG specification registers.
    for keyword, name in (
        ("Title", "title"),
        ("Author", "creator"),
        ("Description", "description"),
        ("Copyright", "rights"),
        ("Source", "source"),
    ):
        info.add_itxt(keyword, facts[name])
    raw = io.BytesIO()
    dots = (figures.PRINT_DPI, figures.PRINT_DPI)
    # With a palette it is a third of what true colour takes, and looks the same. Packed tighter than this it would be
    # one percent smaller and take five times as long.
    drawn = raster.with_few_colours(picture.convert("RGB"), COLOURS)
    drawn.save(raw, "png", compress_level=7, pnginfo=info, dpi=dots)
    return raw.getvalue()


def _svg(content: bytes, facts: dict[str, str]) -> bytes:
    inside = (
        f"<title>{escape(facts['title'])}</title><desc>{escape(facts['description'])}</desc>"
        f"<metadata>{xmp(facts)}</metadata>"
    )
    return re.sub(r"(<svg\b[^>]*>)", lambda match: match.group(1) + inside, content.decode(), count=1).encode()


def _pdf(content: bytes, facts: dict[str, str]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.add_metadata(
        {
            "/Title": facts["title"],
            "/Author": facts["creator"],
            "/Subject": f"{facts['description']} Source: {facts['source']}. {facts['rights']}",
        }
    )
    writer.xmp_metadata = _packet(facts).encode()
    raw = io.BytesIO()
    writer.write(raw)
    return raw.getvalue()


def slide(content: bytes, heading: str, caption: str, credit: str) -> bytes:
    """Return a picture set on a white slide of 1920 by 1080 pixels, as PNG that is packed lightly: `stamped` packs it again.

    Parameters
    ----------
    content : the picture, as PNG
    heading : what the picture shows, above it
    caption : the finding and its limits, below it
    credit : who made it, from what, under which licence, at the foot
    """
    canvas = Image.new("RGB", SLIDE, style.LIGHT.paper)
    pen = ImageDraw.Draw(canvas)
    width = SLIDE[0] - 2 * _MARGIN
    top = _MARGIN - 15
    for line in _wrapped(pen, heading, font := _font("SemiBold", 42), width):
        pen.text((_MARGIN, top), line, font=font, fill=style.LIGHT.ink)
        top += 54
    foot = SLIDE[1] - 40
    for text, size, colour in ((credit, 19, style.LIGHT.muted), (caption, 24, style.LIGHT.ink)):
        lines = _wrapped(pen, text, font := _font("Regular", size), width)
        foot -= round(len(lines) * size * 1.35)
        for place, line in enumerate(lines):
            pen.text((_MARGIN, foot + round(place * size * 1.35)), line, font=font, fill=colour)
        foot -= 16
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    room = (width, foot - top - 30)
    scale = min(room[0] / picture.width, room[1] / picture.height)
    picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)
    canvas.paste(picture, (_MARGIN + (width - picture.width) // 2, top + 20 + (room[1] - picture.height) // 2))
    raw = io.BytesIO()
    canvas.save(raw, "png", compress_level=1)
    return raw.getvalue()


def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(style.FONTS / f"Inter-{weight}.ttf"), size)


def _wrapped(pen: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and pen.textlength(longer, font=font) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
