"""Cuts the site's two typefaces to the letters that the book needs: ``typefaces.py SERIF INTER``.

SERIF and INTER are the folders ``files`` of the npm packages @fontsource/source-serif-4 and @fontsource/inter.
Needs ``fonttools`` and ``brotli``. Run it where a letter is missing; a test names it.

“Source” is a reserved font name, which a changed copy may not bear: ours is called Companion Serif.
"""

import copy
import pathlib
import sys
import tempfile

from fontTools import merge, subset
from fontTools.ttLib import TTFont

ASSETS = pathlib.Path(__file__).resolve().parent / "assets"

LATIN = "".join(map(chr, range(0x20, 0x7F))) + (
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿĞğİıŞşŌōĀāĪīŪūČčŠšŽžĆćŁłŃńŚśŻżŐőŰűȘșȚțƏəʻ"
)
CYRILLIC = "".join(map(chr, range(0x410, 0x450))) + "ЁёІіЇїЄєҐґЎўӘәҒғҚқҢңӨөҰұҮүҺһҶҷҲҳӢӣӮӯ"
SIGNS = "\u00a0\u2009\u202f–—‘’“”„…·•→←↑↓×−±€£§¶°½©′″†‹›«»"
PARTS = ("latin", "latin-ext", "cyrillic", "cyrillic-ext")


#: Typeface, weight and the name of the file.
CUTS = (("source-serif-4", 400, "CompanionSerif-Regular"), ("inter", 600, "Inter-SemiBold"))


def cut(path: pathlib.Path, target: pathlib.Path) -> str:
    """Write the part of a font that holds our letters, with kerning and without hints, as TrueType.

    What exchanges glyphs stays out (ligatures, forms for single languages): the exchanged ones have no character of
    their own, so that a page printed to PDF would be copied, searched and read aloud with gaps; and where the parts
    are merged, a rule of one part would take hold of the letters of another.
    """
    font = TTFont(path)
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk"]
    options.hinting, options.desubroutinize, options.name_IDs = False, True, [0, 1, 2, 4, 6, 14]
    cutter = subset.Subsetter(options)
    cutter.populate(text=LATIN + CYRILLIC + SIGNS)
    cutter.subset(font)
    font.flavor = None
    font.save(target)
    return str(target)


def part(font: TTFont) -> None:
    """Give each character a glyph of its own: of two that share one, a printed page would be copied as either."""
    tables = [table for table in font["cmap"].tables if table.isUnicode()]
    taken = set()
    for code, name in sorted(font.getBestCmap().items()):
        if name in taken:
            own = f"uni{code:04X}.own"
            font["glyf"][own] = copy.deepcopy(font["glyf"][name])
            font["hmtx"][own] = font["hmtx"][name]
            for table in tables:
                table.cmap[code] = own
        taken.add(name)
    font.setGlyphOrder(font["glyf"].glyphOrder)


def main(*folders: str) -> None:
    for source, (family, weight, name) in zip(folders, CUTS):
        with tempfile.TemporaryDirectory() as folder:
            parts = [
                cut(
                    pathlib.Path(source) / f"{family}-{part}-{weight}-normal.woff2",
                    pathlib.Path(folder) / f"{part}.ttf",
                )
                for part in PARTS
            ]
            font = merge.Merger().merge(parts)
        part(font)
        if name.startswith("Companion"):
            for number, words in ((1, "Companion Serif"), (4, "Companion Serif Regular"), (6, name)):
                font["name"].setName(words, number, 3, 1, 0x409)
        font.flavor = "woff2"
        font.save(ASSETS / f"{name}.woff2")
        print(name, (ASSETS / f"{name}.woff2").stat().st_size)


if __name__ == "__main__":
    main(*sys.argv[1:])
