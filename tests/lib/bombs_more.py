# SPDX-License-Identifier: GPL-3.0-or-later
"""More mails made to harm, beside bombs.py, which yields them: what one part refers to many times, what nests,
what repeats, what asks for patience."""
import base64
import bz2
import gzip
import io
import lzma
import struct
import warnings
import zipfile
import zlib

warnings.filterwarnings("ignore", "Duplicate name")  # that is the point of them


def more(b):
    """b: the module bombs, whose makers these use."""
    yield from of_mails(b)
    yield from of_texts(b)
    yield from of_html(b)
    yield from of_archives(b)
    yield from of_word(b)
    yield from of_sheets(b)
    yield from of_old_office(b)
    yield from of_pdf(b)
    yield from of_ofd(b)
    yield from of_pictures(b)


def parts(b, files):
    """A mail with many attachments."""
    out = b""
    for name, data in files:
        out += (b"--=b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
                b'Content-Disposition: attachment; filename="' + name.encode() + b'"\r\n\r\n' + base64.encodebytes(data))
    return b.mail(out + b"--=b--\r\n", b'multipart/mixed; boundary="=b"')


def of_mails(b):
    yield "boundary-empty", b.mail(b"--\r\n\r\nx\r\n" * 100000, b'multipart/mixed; boundary=""')
    yield "boundary-long", b.mail((b"--" + b"x" * 70000 + b"\r\n\r\ny\r\n") * 50, b"multipart/mixed; boundary=" + b"x" * 70000)
    yield "boundary-same", b.mail(b'--b\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' * 50000, b'multipart/mixed; boundary="b"')
    yield "boundary-none", b.mail(b"--b\r\n" * 500000, b"multipart/mixed")
    yield "alternatives", b.mail(b"--b\r\nContent-Type: text/html\r\n\r\n<table><tr><td>x\r\n" * 1900, b"multipart/alternative; boundary=b")
    yield "bodies-many", b.mail(("--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n申请区域：江苏省昆山市\r\n" * 1900).encode(), b"multipart/mixed; boundary=b")
    yield "partial", b.mail(b"x" * 1000, b'message/partial; id="a"; number=1; total=4294967295')
    yield "external-body", b.mail(b"Content-Type: text/plain\r\n\r\n", b'message/external-body; access-type=local-file; name="/etc/passwd"')
    yield "base64-rubbish", b.mail(b"\xff=!" * 2000000, b"application/octet-stream", encoding=b"base64")
    yield "base64-pads", b.mail(b"====" * 2000000, b"application/octet-stream", encoding=b"base64")
    yield "qp-equals", b.mail(b"=" * 4000000, encoding=b"quoted-printable")
    yield "folded", b.mail(b"x", headers=b"X-Y: a\r\n" + b" \r\n" * 80000)
    yield "from-many", b.mail(b"x", headers=b"From: <a@b>\r\n" * 8000)
    yield "no-header", b"\r\n" * 3000000
    yield "one-line", b"x" * (8 << 20)
    yield "colon-lines", b":\r\n" * 80000
    yield "words-nested", b.mail(b"x", headers=b"X-Y: z\r\nSubject: " + b"=?utf-8?q?" * 20000 + b"?=" * 20000 + b"\r\n")
    yield "words-unknown", b.mail(b"x", headers=b"X-Y: z\r\nSubject: " + b"=?x-%s?b?//////////8=?=\r\n " % (b"y" * 200) * 800 + b"\r\n")
    yield "continuations", b.mail(b"x", b"application/octet-stream; " + b"; ".join(b"name*%d=%s" % (i, b"x" * 100) for i in range(2000)))
    yield "quotes-open", b.mail(b"x", b'text/plain; name="' + b'\\"' * 100000)
    yield "groups-many", b.mail(b"x", headers=b"To: " + b"g: a@b;, " * 20000 + b"\r\n")
    yield "route", b.mail(b"x", headers=b"Reply-To: <" + b"@a," * 60000 + b":x@y>\r\n")
    yield "auth-results", b.mail(b"x", headers=b"Authentication-Results: mx.miit-icdc.org; " + b"spf=pass (" * 20000 + b"\r\n")
    yield "references-loop", b.mail(b"x", headers=b"In-Reply-To: <h@example.org>\r\nReferences: " + b"<h@example.org> " * 15000 + b"\r\n")
    yield "smime", b.attached("smime.p7m", b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + b"\xa0\x80\x30\x80" * 500000)
    yield "smime-long", b.attached("smime.p7m", b"\x30\x84\xff\xff\xff\xf0\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x84\xff\xff\xff\xe0" + b"\0" * 4000)
    yield "eml-in-eml", b.attached("a.eml", nested_eml(b, 200))
    yield "files-empty", parts(b, [(f"登记表{i}.docx", b"") for i in range(1900)])
    yield "files-same", parts(b, [(f"{i}.docx", b.docx(b.WORD.format(b.table(60, 60)))) for i in range(100)])
    yield "files-slow", parts(b, [(f"{i}.pdf", pdf_laughs(b)) for i in range(12)])
    yield "files-large-text", parts(b, [(f"{i}.zip", b.zipped([("a.txt", "联系电话：1\n".encode() * 250000)])) for i in range(40)])
    yield "names-long", parts(b, [("x" * 60000 + ".docx", b"PK\3\4")])
    yield "flowed", b.mail(b">" * 50 + b" x \r\n" * 500000, b"text/plain; format=flowed; delsp=yes")


def nested_eml(b, depth):
    inner = b.mail(b"end")
    for _ in range(depth):
        inner = b.mail(inner, b"message/rfc822")
    return inner


def of_texts(b):
    """The recogniser, the checker, the regions."""
    form = "申请区域（城市）：{}\r\n牵头单位：{}\r\n主导产业：{}\r\n特色产业：{}\r\n申请区域简介：{}\r\n联系人及职务：{}\r\n联系电话：{}\r\n"
    good = ["江苏省苏州市昆山市", "昆山市工信局", "甲、乙", "丙", "丁", "戊 科长", "13800138000"]

    def with_long(i, text):
        values = list(good)
        values[i] = text
        return b.mail(form.format(*values).encode())

    yield "region-long", with_long(0, "江苏省苏州市昆山市" * 50000)
    yield "region-choices", with_long(0, "市辖区、" * 50000)
    yield "region-zones", with_long(0, "经济技术开发区高新技术产业园" * 30000)
    yield "region-brackets", with_long(0, "江苏省（" * 50000)
    yield "unit-long", with_long(1, "江苏省苏州市昆山市工业和信息化局" * 30000)
    yield "industries-many", with_long(2, "电子、" * 200000)
    yield "industries-brackets", with_long(2, "（" * 300000)
    yield "profile-long", with_long(4, "6.2% 增长" * 100000)
    yield "contact-many", with_long(5, "张三 科长、" * 60000)
    yield "phone-digits", with_long(6, "1" * 900000)
    yield "phone-many", with_long(6, "0512-55480000/" * 60000)
    yield "phone-brackets", with_long(6, "(0512)" * 100000)
    yield "line-of-labels", b.mail("联系电话：".encode() * 300000)
    yield "line-of-colons", b.mail("：".encode() * 1500000)
    yield "line-of-tabs", b.mail(b"\t" * 4000000)
    yield "line-of-pipes", b.mail(b"| " * 2000000)
    yield "lines-short", b.mail(b"a\r\n" * 1300000)
    yield "lines-blank", b.mail(b"\r\n" * 2000000)
    yield "numbers", b.mail("一、（一）1.".encode() * 200000)
    yield "links-many", b.mail(b"https://pan.baidu.com/s/1aB pwd=1234\r\n" * 100000)
    yield "passwords-many", b.attached("a.txt", "密码：123456\r\n".encode() * 200000)
    yield "orders-many", b.mail("放行 ABCDEFGH\r\n采纳 ABCDEFGH\r\n".encode() * 60000)
    yield "quoted-forms", b.mail((("> " * 200) + form.format(*good).replace("\r\n", "\r\n" + "> " * 200)).encode() * 100)
    yield "originals", b.mail("-----原始邮件-----\r\n发件人: a\r\n".encode() * 50000)
    yield "marks", b.mail(("\u0301" * 1000000).encode())
    yield "bidi", b.mail(("\u202e\u2066" * 300000).encode())
    yield "utf16", b.attached("a.txt", b"\xff\xfe" + "联系电话：".encode("utf-16-le") * 200000)
    yield "gb18030", b.mail(b"\x81\x30\x81\x30" * 500000, b"text/plain; charset=gb18030")
    yield "hz", b.mail(b"~{" * 1000000, b"text/plain; charset=hz-gb-2312")
    yield "csv-rows", b.attached("a.csv", "联系电话,申请区域\n".encode() * 200000)
    yield "csv-wide", b.attached("a.csv", (b"a," * 16000 + b"\n") * 100)
    yield "uu-unended", b.mail(b"begin 644 a\r\n" * 300000)


def of_html(b):
    def page(body):
        return b.mail(body, b"text/html; charset=utf-8")

    yield "html-attributes", page(b"<p " + b" ".join(b"a%d=x" % i for i in range(200000)) + b">x")
    yield "html-comments", page(b"<!--" * 500000)
    yield "html-comment-ends", page(b"<!-- x --" * 300000)
    yield "html-cdata", page(b"<![CDATA[" * 300000)
    yield "html-tags-open", page(b"<a href=" * 300000)
    yield "html-inline", page(b"<b><i><u><font>" * 100000)
    yield "html-misnested", page(b"<b><p></b></p><table><a>" * 50000)
    yield "html-lists", page(b"<dl><dt><dd><ul><li>" * 60000)
    yield "html-options", page(b"<select><option>" * 100000)
    yield "html-divs", page(b"<div>" * 600000)
    yield "html-entities", page(b"&#x4eac;&amp;&notanentity;" * 150000)
    yield "html-entity-long", page(b"&" + b"x" * 2000000 + b";")
    yield "html-rowspan", page(b"<table>" + b"<tr><td rowspan=65534>x</td></tr>" * 4000 + b"</table>")
    yield "html-colspan", page(b"<table><tr>" + b"<td colspan=1000>x" * 10000 + b"</table>")
    yield "html-tables", page(b"<table><tr><td>x</td></tr></table>" * 60000)
    yield "html-nested-tables", page((b"<table><tr><td>x" * 31 + b"</table>" * 31) * 2000)
    yield "html-breaks", page(b"x<br>" * 500000)
    yield "html-style", page(b"<p style='" + b"display:none;" * 300000 + b"'>x")
    yield "html-script", page(b"<script>" * 200000)
    yield "html-quotes", page(b"<blockquote>" * 20000 + "联系电话：1".encode())
    yield "html-doctype", page(b"<!DOCTYPE html [" + b"<!ENTITY a 'b'>" * 100000 + b"]><p>&a;")
    yield "html-nul", page(b"<p>\0" * 500000)
    yield "mht-parts", b.attached("a.mht", b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n" * 20000)


def of_archives(b):
    yield "zip-quine", b.attached("a.zip", zip_of_itself(b))
    yield "zip-names-same", b.attached("a.zip", b.zipped([("a.docx", b"x")] * 20000, zipfile.ZIP_STORED))
    yield "zip-paths", b.attached("a.zip", b.zipped([("../" * 500 + "etc/passwd", b"x"), ("/etc/passwd", b"x"), ("C:\\x", b"x"), ("a\0b", b"x")]))
    yield "zip-docx-many", b.attached("a.zip", b.zipped([(f"{i}.docx", b.docx(b.WORD.format("<w:p/>"))) for i in range(1900)]))
    yield "zip-slow-many", b.attached("a.zip", b.zipped([(f"{i}.pdf", pdf_laughs(b)) for i in range(60)]))
    yield "zip-pdf-pages", b.attached("a.zip", b.zipped([(f"{i}.pdf", b.pdf(b.pdf_page(b.stream(b"0 0 m 9 9 l S\n" * 60000)))) for i in range(100)]))
    yield "zip-comment", b.attached("a.zip", b.zipped([("a", b"x")])[:-2] + b"\xff\xff" + b"PK\5\6" * 16383)
    yield "zip64-lies", b.attached("a.zip", b"PK\6\6" + struct.pack("<QHHIIQQQQ", (1 << 64) - 13, 45, 45, 0, 0, 1 << 63, 1 << 63, 1 << 63, 1 << 63)
                                   + b"PK\6\7" + struct.pack("<IQI", 0, 0, 1) + b"PK\5\6" + b"\xff" * 16 + b"\0\0")
    yield "zip-encrypted", b.mail(
        ("--=b\r\n\r\n" + "".join(f"密码：{i:06}\r\n" for i in range(2000))).encode()
        + b'--=b\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename="a.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + base64.encodebytes(zip_locked(b, 3000)) + b"--=b--\r\n", b'multipart/mixed; boundary="=b"')
    yield "gz-members", b.attached("a.gz", gzip.compress(b"") * 200000)
    yield "gz-name", b.attached("a.gz", b"\x1f\x8b\x08\x08\0\0\0\0\0\3" + b"x" * 4000000)
    yield "bz2-streams", b.attached("a.bz2", bz2.compress(b"") * 200000)
    yield "xz-dictionary", b.attached("a.xz", lzma.compress(b"x" * 100000, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 29}]))
    yield "lzma-dictionary", b.attached("a.lzma", b"\x5d\xff\xff\xff\xff" + b"\xff" * 8 + b"\0" * 5000)
    yield "xz-streams", b.attached("a.xz", lzma.compress(b"") * 50000)
    yield "tar-long-name", b.attached("a.tar", tar_header(b"././@LongLink", 1 << 33, b"L") + b"x" * 100000)
    yield "tar-pax", b.attached("a.tar", tar_header(b"x", 8 << 20, b"x") + (b"22 path=aaaaaaaaaaaaaa\n" * 400000)[: 8 << 20])
    yield "tar-sparse", b.attached("a.tar", tar_header(b"x", 0, b"S"))
    yield "tar-links", b.attached("a.tar", b"".join(tar_header(b"%d" % i, 0, b"2") for i in range(20000)))
    yield "tar-negative", b.attached("a.tar", tar_header(b"x", 0, b"0", size=b"\xff" * 12) + b"x" * 1000)
    yield "7z-lies", b.attached("a.7z", b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(struct.pack("<QQI", 0, 1 << 40, 0))) + struct.pack("<QQI", 0, 1 << 40, 0) + b"\0" * 1000)
    yield "7z-files", b.attached("a.7z", seven_z(b"\1\5\xff" + b"\xff" * 8))
    yield "7z-folders", b.attached("a.7z", seven_z(b"\1\4\6\0\xff" + b"\x7f" * 8 + b"\7\x0b\xff" + b"\x7f" * 8))
    yield "rar-lies", b.attached("a.rar", b"Rar!\x1a\7\0" + b"\xcf\x90\x73\0\0\x0d\0\0\0\0\0\0\0" + b"\0\0\x74\0\x80\xff\xff\xff\xff\xff\x7f\xff\xff\xff\x7f" + b"\0" * 1000)
    yield "rar5-lies", b.attached("a.rar", b"Rar!\x1a\7\1\0" + b"\0\0\0\0" + b"\xff" * 10 + b"\2" + b"\xff" * 1000)
    yield "cpio", b.attached("a.cpio", b"070701" + b"ffffffff" * 13 + b"x" * 1000)
    yield "ar", b.attached("a.a", b"!<arch>\n" + b"//".ljust(48) + b"9999999999`\n" + b"x" * 1000)
    yield "cab", b.attached("a.cab", b"MSCF\0\0\0\0" + b"\xff" * 28 + b"\0" * 1000)
    yield "iso", b.attached("a.iso", b"\0" * 32768 + b"\1CD001\1" + b"\xff" * 2041 + b"\xffCD001\1" + b"\0" * 40000)
    yield "lha", b.attached("a.lzh", (b"\x20\x00-lh5-" + b"\xff" * 15 + b"\2" + b"x" * 11) * 3000)
    yield "mtree", b.attached("a.mtree", b"#mtree\n" + b"a type=file contents=/etc/passwd size=9\n" * 20000)
    yield "warc", b.attached("a.warc", b"WARC/1.0\r\nContent-Length: 99999999999\r\n\r\n")
    yield "xar", b.attached("a.xar", b"xar!\0\x1c\0\1" + b"\xff" * 20 + b"x" * 1000)
    yield "zstd", b.attached("a.zst", b"\x28\xb5\x2f\xfd\xe4" + b"\xff" * 8 + b"\3\0\0" + b"\xff" * 1000)
    yield "lz4", b.attached("a.lz4", b"\x04\x22\x4d\x18\x40\x70\xdf" + b"\xff\xff\xff\x7f" + b"\xff" * 1000)
    yield "compress-z", b.attached("a.Z", b"\x1f\x9d\x90" + bytes(range(256)) * 4000)


def zip_of_itself(b):
    """Not quite a quine: each is in the next, under one name, as deep as the walk goes, and fans out."""
    data = b.zipped([("a.txt", b"x" * 1000)])
    for _ in range(7):
        data = b.zipped([(f"{i}.zip", data) for i in range(4)])
    return data


def zip_locked(b, members):
    data = bytearray(b.zipped([(f"{i}.docx", b"x" * 30) for i in range(members)], zipfile.ZIP_STORED))
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        i = data.find(mark)
        while i >= 0:
            data[i + at] |= 1
            i = data.find(mark, i + 4)
    return bytes(data)


def tar_header(name, length, kind, size=None):
    head = bytearray(512)
    head[: len(name)] = name
    head[100:108] = b"0000644\0"
    head[124:136] = size or (b"%011o\0" % length)[-12:]
    head[156:157] = kind
    head[257:265] = b"ustar\x0000"
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def seven_z(header):
    start = struct.pack("<QQI", 0, len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + header


def of_word(b):
    def word(body):
        return b.attached("a.docx", b.docx(b.WORD.format(body)))

    text = "<w:r><w:t>x</w:t></w:r>"
    yield "docx-paragraphs", word("<w:p/>" * 1500000)
    yield "docx-runs", word("<w:p>" + text * 500000 + "</w:p>")
    yield "docx-merged", word("<w:tbl>" + "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr>" * 150000 + "</w:tbl>")
    yield "docx-spans", word(b.table(3000, 60, '<w:gridSpan w:val="200"/>'))
    yield "docx-tables", word(b.table(1, 1) * 150000)
    yield "docx-tables-thirty", word(b.nested_tables(30) * 3000)
    yield "docx-boxes", word("<w:p><w:r><w:pict><w:txbxContent>" * 60 + "<w:p/>" + "</w:txbxContent></w:pict></w:r></w:p>" * 60)
    yield "docx-deletions", word("<w:p><w:del>" + text * 400000 + "</w:del></w:p>")
    yield "docx-label-rows", word("<w:tbl>" + "<w:tr><w:tc><w:p><w:r><w:t>联系电话</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>" * 60000 + "</w:tbl>")
    yield "docx-headings", word("<w:tbl>" + ("<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{x}</w:t></w:r></w:p></w:tc>" for x in
                                ("申请区域", "牵头单位", "主导产业", "特色产业", "联系人", "联系电话")) + "</w:tr>") * 20000 + "</w:tbl>")
    yield "docx-text-long", word("<w:p><w:r><w:t>" + "联系电话：" * 250000 + "</w:t></w:r></w:p>")
    yield "docx-tag-long", word("<w:p w:x='" + "x" * 8000000 + "'/>")
    yield "docx-comment", word("<!--" + "x" * 8000000 + "-->")
    yield "docx-pi", word("<?x " + "y" * 8000000 + "?>")
    yield "docx-prefixes", word("".join(f"<w:p xmlns:a{i}='u{i}'>" for i in range(200)) + "</w:p>" * 200)
    yield "docx-namespaces", word("<w:p " + " ".join(f"xmlns:a{i}='u{i}'" for i in range(50000)) + "/>")
    yield "docx-references", word("<w:p><w:r><w:t>" + "&#x4eac;" * 500000 + "</w:t></w:r></w:p>")
    yield "docx-utf16", b.attached("a.docx", b.docx(b.WORD.format("<w:p/>" * 200000).encode("utf-16")))
    yield "docx-utf7", b.attached("a.docx", b.docx(b"<?xml version='1.0' encoding='UTF-7'?>" + b"+ADw-w:p+AD4-" * 10000))
    yield "docx-relations", b.attached("a.docx", b.zipped([("[Content_Types].xml", b.TYPES), ("_rels/.rels", "<Relationships>" + "<Relationship Id='a' Target='b'/>" * 200000 + "</Relationships>"), ("word/document.xml", b.WORD)]))
    yield "docx-types", b.attached("a.docx", b.zipped([("[Content_Types].xml", "<Types>" + "<Override PartName='/a' ContentType='b'/>" * 200000 + "</Types>"), ("word/document.xml", b.WORD)]))
    yield "docx-rels-loop", b.attached("a.docx", b.zipped([("[Content_Types].xml", b.TYPES), ("_rels/.rels", b.RELS.format("_rels/.rels"))]))
    yield "docx-twice", b.attached("a.docx", b.zipped([("[Content_Types].xml", b.TYPES), ("_rels/.rels", b.RELS.format("word/document.xml"))] + [("word/document.xml", b.WORD.format("<w:p/>"))] * 5000))
    yield "word-xml-deep", b.attached("a.doc", ("<?xml version='1.0'?><?mso-application progid='Word.Document'?>" + b.deep("w:wordDocument", 100000)).encode())
    yield "word-xml-binary", b.attached("a.doc", ("<?xml version='1.0'?><?mso-application progid='Word.Document'?><w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'><w:binData>" + "A" * 9000000 + "</w:binData></w:wordDocument>").encode())


def of_sheets(b):
    long = "联系电话" * 4000
    yield "xlsx-one-string", b.attached("a.xlsx", with_strings(b, f"<si><t>{long}</t></si>", '<row>' + '<c t="s"><v>0</v></c>' * 300 + "</row>", 1300))
    yield "xlsx-strings", b.attached("a.xlsx", with_strings(b, "<si><t>x</t></si>" * 500000, "<row/>", 1))
    yield "xlsx-rows", b.attached("a.xlsx", b.sheet('<row><c t="inlineStr"><is><t>x</t></is></c></row>' * 300000))
    yield "xlsx-columns", b.attached("a.xlsx", b.sheet("<row>" + '<c t="inlineStr"><is><t>x</t></is></c>' * 300000 + "</row>"))
    yield "xlsx-diagonal", b.attached("a.xlsx", b.sheet("".join(f'<row r="{i}"><c r="{"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i % 26]}{i}" t="inlineStr"><is><t>联系电话</t></is></c></row>' for i in range(1, 100000, 7))))
    yield "xlsx-far-cells", b.attached("a.xlsx", b.sheet("".join(f'<row r="{i}"><c r="XFD{i}" t="inlineStr"><is><t>x</t></is></c></row>' for i in range(1, 1048576, 40))))
    yield "ods-covered", b.attached("a.ods", b.ods("<table:table><table:table-row>" + '<table:covered-table-cell table:number-columns-repeated="16384"/>' * 20000 + "</table:table-row></table:table>"))
    yield "ods-rows-text", b.attached("a.ods", b.ods('<table:table><table:table-row table:number-rows-repeated="200000"><table:table-cell table:number-columns-repeated="50"><text:p>联系电话</text:p></table:table-cell></table:table-row></table:table>'))
    yield "ods-spans", b.attached("a.ods", b.ods("<table:table>" + '<table:table-row><table:table-cell table:number-columns-spanned="16384" table:number-rows-spanned="1048576"><text:p>x</text:p></table:table-cell></table:table-row>' * 5000 + "</table:table>"))
    yield "ods-sheets", b.attached("a.ods", b.ods("<table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row></table:table>" * 60000))
    head = "<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet' xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet ss:Name='a'><Table>"
    yield "sheet-xml-index", b.attached("a.xls", (head + "<Row ss:Index='1048576' ss:Span='1048576'><Cell ss:Index='16384' ss:MergeAcross='16384' ss:MergeDown='1048576'><Data ss:Type='String'>x</Data></Cell></Row>" * 3000 + "</Table></Worksheet></Workbook>").encode())
    yield "sheet-xml-rows", b.attached("a.xls", (head + "<Row><Cell><Data ss:Type='String'>联系电话</Data></Cell></Row>" * 60000 + "</Table></Worksheet></Workbook>").encode())


def with_strings(b, strings, row, rows):
    """A workbook with shared strings."""
    old = b.sheet(row * rows)
    with zipfile.ZipFile(io.BytesIO(old)) as z:
        members = [(n, z.read(n)) for n in z.namelist()]
    out = []
    for name, data in members:
        if name == "xl/_rels/workbook.xml.rels":
            data = data.replace(b"</Relationships>", b'<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>')
        out.append((name, data))
    out.append(("xl/sharedStrings.xml", f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{strings}</sst>'))
    return b.zipped(out)


def of_old_office(b):
    def rtf(body):
        return b.attached("a.rtf", b"{\\rtf1\\ansi " + body + b"}")

    yield "rtf-unicode", rtf(b"\\u-1?" * 800000)
    yield "rtf-hex", rtf(b"\\'b1\\'ed" * 500000)
    yield "rtf-fonts", rtf(b"{\\fonttbl" + b"{\\f1 x;}" * 300000 + b"}")
    yield "rtf-numbers", rtf(b"\\u99999999999999999999\\cellx-99999999999\\bin99999999999999" * 50000)
    yield "rtf-skip", rtf(b"\\uc1000000\\u1 " * 100000)
    yield "rtf-rows", rtf(b"\\trowd\\cellx1\\intbl x\\cell\\row" * 120000)
    yield "rtf-nested", rtf(b"\\itap30\\intbl\\nestcell{\\*\\nesttableprops\\trowd\\cellx1\\nestrow}" * 60000)
    yield "rtf-levels", rtf(b"".join(b"\\itap%d x\\nestcell" % (i % 9999) for i in range(200000)))
    yield "rtf-pictures", rtf(b"{\\pict\\pngblip 89504e470d0a1a0a}" * 60000)
    yield "rtf-picture", rtf(b"{\\pict\\jpegblip " + b"ff" * 4000000)
    yield "rtf-words", rtf(b"\\" + b"a" * 4000000)
    yield "rtf-stars", rtf(b"{\\*\\x " * 30000)
    for kind, name in (("doc", "a.doc"), ("xls", "a.xls"), ("msg", "a.msg")):
        yield f"ole-huge-{kind}", b.attached(name, b.ole(lambda i: i + 1 if i < 126 else 2, size=0xFFFFFFFF))
        yield f"ole-ends-{kind}", b.attached(name, b.ole(lambda i: 0xFFFFFFFE))
        yield f"ole-free-{kind}", b.attached(name, b.ole(lambda i: 0xFFFFFFFF))
    yield "ole-header", b.attached("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 504 + b"\0" * 9000)
    yield "ole-shift", b.attached("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 31, 31) + b"\0" * 9000)
    yield "xls-records", b.attached("a.xls", xls(struct.pack("<HH", 0x3C, 0) * 400000))
    yield "xls-sst", b.attached("a.xls", xls(struct.pack("<HHII", 0xFC, 8, 0xFFFFFFFF, 0xFFFFFFFF) + struct.pack("<HH", 0x3C, 3) * 1000))
    yield "xls-sheets", b.attached("a.xls", xls(struct.pack("<HHIBBBB", 0x85, 9, 0, 0, 0, 1, 0) + b"s") * 2000)
    yield "xls-mulrk", b.attached("a.xls", xls(struct.pack("<HHHHHIH", 0xBD, 12, 65535, 0, 0, 0, 65535) * 100000))
    yield "tnef-deep", b.attached("winmail.dat", tnef_in_tnef(b, 60))
    yield "tnef-names", b.attached("winmail.dat", b.winmail(1, 0x7FFFFFFF)[:60] * 3000)
    yield "rtf-packed", b.attached("winmail.dat", tnef_packed())


def xls(records):
    """A bare BIFF8 stream: what Excel 5 wrote without a compound file."""
    return struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0) + records + struct.pack("<HH", 10, 0)


def tnef_attribute(level, kind, data):
    return struct.pack("<BII", level, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef_in_tnef(b, depth):
    inner = b.winmail(1, 1)
    for _ in range(depth):
        inner = struct.pack("<IH", 0x223E9F78, 1) + tnef_attribute(2, 0x00069002, b"\1" + b"\0" * 13) + tnef_attribute(2, 0x0006800F, inner)
    return inner


def tnef_packed():
    """PR_RTF_COMPRESSED that tells of 2 GB in a few bytes, all of them one reference."""
    packed = struct.pack("<IIII", 60000 + 12, 0x7FFFFFFF, 0x75465A4C, 0) + (b"\xff" + b"\x00\x0f" * 8) * 3500
    props = struct.pack("<IIII", 1, 0x10090102, 1, len(packed)) + packed + b"\0" * (-len(packed) % 4)
    return struct.pack("<IH", 0x223E9F78, 1) + tnef_attribute(1, 0x00069003, props)


def pdf_form(b, content, more=b""):
    body = zlib.compress(content)
    return b"<< /Type /XObject /Subtype /Form /BBox [0 0 600 900] " + more + b" /Length %d /Filter /FlateDecode >>\nstream\n" % len(body) + body + b"\nendstream"


def pdf_laughs(b, levels=12, wide=10):
    """Forms that draw the next one ten times."""
    objects = b.pdf_page(b.stream(b"/F Do"), b"/Resources << /XObject << /F 5 0 R >> >>")
    for i in range(levels):
        objects.append(pdf_form(b, b"/F Do " * wide, b"/Resources << /XObject << /F %d 0 R >> >>" % (6 + i)))
    return b.pdf(objects + [pdf_form(b, b"0 g")])


def of_pdf(b):
    def page(content, extra=b"", objects=(), box=b"0 0 595 842"):
        return b.attached("a.pdf", b.pdf(b.pdf_page(b.stream(content), extra, box) + list(objects)))

    font = b"/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    yield "pdf-laughs", b.attached("a.pdf", pdf_laughs(b))
    yield "pdf-saves", page(b"q " * 1500000)
    yield "pdf-clips", page(b"0 0 500 500 re W n\n" * 300000)
    yield "pdf-curves", page(b"0 0 m " + b"1 2 3 4 5 6 c\n" * 400000 + b"S")
    yield "pdf-dashes", page(b"[0.0001] 0 d 0 0 m 100000 100000 l S")
    yield "pdf-wide-lines", page(b"9999999 w 0 0 m 500 500 l S\n" * 20000)
    yield "pdf-numbers", page(b"1e308 -1e308 m 99999999999999999999 0 l S\n" * 50000)
    yield "pdf-strings", page(b"BT /F 9 Tf " + b"(" * 200000 + b")" * 200000 + b" Tj ET", font)
    yield "pdf-arrays", page(b"[" * 500000)
    yield "pdf-dictionaries", page(b"/x " + b"<<" * 500000 + b" BDC")
    yield "pdf-glyphs", page(b"BT /F 1 Tf " + b"1 0 0 1 9 9 Tm (xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx) Tj\n" * 40000 + b"ET", font)
    yield "pdf-inline", page(b"BI /W 99999 /H 99999 /BPC 8 /CS /RGB ID x EI\n" * 2000)
    tile = b"<< /Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.001 /YStep 0.001 /Resources << >> /Length 7 >>\nstream\n0 0 1 1 re f\nendstream"
    yield "pdf-tiles", page(b"/Pattern cs /P scn 0 0 595 842 re f", b"/Resources << /Pattern << /P 5 0 R >> >>", [tile])
    shade = b"<< /ShadingType 1 /ColorSpace /DeviceRGB /Domain [0 100000 0 100000] /Function << /FunctionType 4 /Domain [0 1 0 1] /Range [0 1 0 1 0 1] /Length 9 >> >>"
    yield "pdf-shading", page(b"/S sh\n" * 2000, b"/Resources << /Shading << /S 5 0 R >> >>", [shade])
    group = b"/Group << /S /Transparency /I true /K true >> /Resources << /XObject << /F 5 0 R >> /ExtGState << /G << /ca 0.5 /SMask << /S /Luminosity /G 5 0 R >> >> >> >>"
    yield "pdf-masks", page(b"/G gs /F Do", b"/Resources << /XObject << /F 5 0 R >> /ExtGState << /G << /SMask << /S /Luminosity /G 5 0 R >> >> >> >>", [pdf_form(b, b"/G gs /F Do /F Do", group)])
    yield "pdf-groups", page(b"/F Do " * 3000, b"/Resources << /XObject << /F 5 0 R >> >>", [pdf_form(b, b"0 0 9 9 re f", b"/Group << /S /Transparency >>")])
    type3 = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /FirstChar 97 /LastChar 97 /Widths [1] /Encoding << /Differences [97 /a] >> /CharProcs << /a 6 0 R >> /Resources << /Font << /F 5 0 R >> >> >>"
    yield "pdf-type3", page(b"BT /F 9 Tf (aaaaaaaaaa) Tj ET", b"/Resources << /Font << /F 5 0 R >> >>", [type3, b.stream(b"BT /F 9 Tf (aaaaaaaaaa) Tj ET")])
    image = b"<< /Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /%s /Length %d >>\nstream\n%s\nendstream"
    for name, filter_, data in (("flate", b"FlateDecode", zlib.compress(b"\0" * 50000000, 9)), ("jpx", b"JPXDecode", JPX), ("jbig2", b"JBIG2Decode", JBIG2), ("fax", b"CCITTFaxDecode", b"\0" * 4000), ("dct", b"DCTDecode", b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\3\1\x11\0\2\x11\1\3\x11\1"), ("rle", b"RunLengthDecode", b"\x81\0" * 200000)):
        yield f"pdf-image-{name}", page(b"595 0 0 842 0 0 cm /I Do", b"/Resources << /XObject << /I 5 0 R >> >>", [image % (filter_, len(data), data)])
    yield "pdf-images", page(b"595 0 0 842 0 0 cm " + b"/I Do " * 3000, b"/Resources << /XObject << /I 5 0 R >> >>", [image.replace(b"60000", b"1500") % (b"FlateDecode", 7000, zlib.compress(b"\0" * 6750000, 9).ljust(7000, b"\0"))])
    packed = zlib.compress(b"\0" * (64 << 20), 9)
    for _ in range(5):
        packed = zlib.compress(packed, 9)
    yield "pdf-filters-six", b.attached("a.pdf", b.pdf(b.pdf_page(b.stream(b"", b"[" + b"/FlateDecode " * 6 + b"]", packed))))
    yield "pdf-filters-many", b.attached("a.pdf", b.pdf(b.pdf_page(b.stream(b"", b"[" + b"/ASCIIHexDecode " * 20000 + b"]", b"00"))))
    yield "pdf-lzw", b.attached("a.pdf", b.pdf(b.pdf_page(b.stream(b"", b"/LZWDecode", b"\x80\x0b\x60\x50" * 500000))))
    yield "pdf-previous", b.attached("a.pdf", b"%PDF-1.4\n" + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n")
    yield "pdf-xref-size", b.attached("a.pdf", b"%PDF-1.4\nxref\n0 2147483647\n0000000000 65535 f \ntrailer\n<< /Size 2147483647 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n")
    yield "pdf-xref-stream", b.attached("a.pdf", b"%PDF-1.5\n1 0 obj\n<< /Type /XRef /Size 2147483647 /W [8 8 8] /Index [0 2147483647] /Root 2 0 R /Length 9 >>\nstream\n123456789\nendstream\nendobj\nstartxref\n9\n%%EOF\n")
    yield "pdf-object-streams", b.attached("a.pdf", b.pdf([b"<< /Type /Catalog /Pages 2 0 R >>"] + [b"<< /Type /ObjStm /N 2147483647 /First 9 /Extends %d 0 R /Length 9 >>\nstream\n2 0 3 0 4 \nendstream" % (i % 50 + 2) for i in range(50)]))
    yield "pdf-no-objects", b.attached("a.pdf", b"%PDF-1.4\n" + b"1 0 obj\n<<" * 200000)
    yield "pdf-rebuilt", b.attached("a.pdf", b"%PDF-1.4\n" + b"1 0 obj\nendobj\ntrailer\n<</Root 1 0 R>>\n" * 100000)
    yield "pdf-catalog-self", b.attached("a.pdf", b.pdf([b"1 0 R"]))
    yield "pdf-length-self", b.attached("a.pdf", b.pdf(b.pdf_page(b"<< /Length 4 0 R >>\nstream\nx\nendstream")))
    yield "pdf-contents", b.attached("a.pdf", b.pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [" + b"4 0 R " * 100000 + b"] >>", b.stream(b"0 0 m 9 9 l S\n" * 100)]))
    kids = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (i + 3) for i in range(20000)]
    yield "pdf-tree-deep", b.attached("a.pdf", b.pdf([b"<< /Type /Catalog /Pages 2 0 R >>"] + kids))
    annotation = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (x) /V (" + b"y" * 2000 + b") /Rect [0 0 9 9] >> "
    yield "pdf-annotations", b.attached("a.pdf", b.pdf(b.pdf_page(b.stream(b""), b"/Annots [" + annotation * 5000 + b"]")))
    yield "pdf-fields-loop", b.attached("a.pdf", b.pdf([b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] >> >>"] + b.pdf_page(b.stream(b""))[1:] + [b"<< /T (x) /Kids [5 0 R 5 0 R] >>"]))
    yield "pdf-javascript", b.attached("a.pdf", b.pdf([b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (while(1);) >> >>"] + b.pdf_page(b.stream(b""))[1:]))
    yield "pdf-launch", b.attached("a.pdf", b.pdf([b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (/bin/sh) >> >>"] + b.pdf_page(b.stream(b""))[1:]))
    yield "pdf-encrypted", b.attached("a.pdf", b.pdf(b.pdf_page(b.stream(b""))).replace(b"/Root", b"/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 /P -1 /O (" + b"o" * 48 + b") /U (" + b"u" * 48 + b") /OE (" + b"e" * 32 + b") /UE (" + b"e" * 32 + b") >> /Root"))
    yield "pdf-box-tiny", page(b"0 0 m 9 9 l S", box=b"0 0 0.00001 0.00001")
    yield "pdf-box-nan", page(b"0 0 m 9 9 l S", box=b"nan inf -1e99 1e99")
    yield "pdf-user-unit", page(b"0 0 m 9 9 l S\n" * 10, b"/UserUnit 1e9 /Rotate 2147483647")
    cmap = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange " + b"100 beginbfrange <0000> <FFFF> <0041> endbfrange " * 3000 + b"endcmap"
    yield "pdf-cmap", page(b"BT /F 9 Tf <00010002> Tj ET", b"/Resources << /Font << /F << /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 5 0 R /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 5 >> >>] >> >> >>", [b.stream(cmap)])
    yield "pdf-scans", b.attached("a.pdf", b.pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [" + b"3 0 R " * 200 + b"] /Count 200 >>",
                                                   b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>", b.stream(b"595 0 0 842 0 0 cm /I Do"),
                                                   image.replace(b"60000", b"1500") % (b"FlateDecode", 7000, zlib.compress(b"\0" * 6750000, 9).ljust(7000, b"\0"))]))


JPX = b"\xff\x4f\xff\x51\0\x2f\0\0" + struct.pack(">IIIIIIII", 60000, 60000, 0, 0, 1, 1, 0, 0) + b"\0\3\7\1\1\7\1\1\7\1\1\xff\x52\0\x0c\0\0\0\1\1\x20\4\4\0\0\xff\x5c\0\4\x40\x40\xff\x90\0\x0a\0\0\0\0\0\0\0\1\xff\x93\xff\xd9"
JBIG2 = struct.pack(">IBBI", 0, 0x30, 1, 19) + struct.pack(">IIIIBH", 60000, 60000, 0, 0, 0, 0) + struct.pack(">IBBI", 1, 0x26, 1, 0xFFFFFFFF) + b"\0" * 500


def of_ofd(b):
    ns = 'xmlns:ofd="http://www.ofdspec.org/2016"'

    def ofd(content, pages=1, templates=0, more=()):
        refs = "".join(f'<ofd:Page ID="{i + 10}" BaseLoc="Pages/P.xml"/>' for i in range(pages))
        templ = "".join(f'<ofd:TemplatePage ID="{i + 90000}" BaseLoc="Pages/P.xml"/>' for i in range(templates))
        members = [
            ("OFD.xml", f'<ofd:OFD {ns} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>'),
            ("Doc_0/Document.xml", f"<ofd:Document {ns}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>{templ}</ofd:CommonData><ofd:Pages>{refs}</ofd:Pages></ofd:Document>"),
            ("Doc_0/Pages/P.xml", f'<ofd:Page {ns}><ofd:Template TemplateID="90000"/><ofd:Content><ofd:Layer ID="2">{content}</ofd:Layer></ofd:Content></ofd:Page>'),
        ]
        return b.attached("a.ofd", b.zipped(members + list(more)))

    text = '<ofd:TextObject ID="3" Boundary="{}" Font="1" Size="{}"><ofd:TextCode X="0" Y="0" DeltaX="{}">{}</ofd:TextCode></ofd:TextObject>'
    yield "ofd-deltas", ofd(text.format("0 0 100 10", "3", "g 2000000000 1", "x" * 100))
    yield "ofd-deltas-many", ofd(text.format("0 0 100 10", "3", "g 100000 1 " * 1000, "x" * 100))
    yield "ofd-texts", ofd(text.format("0 0 100 10", "3", "1", "联系电话") * 60000)
    yield "ofd-text-long", ofd(text.format("0 0 100 10", "3", "1", "联系电话" * 300000))
    yield "ofd-numbers", ofd(text.format("1e308 nan -inf 99999999999999", "1e300", "nan inf -1e308", "x" * 50) * 2000)
    yield "ofd-pages", ofd(text.format("0 0 100 10", "3", "1", "x"), pages=60000)
    yield "ofd-templates", ofd(text.format("0 0 100 10", "3", "1", "x"), pages=200, templates=20000)
    yield "ofd-paths", ofd('<ofd:PathObject ID="4" Boundary="0 0 100 100"><ofd:AbbreviatedData>' + "M 0 0 L 100 0 L 100 100 C " * 100000 + "</ofd:AbbreviatedData></ofd:PathObject>")
    yield "ofd-rules", ofd('<ofd:PathObject ID="4" Boundary="0 0 100 100"><ofd:AbbreviatedData>M 0 0 L 100 0</ofd:AbbreviatedData></ofd:PathObject>' * 60000)
    yield "ofd-blocks", ofd("<ofd:PageBlock>" * 240 + "</ofd:PageBlock>" * 240)
    yield "ofd-itself", ofd("", more=[("Doc_0/Document.xml", f"<ofd:Document {ns}><ofd:Pages><ofd:Page ID='1' BaseLoc='../OFD.xml'/></ofd:Pages></ofd:Document>")])
    yield "ofd-glyphs", ofd('<ofd:TextObject ID="3" Boundary="0 0 9 9" Font="1" Size="3"><ofd:CGTransform CodePosition="0" CodeCount="2147483647" GlyphCount="2147483647"><ofd:Glyphs>' + "1 " * 500000 + '</ofd:Glyphs></ofd:CGTransform><ofd:TextCode X="0" Y="0">x</ofd:TextCode></ofd:TextObject>')


def of_pictures(b):
    big = b"\0" * (13 << 10)  # smaller ones are decoration
    yield "png-ratio", b.attached("a.png", b.png(20000, 20000, b"\0" * (60001 * 2000)) + big)
    yield "png-interlaced", b.attached("a.png", b.png(1 << 20, 1) + big)
    yield "png-chunks", b.attached("a.png", b.png(100, 100)[:33] + (struct.pack(">I", 0) + b"tEXt" + struct.pack(">I", zlib.crc32(b"tEXt"))) * 100000 + b.png(100, 100)[33:])
    text = zlib.compress(b"x" * 100000000, 9)
    yield "png-text", b.attached("a.png", b.png(100, 100)[:33] + struct.pack(">I", len(text) + 3) + b"zTXta\0\0" + text + struct.pack(">I", zlib.crc32(b"zTXta\0\0" + text)) + b.png(100, 100)[33:])
    yield "png-noise", b.attached("a.png", b.png(1800, 2500, b.noise(7, 5401 * 2500)))
    yield "bmp-noise", b.attached("a.bmp", b"BM" + struct.pack("<IHHI", 0, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 1700, 2300, 1, 24, 0, 0, 0, 0, 0, 0) + b.noise(8, 1700 * 3 * 2300))
    grid = bytearray(b"\xff" * (1800 * 2500))
    for i in range(0, 2500, 12):
        grid[i * 1800 : (i + 1) * 1800] = b"\0" * 1800
    for i in range(0, 1800, 12):
        grid[i::1800] = b"\0" * 2500
    yield "png-grid", b.attached("a.png", gray(b, 1800, 2500, grid))
    dots = bytearray(b"\xff" * (1800 * 2500))
    for y in range(0, 2500, 6):
        dots[y * 1800 : y * 1800 + 1800 : 6] = b"\0" * 300
    yield "png-dots", b.attached("a.png", gray(b, 1800, 2500, dots))
    yield "jpeg-huge", b.attached("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x11\x08\xff\xff\xff\xff\3\1\x11\0\2\x11\1\3\x11\1" + big)
    yield "jpeg-scans", b.attached("a.jpg", b"\xff\xd8\xff\xc2\0\x0b\x08\x08\0\x08\0\1\1\x11\0" + b"\xff\xda\0\x08\1\1\0\0\0\0" * 20000)
    yield "tiff-strips", b.attached("a.tif", tiff([(256, 4, 1, 60000), (257, 4, 1, 60000), (258, 3, 1, 1), (259, 3, 1, 4), (262, 3, 1, 0), (273, 4, 0x7FFFFFFF, 8), (278, 4, 1, 1), (279, 4, 0x7FFFFFFF, 8)]) + big)
    yield "tiff-wide", b.attached("a.tif", tiff([(256, 4, 1, 0xFFFFFFFF), (257, 4, 1, 0xFFFFFFFF), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8), (277, 3, 1, 65535), (278, 4, 1, 1), (279, 4, 1, 8)]) + big)
    yield "tiff-pages", b.attached("a.tif", b"II*\0" + b"".join(struct.pack("<I", 8 + 18 * i) + struct.pack("<H", 1) + struct.pack("<HHII", 256, 4, 1, 10) for i in range(20000)))
    yield "tiff-jpeg", b.attached("a.tif", tiff([(256, 4, 1, 9000), (257, 4, 1, 9000), (258, 3, 1, 8), (259, 3, 1, 7), (262, 3, 1, 6), (273, 4, 1, 8), (278, 4, 1, 9000), (279, 4, 1, 4000), (347, 7, 4000, 8)]) + big)
    yield "gif-large", b.attached("a.gif", b.gif(30000, 3000) + big)
    yield "webp-huge", b.attached("a.webp", b"RIFF" + struct.pack("<I", 30000) + b"WEBPVP8L" + struct.pack("<I", 29980) + b"\x2f" + b"\xff" * 4 + big * 3)
    yield "heic-boxes", b.attached("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + struct.pack(">I", 0xFFFFFFF0) + b"meta" + b"\0\0\0\x08free" * 5000)
    yield "heic-deep", b.attached("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"".join(struct.pack(">I4s", 40000 - 8 * i, b"ipco") for i in range(5000)))
    yield "heic-items", b.attached("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + struct.pack(">I4sI", 60000, b"meta", 0) + struct.pack(">I4sIBBI", 50000, b"iloc", 0x02000000, 0x44, 0x40, 0xFFFFFFFF) + big * 4)
    yield "pictures-many", parts(b, [(f"{i}.png", gray(b, 900, 1200, b"\xff" * (900 * 1200)) + big) for i in range(100)])


def gray(b, width, height, pixels):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes(pixels[y * width : (y + 1) * width]) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")).ljust(13 << 10, b"\0")


def tiff(tags):
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *t) for t in tags) + struct.pack("<I", 0)
