# SPDX-License-Identifier: GPL-3.0-or-later
"""One small sample of each format, and what is done to it: cut at each length, and each field that tells a
length, a count or a place set to what is wrong. `samples()` gives a Sample each; tests/tools/many_hostile takes
its edits as lines. Used by tests/hostile."""
import bz2
import gzip
import io
import lzma
import pathlib
import re
import struct
import tarfile
import typing

TOP = pathlib.Path(__file__).resolve().parent.parent
PICTURE = 12 << 10  # smaller ones are decoration, and nobody reads them: made up by zeros
CUTS_MAX = 20000    # of a sample; a larger one is cut every so many bytes


class Sample(typing.NamedTuple):
    name: str
    data: bytes
    pad: int
    lies: list  # of (offset, bytes)

    def cuts(self):
        step = -(-len(self.data) // CUTS_MAX)
        return [f"cut {n}" for n in range(0, len(self.data), step)]

    def edits(self):
        return [f"put {at} {new.hex()}" for at, new in self.lies]


def wrong(data, at, size, big=False):
    """A number in data told wrong: nothing, all, the sign's edges, one more, one less, twice, and its bytes the other way."""
    order = "big" if big else "little"
    old = int.from_bytes(data[at : at + size], order)
    top = 1 << 8 * size
    values = {0, 1, top - 1, top // 2, top // 2 - 1, (old + 1) % top, (old - 1) % top, 2 * old % top, len(data) % top,
              int.from_bytes(old.to_bytes(size, order), "little" if big else "big")} - {old}
    return [(at, v.to_bytes(size, order)) for v in sorted(values)] if at + size <= len(data) else []


def fields(data, places, big=False):
    return [lie for at, size in places for lie in wrong(data, at, size, big)]


def find_all(data, mark):
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


# ---- where each format tells lengths ----


def zip_lies(data):
    places = []
    for at in find_all(data, b"PK\3\4"):
        places += [(at + 6, 2), (at + 8, 2), (at + 18, 4), (at + 22, 4), (at + 26, 2), (at + 28, 2)]
    for at in find_all(data, b"PK\1\2"):
        places += [(at + 8, 2), (at + 20, 4), (at + 24, 4), (at + 28, 2), (at + 30, 2), (at + 32, 2), (at + 34, 2), (at + 42, 4)]
    for at in find_all(data, b"PK\5\6"):
        places += [(at + 4, 2), (at + 6, 2), (at + 8, 2), (at + 10, 2), (at + 12, 4), (at + 16, 4), (at + 20, 2)]
    return fields(data, places)


def ole_lies(data):
    """Header, the first entries of each table, and each directory entry that is in use."""
    sector = 1 << struct.unpack_from("<H", data, 30)[0]
    fat, directory = (struct.unpack_from("<I", data, at)[0] for at in (76, 48))
    places = [(at, 2) for at in range(24, 40, 2)] + [(at, 4) for at in range(40, 92, 4)]
    places += [((fat + 1) * sector + at, 4) for at in range(0, 96, 4)]
    for at in range((directory + 1) * sector, len(data) - 127, 128):
        if not 0 < struct.unpack_from("<H", data, at + 64)[0] <= 64 or data[at + 66] not in (1, 2, 5):
            break
        places += [(at + 64, 2), (at + 66, 1)] + [(at + i, 4) for i in (68, 72, 76, 116, 120)]
    return fields(data, places)


def doc_lies(data):
    """The FIB's places and lengths, which lie where the first stream does: at the second sector, as LibreOffice writes."""
    at = data.find(b"\xec\xa5", 512)
    return ole_lies(data) + fields(data, [(at + i, 2) for i in (2, 10, 32, 62, 152)] + [(at + i, 4) for i in range(24, 800, 4)])


def xls_lies(data):
    """Each record's length and the numbers in its first bytes, from the workbook's BOF on."""
    at, places = data.find(b"\x09\x08\x10\x00", 512), []
    while 0 <= at <= len(data) - 4:
        kind, size = struct.unpack_from("<HH", data, at)
        if not kind:
            break
        places += [(at + 2, 2)] + [(at + 4 + i, 2) for i in range(0, min(size - 1, 16), 2)]
        places += [(at + 4, 4), (at + 8, 4)] if kind in (0xFC, 0x85, 0x200) else []
        at += 4 + size
    return ole_lies(data) + fields(data, places)


def msg_lies(data):
    """The property streams as well: what they tell of lengths is in 16 bytes each."""
    at = data.find(bytes.fromhex("1e007f00"))
    places = [(i, 4) for i in range(at, min(at + 160, len(data)), 4)] if at > 0 else []
    return ole_lies(data) + fields(data, places)


def tnef_lies(data):
    at, places = 6, [(0, 4)]
    while at + 9 <= len(data):
        size = struct.unpack_from("<I", data, at + 5)[0]
        places += [(at + 1, 4), (at + 5, 4)] + [(at + 9 + i, 4) for i in range(0, min(size, 64), 4)]
        at += 11 + size
    return fields(data, places)


def png_lies(data):
    at, lies = 8, []
    while at + 8 <= len(data):
        size = struct.unpack_from(">I", data, at)[0]
        lies += fields(data, [(at, 4)], big=True)
        if data[at + 4 : at + 8] == b"IHDR":
            lies += fields(data, [(at + 8, 4), (at + 12, 4)] + [(at + i, 1) for i in range(16, 21)], big=True)
        at += 12 + size
    return lies


def jpeg_lies(data):
    at, lies = 2, []
    while at + 4 <= len(data) and data[at] == 0xFF:
        size = struct.unpack_from(">H", data, at + 2)[0]
        lies += fields(data, [(at + 2, 2)] + [(at + 4 + i, 1) for i in range(min(size - 2, 20))], big=True)
        lies += fields(data, [(at + 5, 2), (at + 7, 2)], big=True) if data[at + 1] in (0xC0, 0xC2) else []
        at += 2 + size
    return lies


def tiff_lies(data):
    at = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, at)[0]
    places = [(4, 4), (at, 2), (at + 2 + 12 * count, 4)]
    for i in range(count):
        places += [(at + 2 + 12 * i, 2), (at + 4 + 12 * i, 2), (at + 6 + 12 * i, 4), (at + 10 + 12 * i, 4)]
    return fields(data, places)


def head_lies(length, sizes=(2, 4), big=False):
    """Where a head has no fields of fixed places, or is small: all of it, byte by byte and number by number."""
    return lambda data: fields(data, [(at, 1) for at in range(min(length, len(data)))] + [(at, s) for s in sizes for at in range(0, min(length, len(data)), 2)], big)


def box_lies(data):
    """HEIC: each box's length, and what stands in the first bytes of it."""
    return head_lies(300, (4,), big=True)(data)


def text_lies(data):
    """PDF, RTF, XML that lies open, headers of a mail: each number by one that is as long."""
    lies = []
    for m in re.finditer(rb"(?<![0-9])[0-9]{1,10}(?![0-9])", data):
        n = m.end() - m.start()
        old = int(m.group())
        for new in {b"0" * n, b"9" * n, b"%0*d" % (n, old + 1), (b"-" + b"9" * (n - 1)) if n > 1 else b"-", b"%0*d" % (n, max(old - 1, 0))}:
            if new != m.group() and len(new) == n:
                lies.append((m.start(), new))
    return lies


# ---- the samples ----


def stored(name):
    return (TOP / "files" / "small" / name).read_bytes()


def seed(kind):
    return (TOP / "fuzz" / "seeds" / kind / "sample").read_bytes()


def tar(data):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as t:
        info = tarfile.TarInfo("登记表.docx")
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
    return out.getvalue()[: 1024 + (len(data) + 511) // 512 * 512]


def samples():
    docx, text = seed("read_docx"), (TOP / "fuzz" / "seeds" / "mail" / "plain").read_bytes()
    rows = [
        ("a.docx", docx, zip_lies), ("a.xlsx", seed("read_xlsx"), zip_lies), ("a.odt", seed("read_odt"), zip_lies),
        ("a.ofd", seed("read_ofd"), zip_lies), ("a.zip", seed("read_zip"), zip_lies),
        ("a.doc", seed("read_doc"), doc_lies), ("a.xls", seed("read_xls"), xls_lies), ("a.msg", seed("read_msg"), msg_lies),
        ("winmail.dat", seed("read_tnef"), tnef_lies), ("a.rtf", seed("read_rtf"), text_lies), ("a.pdf", seed("read_pdf"), text_lies),
        ("a.rar", seed("read_rar"), head_lies(200)), ("a.7z", stored("form.7z"), head_lies(32)),
        ("a.tar", tar(docx), head_lies(512, (4,))), ("a.tgz", gzip.compress(tar(docx)), head_lies(24)),
        ("a.txt.bz2", bz2.compress(text), head_lies(24)), ("a.txt.xz", lzma.compress(text), head_lies(40)),
        ("a.html", seed("read_html"), text_lies), ("a.mht", seed("read_mht"), text_lies), ("a.csv", seed("read_csv"), text_lies),
        ("a.png", stored("page.png"), png_lies), ("a.jpg", stored("page.jpg"), jpeg_lies), ("a.bmp", stored("page.bmp"), head_lies(54)),
        ("a.gif", stored("page.gif"), head_lies(14)), ("a.webp", stored("page.webp"), head_lies(32)), ("a.heic", stored("page.heic"), box_lies),
        ("g4.tif", stored("page-g4.tif"), tiff_lies), ("lzw.tif", stored("page-lzw.tif"), tiff_lies), ("mail.eml", text, text_lies),
    ]
    pictures = (".png", ".jpg", ".bmp", ".gif", ".webp", ".heic", ".tif")
    for name, data, lies in rows:
        yield Sample(name, data, PICTURE if name.endswith(pictures) else 0, lies(data))


if __name__ == "__main__":
    for s in samples():
        print(f"{s.name}: {len(s.data)} bytes, {len(s.cuts())} cuts, {len(s.lies)} lies")
