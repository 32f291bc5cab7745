#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""usage: reasons.py PARSER: why a file could not be read, for every format and every reason that can be made here.

A row is a file and what must stand of it in `unread`: [(path, reason)…], or None where it must be read. Each file goes in
a mail of its own, before a good form: whatever becomes of the file, that form is read. Prints the table, and each row that
is wrong; the last line counts. tests/files/reasons/ holds what only other programs make: documents locked by LibreOffice 7.4
(.doc .xls .odt .ods), xlsx-populate (.xlsx), archives by 7-Zip and rar 6.23 (with 50 MB of zeros before a form)."""
import bz2
import collections
import gzip
import io
import itertools
import json
import lzma
import pathlib
import random
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from email import message_from_bytes, policy
from email.message import EmailMessage

TESTS = pathlib.Path(__file__).resolve().parent.parent
FIELDS = ("申请区域（城市）", "牵头单位", "主导产业", "特色产业", "申请区域简介", "联系人及职务", "联系电话")
GOOD = ("浙江省湖州市安吉县", "安吉县经济和信息化局", "绿色家居、竹制品", "椅业", "安吉县是中国椅业之乡。", "金晓明 股长", "0572-5123456")
ZEROS = 50 << 20  # more than is read of one file


def sample(case, ending):
    """The first attachment of a sample mail whose name ends so."""
    mail = message_from_bytes((TESTS / "mail" / case / "message.eml").read_bytes(), policy=policy.default)
    for part in mail.walk():
        if (part.get_filename() or "").lower().endswith(ending):
            return part.get_payload(decode=True) or part.get_payload(0).as_bytes()
    raise ValueError(case)


def kept(name):
    return (TESTS / "files" / name).read_bytes()


def html(values=GOOD):
    rows = "".join(f"<tr><td>{k}</td><td>{v}</td></tr>" for k, v in zip(FIELDS, values))
    return f'<html><meta charset="utf-8"><table>{rows}</table></html>'.encode()


def zipped(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            z.writestr(name, data)
    return out.getvalue()


def tarred(*members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as t:
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            t.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def mailed(*files, subject="附件"):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", subject
    mail["Date"], mail["Message-ID"] = "Wed, 15 Jun 2022 09:10:00 +0800", "<in@example.org>"
    mail.set_content("x")
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def tnef(*files):
    """winmail.dat with attachments ([MS-OXTNEF]); names in ASCII."""
    out = struct.pack("<IH", 0x223E9F78, 1)

    def attribute(level, tag, data):
        return struct.pack("<BII", level, tag, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    out += attribute(1, 0x00089006, struct.pack("<I", 0x10000))
    for name, data in files:
        out += attribute(2, 0x00069002, b"\0" * 14) + attribute(2, 0x00018010, name.encode() + b"\0")
        out += attribute(2, 0x0006800F, data)
    return out


def nested(pack, name, depth):
    data, path = html(), []
    for i in range(depth):
        data = pack((f"{i}{name}" if i else "f.html", data))
        path.insert(0, f"{i + 1}{name}")
    return data, path


def half(data):
    return data[: len(data) // 2]


def damaged():
    """Every format, cut in the middle. Where the half still holds a whole form, that is read: "read"."""
    docx, doc, xlsx = sample("001-docx-official", "docx"), sample("004-doc-official", "doc"), sample("060-xlsx-table", "xlsx")
    for name, data in (
        ("a.docx", docx[:2000]), ("a.doc", doc), ("a.xlsx", xlsx), ("a.xls", sample("061-xls-sheet-each", "xls")),
        ("a.odt", sample("067-odt", "odt")), ("a.pdf", sample("070-pdf-libreoffice", "pdf")), ("a.ofd", sample("072-ofd", "ofd")),
        ("a.png", sample("086-png-screenshot", "png")), ("a.jpg", sample("089-photo-sideways", "jpg")),
        ("a.zip", zipped(("a.docx", docx))), ("a.7z", kept("small/form.7z")), ("a.rar", kept("rar/5-packed.rar")),
        ("b.rar", kept("rar/4-packed.rar")), ("a.gz", gzip.compress(docx, mtime=0)), ("a.tar.gz", tarred(("a.docx", docx))),
        ("a.tar", gzip.decompress(tarred(("a.docx", docx)))), ("a.bz2", bz2.compress(docx)),
        ("a.xz", lzma.compress(docx)),
    ):
        yield "damaged", name, half(data), "damaged"
    for name, data in (("a.docx", docx), ("a.ods", sample("206-libreoffice-rows-ods", "ods"))):
        yield "read", name, half(data), []
    yield "damaged", "a.xml", half(b'<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml">'
                                   + b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 40), "damaged"
    yield "damaged", "empty.docx", b"", "damaged"
    yield "damaged", "a.p7m", half(kept("reasons/enc.p7m")), None  # no CMS any more: octets of no kind
    # What a person still sees is read: a text has no end that could be missing.
    yield "read", "a.html", html()[:-20], None
    # Encrypted with the word that every program knows, for its structure is protected.
    yield "read", "protected.xls", kept("ole/protected.xls"), []
    yield "read", "a.txt", "\n".join(f"{k}：{v}" for k, v in zip(FIELDS, GOOD)).encode()[:-3], None


def encrypted():
    for name in ("locked.doc", "locked.xls", "locked.xlsx", "locked.odt", "locked.ods"):
        yield "encrypted", name, kept(f"reasons/{name}"), "encrypted"
    yield "encrypted", "locked.docx", sample("092-encrypted-docx", "docx"), "encrypted"
    yield "encrypted", "locked.pdf", kept("locked.pdf"), "encrypted"
    for name in ("aes.zip", "crypto.zip", "locked.7z"):
        yield "encrypted", name, kept(f"reasons/{name}"), [(f"{name}/登记表.docx", "encrypted")]
    for version in "45":
        locked = [(f"{version}.rar/{n}", "encrypted") for n in ("如皋/登记表.txt", "二.txt", "三.txt")]
        yield "encrypted", f"{version}.rar", kept(f"rar/{version}-locked.rar"), locked
        yield "encrypted", f"{version}.rar", kept(f"rar/{version}-locked-solid.rar"), locked
        yield "encrypted", f"{version}.rar", kept(f"rar/{version}-locked-names.rar"), "encrypted"
    yield "encrypted", "names.7z", kept("reasons/locked-names.7z"), "encrypted"
    yield "encrypted", "a.ofd", zipped(("OFD.xml", "<x/>"), ("Encryptions.xml", "<Encryptions/>")), "encrypted"
    yield "encrypted", "a.docx.asc", b"-----BEGIN PGP MESSAGE-----\n\nhQEMA5x\n=abcd\n-----END PGP MESSAGE-----\n", "encrypted"
    yield "encrypted", "smime.p7m", kept("reasons/enc.p7m"), "encrypted"
    locked = sample("092-encrypted-docx", "docx")
    yield "encrypted", "in.zip", zipped(("x/locked.docx", locked)), [("in.zip/x/locked.docx", "encrypted")]
    yield "encrypted", "in.eml", mailed(("locked.docx", locked)), [("in.eml/locked.docx", "encrypted")]
    yield "encrypted", "winmail.dat", tnef(("locked.docx", locked)), [("locked.docx", "encrypted")]
    yield "encrypted", "in.tar.gz", tarred(("locked.docx", locked)), [("in.tar.gz/locked.docx", "encrypted")]


def unsupported():
    package = ("[Content_Types].xml", "<Types/>")
    for name, data in (
        ("a.exe", b"MZ" + b"\x90\0\3" * 200), ("a.uof", b"<?xml version=\"1.0\"?><uof:UOF xmlns:uof=\"http://schemas.uof.org/cn/2003/uof\"/>"), ("a.pptx", zipped(package, ("ppt/presentation.xml", "<x/>"))),
        ("a.pages", zipped(("Index/Document.iwa", "x" * 99))), ("a.dwg", b"AC1015" + random.Random(1).randbytes(900)),
        ("a.epub", zipped(("mimetype", "application/epub+zip"))),
        ("a.xlsb", zipped(package, ("_rels/.rels", '<Relationships><Relationship Id="r" Type="http://x/officeDocument" Target="xl/workbook.bin"/>'
                                                   "</Relationships>"), ("xl/workbook.bin", "x"))),
    ):
        yield "unsupported", name, data, "unsupported"
    yield "unsupported", "a.avif", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(20000), "unsupported"
    yield "unsupported", "w6.doc", b"\xdb\xa5\x2d\0" + random.Random(2).randbytes(900), "unsupported"
    yield "unsupported", "a.part1.rar", kept("rar/5-volumes.part1.rar"), [("a.part1.rar/如皋/登记表.txt", "unsupported")]
    yield "unsupported", "b.part1.rar", kept("rar/4-volumes.part1.rar"), [("b.part1.rar/如皋/登记表.txt", "unsupported")]


def too_large():
    bomb, form = ("0.bin", bytes(ZEROS)), ("f.html", html(("浙江省湖州市德清县",) + GOOD[1:]))
    yield "one file", "a.zip", zipped(bomb, form), [("a.zip/0.bin", "too_large")]
    yield "one file", "a.tar.gz", tarred(bomb, form), [("a.tar.gz/0.bin", "too_large")]
    yield "one file", "a.gz", gzip.compress(b"x" * ZEROS), [("a.gz/a", "too_large")]
    for name in ("bomb.7z", "bomb5.rar", "bomb4-solid.rar"):
        yield "one file", name, kept(f"reasons/{name}"), [(f"{name}/空白.bin", "too_large")]
    yield "one file", "in.eml", mailed(("a.zip", zipped(bomb, form))), [("in.eml/a.zip/0.bin", "too_large")]
    yield "one file", "winmail.dat", tnef(("a.zip", zipped(bomb, form))), [("a.zip/0.bin", "too_large")]

    many = [(f"{i}.txt", b"x") for i in range(2100)]
    yield "count", "a.zip", zipped(form, *many), "too_large"
    yield "count", "a.tar.gz", tarred(form, *many), "too_large"
    yield "count", "in.eml", mailed(("a.zip", zipped(form, *many))), [("in.eml/a.zip", "too_large")]

    part = bytes(40 << 20)
    yield "all bytes", "a.zip", zipped(form, *((f"{i}.bin", part) for i in range(8))), None  # what: below
    yield "ratio", "a.zip", zipped(form, *((f"{i}.bin", bytes(30 << 20)) for i in range(4))), None

    for pack, name in ((zipped, ".zip"), (tarred, ".tar.gz"), (lambda m: mailed(m), ".eml"), (lambda m: tnef((m[0], m[1])), ".dat")):
        data, path = nested(pack, name, 9)
        yield "depth", path[0], data, None


def png(width, height):
    """No more than a head that says how large it is, as long as a picture that is looked at."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))).ljust(20 << 10, b"\0")


def pdf(pages):
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(b"%d 0 R" % (i + 5) for i in range(pages)), pages),
               b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", b"<</Length 36>>stream\nBT/F 12 Tf 72 720 Td(page of it)Tj ET \nendstream"]
    objects += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents 4 0 R>>"] * pages
    return b"%PDF-1.4\n" + b"".join(b"%d 0 obj %s endobj\n" % (i + 1, o) for i, o in enumerate(objects)) + b"trailer<</Root 1 0 R>>"


def word(xml):
    return zipped(("[Content_Types].xml", "<Types/>"), ("word/document.xml", xml))


def ceilings():
    """What each library is told of before it sees more: docs/parse.md, "What is too much"."""
    space, multipart = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"', b"Content-Type: multipart/mixed; boundary=b\n\n"
    yield "ceilings", "deep.docx", word(f"<w:document {space}>" + "<w:p>" * 300 + "</w:p>" * 300 + "</w:document>"), "too_large"
    yield "ceilings", "doctype.docx", word(f"<!DOCTYPE d [<!ENTITY a 'b'>]><w:document {space}>&a;</w:document>"), "unsupported"
    yield "ceilings", "doctype.xml", b'<?xml version="1.0"?><!DOCTYPE d><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>', "unsupported"
    yield "ceilings", "side.png", png(32001, 100), "too_large"
    yield "ceilings", "pixels.png", png(8000, 5001), "too_large"
    yield "ceilings", "pages.pdf", pdf(201), "too_large"
    yield "ceilings", "all.pdf", pdf(200), []
    head = b"From: a@example.org\nDate: Wed, 15 Jun 2022 09:10:00 +0800\nTo: b@example.org\nSubject: x\n"
    yield "ceilings", "header.eml", head + b"X-A: 12345678901234567890\n" * 11000 + b"\nx\n", "too_large"
    yield "ceilings", "addresses.eml", head + b"Cc: " + b"A <a@b>, " * 3100 + b"c@d\n\nx\n", "too_large"
    yield "ceilings", "parts.eml", head + multipart + b"--b\n\nx\n" * 2100 + b"--b--\n", "too_large"
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(25))
    yield "ceilings", "deep.eml", head + deep + b"\nx\n", "too_large"


def unread_ok(row, want, got):
    """Is it what must stand there? For limits whose place follows from several ceilings: at least one too_large, and no other."""
    kind, name = row[0], row[1]
    if kind in ("all bytes", "ratio", "depth"):
        return any(u["reason"] == "too_large" for u in got) and all(
            u["reason"] == "too_large" or u["source"].endswith(".bin") for u in got)
    if kind in ("damaged", "read") and want is None:
        return not any(u["reason"] == "encrypted" for u in got)
    if isinstance(want, str):
        # of an archive that is cut, the member that was hit may be named as well
        return bool(got) and all(u["reason"] == want and u["source"].startswith(name) for u in got)
    return [(u["source"], u["reason"]) for u in got] == want


def main():
    counts, wrong = collections.Counter(), 0
    table = collections.defaultdict(list)
    for row in itertools.chain(damaged(), encrypted(), unsupported(), too_large(), ceilings()):
        kind, name, data, want = row
        mail = message_from_bytes(mailed((name, data), ("好.html", html()), subject="产业名片登记表"), policy=policy.default)
        run = subprocess.run([sys.argv[1], "--received", "2022-06-15T10:00:00+08:00", "-"], input=mail.as_bytes(),
                             capture_output=True, timeout=120, check=False)
        said = json.loads(run.stdout) if run.returncode == 0 else {"forms": [], "unread": []}
        good = any(f["region_code"] == "330523" for f in said["forms"])
        if not (good and unread_ok(row, want, said["unread"])):
            wrong += 1
            print(f"{kind}, {name}: exit {run.returncode}, the form beside it {'read' if good else 'NOT READ'}, unread "
                  f"{said['unread']}, should be {want}")
        counts[kind] += 1
        table[kind].append(name)
    for kind, names in table.items():
        print(f"{kind:12}{' '.join(names)}")
    print(f"{sum(counts.values())} files, {wrong} wrong")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
