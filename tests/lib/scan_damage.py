# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a printed page on its way to us: stamped, laid askew on a scanner, photographed, packed.

    file = KINDS[kind](page, places, rng)      a File: its name's ending, bytes, and the dots per inch it comes to

Each kind is one way that real mails show; its limits stand in its function."""
import collections
import io
import math

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from scan_form import DPI, face

File = collections.namedtuple("File", "ending data dpi")


# ---- ink and paper ----

def stamp(page, places, rng, seal_face, over):
    """A round red seal, 4.2 cm, over a value or on the paper's empty part."""
    side = int(4.2 / 2.54 * DPI * rng.uniform(0.9, 1.05))
    seal = Image.new("L", (side, side), 0)
    d = ImageDraw.Draw(seal)
    d.ellipse((4, 4, side - 5, side - 5), outline=255, width=DPI // 60)
    points = [(side / 2 + r * math.sin(a), side / 2 - r * math.cos(a))
              for k in range(10) for r, a in [((0.17 if k % 2 == 0 else 0.07) * side, k * math.pi / 5)]]
    d.polygon(points, fill=255)
    text = rng.choice(("市工业和信息化局", "县经济和信息化局", "高新区管理委员会", "区人民政府办公室"))
    text = rng.choice("海宁普江沙玉临") + text
    font = face(*seal_face, int(side * 0.12))
    for i, c in enumerate(text):
        angle = -125 + 250 * i / (len(text) - 1)
        glyph = Image.new("L", (side, side), 0)
        ImageDraw.Draw(glyph).text((side / 2, side * 0.15), c, fill=255, font=font, anchor="mm")
        seal.paste(255, (0, 0), glyph.rotate(-angle, Image.BICUBIC))
    seal = seal.rotate(rng.uniform(-25, 25), Image.BICUBIC)
    worn = numpy.asarray(seal, numpy.float32) / 255 * rng.uniform(0.55, 0.95)
    speckle = numpy.random.default_rng(rng.randrange(2**32)).random((side // 6 + 1, side // 6 + 1))
    speckle = numpy.asarray(Image.fromarray((speckle * 255).astype("uint8")).resize((side, side), Image.BICUBIC), numpy.float32)
    worn *= numpy.clip(speckle / 60, 0.4, 1)
    if over:
        box = places[rng.choice(list(places))]
        x = int(rng.uniform(box[0], (box[0] + box[2]) / 2)) - side // 3
        y = int(rng.uniform(box[1], box[3])) - side // 2
    else:
        x, y = int(page.width * rng.uniform(0.45, 0.6)), int(max(b[3] for b in places.values()) + side * 0.1)
    x, y = max(0, min(x, page.width - side)), max(0, min(y, page.height - side))
    red = numpy.array((rng.randrange(185, 240), rng.randrange(20, 60), rng.randrange(25, 70)), numpy.float32)
    part = numpy.asarray(page.crop((x, y, x + side, y + side)), numpy.float32)
    part = part * (1 - worn[..., None] * (1 - red / 255))  # ink on ink: both darken
    page.paste(Image.fromarray(part.astype("uint8")), (x, y))


def to_floats(page):
    return numpy.asarray(page, numpy.float32)


def to_picture(a):
    return Image.fromarray(numpy.clip(a, 0, 255).astype("uint8"))


def paper(page, black, white, tint=(1, 1, 1)):
    """Ink and paper as gray as this."""
    return to_picture((black + to_floats(page) * (white - black) / 255) * numpy.array(tint, numpy.float32))


def noise(page, rng, sigma, specks=0.0):
    n = numpy.random.default_rng(rng.randrange(2**32))
    a = to_floats(page) + n.normal(0, sigma, (page.height, page.width, 1))
    if specks:
        a[n.random((page.height, page.width)) < specks] = 40
    return to_picture(a)


def shade(page, rng, depth):
    """Light from one side, and a fold's shadow."""
    h, w = page.height, page.width
    y, x = numpy.mgrid[0:h, 0:w].astype("float32")
    angle = rng.uniform(0, 2 * math.pi)
    slope = (x / w - 0.5) * math.cos(angle) + (y / h - 0.5) * math.sin(angle)
    light = 1 - depth * (slope + 0.5)
    if rng.random() < 0.5:
        fold = rng.uniform(0.2, 0.8)
        light *= 1 - depth * 0.5 * numpy.exp(-(((x / w if rng.random() < 0.5 else y / h) - fold) * 12) ** 2)
    return to_picture(to_floats(page) * light[..., None])


def break_rules(page, places, rng):
    """White scratches, and a copier's lost lines: rules that are not whole."""
    d = ImageDraw.Draw(page)
    low, high = min(b[1] for b in places.values()), max(b[3] for b in places.values())
    ink = [places[k] for k in places]
    for _ in range(rng.randrange(3, 9)):
        y, x = rng.uniform(low - 20, high + 20), rng.uniform(0.1, 0.8) * page.width
        w, h = rng.uniform(30, 160), rng.uniform(6, 30)
        if rng.random() < 0.5:
            w, h = h, w
        if not any(b[0] - 30 < x + w and x < b[2] + 30 and b[1] - 10 < y + h and y < b[3] + 10 for b in ink):
            d.rectangle((x, y, x + w, y + h), fill="white")


# ---- scanner and camera ----

def scanned(page, rng, dpi, angle, quarters=0):
    """Laid askew by angle degrees, turned by quarters; a lens's softness, a sensor's noise."""
    if angle:
        page = page.rotate(angle, Image.BICUBIC, fillcolor="white")
    size = (int(page.width * dpi / DPI), int(page.height * dpi / DPI))
    page = page.resize(size, Image.BOX).filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.6) * dpi / 200))
    page = noise(page, rng, rng.uniform(1, 5))
    return page.rotate(90 * quarters, expand=True) if quarters else page


def perspective(to, size):
    """PIL's eight numbers that take the four corners `to` back to a picture of this size."""
    w, h = size
    rows, right = [], []
    for (x, y), (u, v) in zip(to, ((0, 0), (w, 0), (w, h), (0, h))):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return numpy.linalg.solve(numpy.array(rows, float), numpy.array(right, float))


def bent(page, rng):
    """Paper that does not lie flat: its lines are waves."""
    depth, waves, begin = rng.uniform(4, 14) * DPI / 200, rng.uniform(0.5, 1), rng.uniform(0, math.pi)
    strip, mesh = page.width // 40, []
    for x in range(0, page.width, strip):
        def at(k):
            return depth * math.sin(begin + 2 * math.pi * waves * k / page.width)
        end = min(x + strip, page.width)
        mesh.append(((x, 0, end, page.height),
                     (x, at(x), x, page.height + at(x), end, page.height + at(end), end, at(end))))
    return page.transform(page.size, Image.MESH, mesh, Image.BILINEAR)


def photographed(page, rng, width, tilt, blur, dark=0.45):
    """On a desk, seen aslant, under a lamp."""
    page = page.resize((page.width * 3 // 4, page.height * 3 // 4), Image.BOX)
    height = int(width * 4 / 3)
    margin = rng.uniform(0.02, 0.07)
    high = height * (1 - 2 * margin)
    wide = min(width * (1 - 2 * margin), high / page.height * page.width * 1.06)
    left, top = (width - wide) / 2, (height - high) / 2
    def off():
        return rng.uniform(-tilt, tilt) * width
    to = [(left + off(), top + off()), (left + wide + off(), top + off()), (left + wide + off(), top + high + off()),
          (left + off(), top + high + off())]
    desk = Image.new("RGB", (width, height), tuple(rng.randrange(40, 120) for _ in range(3)))
    numbers = perspective(to, page.size)
    seen = page.transform(desk.size, Image.PERSPECTIVE, numbers, Image.BICUBIC)
    mask = Image.new("L", page.size, 255).transform(desk.size, Image.PERSPECTIVE, numbers, Image.BILINEAR)
    desk.paste(seen, (0, 0), mask)
    desk = shade(desk, rng, rng.uniform(0.15, dark)).filter(ImageFilter.GaussianBlur(blur))
    return noise(desk, rng, rng.uniform(2, 7)), wide / A4_WIDE


A4_WIDE = 8.27


# ---- files ----

def jpeg(page, quality, dpi):
    out = io.BytesIO()
    page.save(out, "JPEG", quality=quality, dpi=(dpi, dpi))
    return File("jpg", out.getvalue(), dpi)


def pdf(page, quality, dpi):
    out = io.BytesIO()
    page.save(out, "PDF", quality=quality, resolution=dpi)
    return File("pdf", out.getvalue(), dpi)


def png(page, dpi):
    out = io.BytesIO()
    page.save(out, "PNG")
    return File("png", out.getvalue(), dpi)


def packed(page, rng, dpi, quality=None):
    quality = quality or rng.randrange(60, 92)
    if rng.random() < 0.4:
        page = page.convert("L")
    return (pdf if rng.random() < 0.55 else jpeg)(page, quality, dpi)


# ---- kinds ----

def office(rng):
    return rng.choice((150, 150, 200, 200, 200))


def askew(rng, least, most):
    return rng.uniform(least, most) * rng.choice((-1, 1))


def clean(page, places, rng, seal):
    dpi = rng.choice((150, 200, 300))
    return packed(scanned(page, rng, dpi, askew(rng, 0, 0.2)), rng, dpi)


def sealed(page, places, rng, seal):
    stamp(page, places, rng, seal, over=True)
    dpi = office(rng)
    page = scanned(page, rng, dpi, askew(rng, 0.3, 2))
    return (pdf if rng.random() < 0.55 else jpeg)(page, rng.randrange(60, 92), dpi)


def sealed_beside(page, places, rng, seal):
    stamp(page, places, rng, seal, over=False)
    dpi = office(rng)
    page = scanned(page, rng, dpi, askew(rng, 0.3, 2))
    return (pdf if rng.random() < 0.55 else jpeg)(page, rng.randrange(60, 92), dpi)


def sealed_gray(page, places, rng, seal):
    """Copied in gray: the seal cannot be told from ink by its colour."""
    stamp(page, places, rng, seal, over=True)
    dpi = office(rng)
    return packed(scanned(page, rng, dpi, askew(rng, 0, 1)).convert("L"), rng, dpi)


def slanted(page, places, rng, seal):
    dpi = office(rng)
    return packed(scanned(page, rng, dpi, askew(rng, 0.3, 3)), rng, dpi)


def steep(page, places, rng, seal):
    dpi = office(rng)
    return packed(scanned(page, rng, dpi, askew(rng, 3, 5)), rng, dpi)


def turned(page, places, rng, seal):
    dpi = office(rng)
    return packed(scanned(page, rng, dpi, askew(rng, 0, 1), rng.choice((1, 2, 3))), rng, dpi)


def coarse(page, places, rng, seal):
    dpi = rng.choice((110, 120, 130))
    return packed(scanned(page, rng, dpi, askew(rng, 0, 1)), rng, dpi)


def blurred(page, places, rng, seal):
    dpi = office(rng)
    page = scanned(page, rng, dpi, askew(rng, 0, 1))
    return packed(page.filter(ImageFilter.GaussianBlur(rng.uniform(0.8, 1.7) * dpi / 200)), rng, dpi)


def squeezed(page, places, rng, seal):
    dpi = office(rng)
    return packed(scanned(page, rng, dpi, askew(rng, 0, 1)), rng, dpi, rng.randrange(12, 35))


def noisy(page, places, rng, seal):
    dpi = office(rng)
    page = scanned(page, rng, dpi, askew(rng, 0, 1))
    return packed(noise(page, rng, rng.uniform(10, 28), rng.choice((0, 0.001, 0.003))), rng, dpi)


def faint(page, places, rng, seal):
    dpi = office(rng)
    page = paper(scanned(page, rng, dpi, askew(rng, 0, 1)), rng.randrange(70, 130), rng.randrange(180, 225),
                 rng.choice(((1, 1, 1), (1, 0.97, 0.88), (0.97, 1, 0.97))))
    return packed(noise(page, rng, rng.uniform(2, 5)), rng, dpi)


def shaded(page, places, rng, seal):
    dpi = office(rng)
    return packed(shade(scanned(page, rng, dpi, askew(rng, 0, 2)), rng, rng.uniform(0.2, 0.5)), rng, dpi)


def copied(page, places, rng, seal):
    """Black or white, as a fax or a cheap scanner gives it."""
    dpi = rng.choice((200, 200, 300))
    page = scanned(page, rng, dpi, askew(rng, 0, 1)).convert("L").point(lambda v: 255 * (v > rng.randrange(130, 185)))
    out = io.BytesIO()
    page.convert("1").save(out, "TIFF", compression="group4", dpi=(dpi, dpi))
    return File("tif", out.getvalue(), dpi)


def broken(page, places, rng, seal):
    break_rules(page, places, rng)
    dpi = office(rng)
    return packed(scanned(page, rng, dpi, askew(rng, 0, 1)), rng, dpi)


def screenshot(page, places, rng, seal):
    dpi = rng.choice((96, 120, 144))
    bottom = max(b[3] for b in places.values()) + DPI
    page = page.crop((DPI // 2, 0, page.width - DPI // 2, min(bottom, page.height)))
    return png(page.resize((page.width * dpi // DPI, page.height * dpi // DPI), Image.LANCZOS), dpi)


def photo(page, places, rng, seal):
    if rng.random() < 0.5:
        stamp(page, places, rng, seal, over=rng.random() < 0.5)
    seen, dpi = photographed(page, rng, rng.choice((1500, 2000, 3000)), 0.015, rng.uniform(0.4, 1.0))
    return jpeg(seen, rng.randrange(60, 90), int(dpi))


def photo_bent(page, places, rng, seal):
    seen, dpi = photographed(bent(page, rng), rng, rng.choice((1500, 2000, 3000)), 0.015, rng.uniform(0.4, 1.0))
    return jpeg(seen, rng.randrange(60, 90), int(dpi))


def photo_poor(page, places, rng, seal):
    width = rng.choice((800, 1000, 1200))
    seen, dpi = photographed(page, rng, width, 0.04, rng.uniform(0.7, 1.4), 0.6)
    return jpeg(seen, rng.randrange(30, 70), int(dpi))


# Kind: what it is, and its share of a set.
KINDS = {"clean": (clean, 2), "sealed": (sealed, 4), "sealed-beside": (sealed_beside, 2), "slanted": (slanted, 3),
         "sealed-gray": (sealed_gray, 1), "steep": (steep, 1), "turned": (turned, 1), "coarse": (coarse, 1), "blurred": (blurred, 1),
         "squeezed": (squeezed, 1), "noisy": (noisy, 1), "faint": (faint, 1), "shaded": (shaded, 1), "copied": (copied, 1),
         "broken": (broken, 1), "screenshot": (screenshot, 1), "photo": (photo, 2), "photo-bent": (photo_bent, 1),
         "photo-poor": (photo_poor, 2)}
