# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails made to harm: bombs, loops, lies about sizes. Each function gives the bytes of one file or mail; BOMBS
is the table of them, name → mail. What they have in common: small on the wire, and without end in a
parser that believes them. Used by tests/hostile."""
import base64
import bz2
import gzip
import io
import lzma
import random
import struct
import sys
import tarfile
import zipfile
import zlib

import bombs_more

CRLF = b"\r\n"


def mail(body, ctype=b"text/plain; charset=utf-8", headers=b"", encoding=b"8bit"):
    return (
        b"From: a@example.org\r\nTo: maruijuan@miit-icdc.org\r\nSubject: hostile\r\nMessage-ID: <h@example.org>\r\n"
        b"MIME-Version: 1.0\r\n" + headers + b"Content-Type: " + ctype + b"\r\nContent-Transfer-Encoding: "
        + encoding + b"\r\n\r\n" + body
    )


def attached(name, data):
    part = (
        b"--=b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="' + name.encode() + b'"\r\n\r\n'
        + base64.encodebytes(data).replace(b"\n", CRLF) + b"--=b--\r\n"
    )
    return mail(part, b'multipart/mixed; boundary="=b"')


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in members:
            z.writestr(name, data)
    return out.getvalue()


# ---- archives ----


def zip_nested(depth=20):
    data = b"the end"
    for i in range(depth):
        data = zipped([(f"{i}.zip", data)])
    return data


def zip_wide_and_deep():
    leaf = zipped([("zeros", b"\0" * (16 << 20))])
    for _ in range(5):
        leaf = zipped([(f"{i}.zip", leaf) for i in range(16)])
    return leaf


def zip_overlapping(count=2000, size=8 << 20):
    """All entries of the directory are one and the same member."""
    data = zlib.compress(b"\0" * size, 9)[2:-4]
    crc = zlib.crc32(b"\0" * size)
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, crc, len(data), size, 1, 0) + b"x" + data
    central = b"".join(
        struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 0, crc, len(data), size, 5, 0, 0, 0, 0, 0, 0)
        + b"%05d" % i
        for i in range(count)
    )
    return local + central + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(central), len(local), 0)


def zip_lies_about_size():
    data = bytearray(zipped([("登记表.docx", b"\0" * (64 << 20))]))
    data[data.index(b"PK\1\2") + 24 : data.index(b"PK\1\2") + 28] = struct.pack("<I", 10)
    data[22:26] = struct.pack("<I", 10)
    return bytes(data)


def zip_many_names():
    return zipped([(f"{i}/" * 30, b"") for i in range(30000)], zipfile.ZIP_STORED)


def tar_of(entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as t:
        for name, size in entries:
            info = tarfile.TarInfo(name)
            info.size = size
            t.addfile(info, io.BytesIO(b"\0" * size))
    return out.getvalue()


def tar_lies():
    head = tarfile.TarInfo("x")
    head.size = 1 << 40
    return gzip.compress(head.tobuf(tarfile.GNU_FORMAT) + b"x" * 1000)


# ---- XML inside packages ----

WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="{}"/></Relationships>'
)


def docx(document):
    return zipped([("[Content_Types].xml", TYPES), ("_rels/.rels", RELS.format("word/document.xml")), ("word/document.xml", document)])


def laughs(root="w:document"):
    entities = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{i} "{("&a%d;" % (i - 1)) * 10}">' for i in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE x [{entities}]><{root} xmlns:w="x">&a11;</{root}>'


def external():
    return '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><w:document xmlns:w="x">&f;</w:document>'


def deep(element, count):
    return f"<{element}>" * count + f"</{element}>" * count


def table(rows, cells, span=""):
    row = "<w:tr>" + f"<w:tc><w:tcPr>{span}</w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>" * cells + "</w:tr>"
    return "<w:tbl>" + row * rows + "</w:tbl>"


def nested_tables(depth):
    return "<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth


def sheet(rows):
    return zipped(
        [
            (
                "[Content_Types].xml",
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
                '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
            ),
            ("_rels/.rels", RELS.format("xl/workbook.xml")),
            (
                "xl/workbook.xml",
                '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
                '<sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
            ),
            (
                "xl/_rels/workbook.xml.rels",
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
                'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            ),
            (
                "xl/worksheets/sheet1.xml",
                f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>'
                '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>',
            ),
        ]
    )


def ods(content):
    return zipped(
        [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            (
                "content.xml",
                '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
                f'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>{content}</office:spreadsheet></office:body></office:document-content>',
            ),
        ]
    )


# ---- old Office, pictures, PDF ----


def ole(fat_entry, start=1, size=1 << 30):
    """A compound file whose sector chains run in circles."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, start, 0, 4096, 1, 1, 0xFFFFFFFE, 0, 0
    )
    head = head[:76] + struct.pack("<I", 0) + b"\xff" * (512 - 80)
    fat = struct.pack("<128I", *[fat_entry(i) & 0xFFFFFFFF for i in range(128)])

    def entry(name, kind, left, right, child, first, length):
        coded = name.encode("utf-16-le") + b"\0\0"
        return coded.ljust(64, b"\0") + struct.pack("<HBBIII36xIQ", len(coded), kind, 1, left, right, child, first, length)

    none = 0xFFFFFFFF
    directory = entry("Root Entry", 5, none, none, 1, 1, size)
    directory += entry("WordDocument", 2, 2, 3, none, 1, size) + entry("1Table", 2, 1, 3, none, 2, size)
    directory += entry("Workbook", 2, 1, 2, none, 1, size)
    return head + fat + directory.ljust(512, b"\0") + b"\0" * 4096


def png(width, height, data=b""):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(data or b"\0" * 1000, 9)) + chunk(b"IEND", b"")
    )


def bmp(width, height):
    return b"BM" + struct.pack("<IHHI", 100, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0) + b"\0" * 100


def tiff_loop():
    """A TIFF whose only directory is its own next."""
    tags = [(256, 4, 1, 100), (257, 4, 1, 100), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (278, 4, 1, 100), (279, 4, 1, 10000)]
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *t) for t in tags) + struct.pack("<I", 8) + b"\0" * 10000


def gif(width, height):
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0" * 6 + (b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\2\2\x4c\1\0") * 5000 + b";"


def pdf(objects, root=1):
    out, places = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, 2)
    for i, o in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n" % i + o + b"\nendobj\n")
    at = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places))
    out.write(b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, at))
    return out.getvalue()


def stream(data, filters=b"/FlateDecode", packed=None):
    packed = zlib.compress(data, 9) if packed is None else packed
    return b"<< /Length %d /Filter %s >>\nstream\n" % (len(packed), filters) + packed + b"\nendstream"


def pdf_page(content, extra=b"", box=b"0 0 595 842"):
    return [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [" + box + b"] /Contents 4 0 R " + extra + b" >>", content]


def pdf_form_loop():
    objects = pdf_page(stream(b"/F Do"), b"/Resources << /XObject << /F 5 0 R >> >>")
    body = zlib.compress(b"/F Do /F Do")
    objects.append(b"<< /Type /XObject /Subtype /Form /BBox [0 0 10 10] /Resources << /XObject << /F 5 0 R >> >> /Length %d /Filter /FlateDecode >>\nstream\n" % len(body) + body + b"\nendstream")
    return pdf(objects)


# ---- the mail itself ----


def multipart_deep(depth):
    out = b""
    for i in range(depth):
        out += b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (i, i + 1)
    return mail(out, b'multipart/mixed; boundary="b0"')


def messages_deep(depth):
    inner = b"Subject: end\r\n\r\nend"
    for _ in range(depth):
        inner = b"Subject: x\r\nContent-Type: message/rfc822\r\n\r\n" + inner
    return mail(inner, b"message/rfc822")


def winmail(attachments, size):
    def attribute(level, kind, data, lie=None):
        return struct.pack("<BII", level, kind, len(data) if lie is None else lie) + data + struct.pack("<H", sum(data) & 0xFFFF)

    out = struct.pack("<IH", 0x223E9F78, 1)
    for _ in range(attachments):
        out += attribute(2, 0x00069002, b"\0" * 14) + attribute(2, 0x0006800F, b"x", size)
    return out


def noise(seed, length):
    return random.Random(seed).randbytes(length)


def bombs():
    yield "zip-nested", attached("a.zip", zip_nested())
    yield "zip-wide-and-deep", attached("a.zip", zip_wide_and_deep())
    yield "zip-overlapping", attached("a.zip", zip_overlapping())
    yield "zip-lies", attached("a.zip", zip_lies_about_size())
    yield "zip-many-names", attached("a.zip", zip_many_names())
    yield "zip-zeros", attached("a.zip", zipped([("zeros.doc", b"\0" * (400 << 20))]))
    yield "gz-zeros", attached("a.gz", gzip.compress(b"\0" * (400 << 20), 9))
    yield "gz-in-gz", attached("a.gz", gzip.compress(gzip.compress(gzip.compress(b"\0" * (256 << 20), 9), 9), 9))
    yield "bz2-zeros", attached("a.bz2", bz2.compress(b"\0" * (400 << 20), 9))
    yield "xz-zeros", attached("a.xz", lzma.compress(b"\0" * (400 << 20)))
    yield "tar-many", attached("a.tgz", tar_of([(f"{i}.docx", 0) for i in range(50000)]))
    yield "tar-lies", attached("a.tgz", tar_lies())
    yield "docx-laughs", attached("a.docx", docx(laughs()))
    yield "docx-external", attached("a.docx", docx(external()))
    yield "docx-deep", attached("a.docx", docx(WORD.format(deep("w:sdt", 200000))))
    yield "docx-tables-deep", attached("a.docx", docx(WORD.format(nested_tables(50000))))
    yield "docx-zeros", attached("a.docx", docx(WORD.format("<w:p>" + " " * (300 << 20) + "</w:p>")))
    yield "docx-many-cells", attached("a.docx", docx(WORD.format(table(5000, 200))))
    yield "docx-wide-span", attached("a.docx", docx(WORD.format(table(50, 50, '<w:gridSpan w:val="2147483647"/>'))))
    yield "docx-negative-span", attached("a.docx", docx(WORD.format(table(50, 50, '<w:gridSpan w:val="-7"/>'))))
    yield "docx-attributes", attached("a.docx", docx(WORD.format("<w:p " + " ".join(f'a{i}="x"' for i in range(100000)) + "/>")))
    yield "xlsx-last-cell", attached("a.xlsx", sheet('<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>' * 100))
    yield "xlsx-lies", attached("a.xlsx", sheet('<row r="99999999999"><c r="ZZZZZZZZ99999999999" t="s"><v>4294967295</v></c></row>'))
    repeated = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>'
    yield "ods-repeated", attached("a.ods", ods(f"<table:table>{repeated * 100}</table:table>"))
    yield "ods-spaces", attached("a.ods", ods('<table:table><table:table-row><table:table-cell><text:p><text:s text:c="2000000000"/></text:p></table:table-cell></table:table-row></table:table>'))
    yield "odf-laughs", attached("a.odt", zipped([("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", laughs("office"))]))
    yield "word-xml-laughs", attached("a.doc", laughs().encode())
    yield "ole-loop", attached("a.doc", ole(lambda i: i))
    yield "ole-circle", attached("a.xls", ole(lambda i: (i % 3) + 1))
    yield "ole-chain", attached("a.doc", ole(lambda i: i + 1))
    yield "rtf-groups", attached("a.doc", b"{\\rtf1" + b"{" * 2000000)
    yield "rtf-closings", attached("a.rtf", b"{\\rtf1" + b"}" * 2000000)
    yield "rtf-bin", attached("a.rtf", b"{\\rtf1\\bin2147483647 x}")
    yield "rtf-cells", attached("a.rtf", b"{\\rtf1\\trowd" + b"\\cellx1" * 500000 + b"\\intbl" + b"\\cell" * 500000 + b"\\row}")
    yield "html-deep", mail(b"<table><tr><td>" * 200000, b"text/html; charset=utf-8")
    yield "html-span", mail(b"<table><tr><td colspan=2147483647 rowspan=2147483647>x</td></tr>" * 2000, b"text/html")
    yield "html-laughs", mail(laughs("html").encode(), b"text/html")
    yield "csv-columns", attached("a.csv", b"," * 5000000)
    yield "csv-quote", attached("a.csv", b'"' + b"a\n" * 2000000)
    yield "png-huge", attached("a.png", png(0x7FFFFFFF, 0x7FFFFFFF))
    yield "png-bomb", attached("a.png", png(30000, 30000, b"\0" * (90001 * 3000)))
    yield "bmp-lies", attached("a.bmp", bmp(0x7FFFFFFF, -0x80000000))
    yield "tiff-loop", attached("a.tif", tiff_loop())
    yield "gif-frames", attached("a.gif", gif(65535, 65535))
    yield "pdf-form-loop", attached("a.pdf", pdf_form_loop())
    yield "pdf-page-loop", attached("a.pdf", pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2000000000 >>"]))
    yield "pdf-huge-page", attached("a.pdf", pdf(pdf_page(stream(b"0 0 m 9 9 l S"), box=b"0 0 2000000000 2000000000")))
    yield "pdf-many-rules", attached("a.pdf", pdf(pdf_page(stream(b"0 0 m 500 500 l S\n" * 3000000))))
    yield "pdf-text", attached("a.pdf", pdf(pdf_page(stream(b"BT /F 9 Tf (xxxxxxxxxx) Tj ET\n" * 100000), b"/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>")))
    packed = zlib.compress(b"\0" * (200 << 20), 9)
    for _ in range(3):
        packed = zlib.compress(packed, 9)
    yield "pdf-filters", attached("a.pdf", pdf(pdf_page(stream(b"", b"[" + b"/FlateDecode " * 4 + b"]", packed))))
    yield "pdf-pages", attached("a.pdf", pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [" + b"3 0 R " * 20000 + b"] /Count 20000 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"]))
    yield "winmail-many", attached("winmail.dat", winmail(20000, 1))
    yield "winmail-lies", attached("winmail.dat", winmail(1, 0xFFFFFFF0))
    yield "multipart-deep", multipart_deep(20000)
    yield "messages-deep", messages_deep(5000)
    yield "parts-many", mail(b"--b\r\n\r\n" * 300000, b"multipart/mixed; boundary=b")
    yield "boundary-prefixes", mail(b"".join(b"--" + b"b" * i + CRLF for i in range(1, 900)), b"multipart/mixed; boundary=" + b"b" * 900)
    yield "groups-deep", mail(b"x", headers=b"Cc: " + b"a:" * 60000 + CRLF)
    yield "comments-deep", mail(b"x", headers=b"Cc: " + b"(" * 200000 + CRLF)
    yield "addresses-many", mail(b"x", headers=b"Cc: " + b"a@b.c, " * 30000 + CRLF)
    yield "header-long", mail(b"x", headers=b"X: " + b"y" * (20 << 20) + CRLF)
    yield "headers-many", mail(b"x", headers=b"X: y\r\n" * 400000)
    yield "references-many", mail(b"x", headers=b"References: " + b"<a@b>\r\n " * 30000 + CRLF)
    yield "parameters", mail(b"x", b"text/plain; " + b"".join(b"name*%d*=utf-8''x; " % i for i in range(20000)))
    yield "encoded-words", mail(b"x", headers=b"X-Y: x\r\nSubject: " + b"=?utf-8?B?5rWL?=\r\n " * 10000 + CRLF)
    yield "charset-none", mail(noise(1, 1 << 20), b'text/plain; charset="' + b"x" * 5000 + b'"')
    yield "iso-2022", mail(b"\x1b$B" * 500000, b"text/plain; charset=iso-2022-jp")
    yield "utf-7", mail(b"+" * 1000000, b"text/plain; charset=utf-7")
    yield "qp-soft", mail(b"=\r\n" * 2000000, encoding=b"quoted-printable")
    yield "uuencode", mail(b"begin 644 a.zip\r\n" + (b"M" + b"#" * 60 + CRLF) * 100000)
    yield "uuencode-many", mail(b"begin 644 a\r\n`\r\nend\r\n" * 100000)
    yield "quotes-deep", mail(b">" * 2000000 + CRLF)
    yield "brackets", mail(("【" * 1000000).encode())
    yield "labels-many", mail(("联系电话：13800138000\r\n申请区域（城市）：江苏省\r\n" * 100000).encode())
    yield "forms-many", mail(("申请区域（城市）：江苏省苏州市昆山市\r\n牵头单位：局\r\n主导产业：甲\r\n特色产业：乙\r\n申请区域简介：丙\r\n联系人及职务：丁 科长\r\n联系电话：13800138000\r\n\r\n" * 5000).encode())
    yield "nul", mail(b"\0" * (4 << 20))
    for i in range(8):
        yield f"noise-{i}", noise(i, 1 << (8 + 2 * i))
    for kind, head in (("docx", b"PK\3\4"), ("pdf", b"%PDF-1.4\n"), ("ole", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("rtf", b"{\\rtf1 "), ("png", b"\x89PNG\r\n\x1a\n"),
                       ("jpeg", b"\xff\xd8\xff\xe0"), ("7z", b"7z\xbc\xaf\x27\x1c"), ("rar", b"Rar!\x1a\x07\x01\x00"), ("gz", b"\x1f\x8b\x08"), ("heic", b"\0\0\0\x18ftypheic")):
        yield f"noise-{kind}", attached("a", head + noise(kind, 200000))
    yield from bombs_more.more(sys.modules[__name__])


if __name__ == "__main__":
    for name, data in bombs():
        if len(sys.argv) > 1:
            with open(f"{sys.argv[1]}/{name}.eml", "wb") as f:
                f.write(data)
        print(name, len(data))
