/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/picture_load.h"

#include "parsers/picture_heic.h"
#include "parsers/span.h"

#include <leptonica/allheaders.h>
#include <string.h>

enum {
	STAMP_SATURATION = 40, /* red beyond the weaker of green and blue: a stamp's ink … */
	STAMP_PALE = 12,       /* … and its edge, whose colour a JPEG spreads */
	STAMP_LIGHT = 95,      /* as light as this, of 255 that the paper has: nothing but a stamp … */
	INK_DARK = 60,         /* … and as dark as this: ink below it */
	UPSCALE_MAX = 3,       /* more invents nothing */
	JPEG_REDUCTION_MAX = 8,
	PICTURE_HEIC = 1000, /* beside leptonica's numbers of formats */
};

/* ---- the header ---- */

static bool
within_ceilings(const struct picture_info *info, struct err *e)
{
	long long pixels = (long long)info->width * info->height;
	int most = info->format == IFF_JFIF_JPEG ? JPEG_REDUCTION_MAX : 1;

	if (info->width < 1 || info->height < 1)
		return err_set(e, ERR_DAMAGED, "a picture without pixels");
	if (info->width > PICTURE_SIDE_MAX || info->height > PICTURE_SIDE_MAX ||
	    pixels > (long long)PICTURE_PIXELS_MAX * most)
		return err_set(e, ERR_TOO_LARGE, "a picture of %d × %d pixels", info->width, info->height);
	return true;
}

static int
count_pages(struct bytes tiff)
{
	int n = 0, w, h, bits, samples, dpi, map, format;

	while (n <= PICTURE_PAGES_MAX &&
	       readHeaderMemTiff(tiff.at, tiff.len, n, &w, &h, &bits, &samples, &dpi, &map, &format) == 0)
		n++;
	return n;
}

static bool
is_tiff(int format)
{
	return format == IFF_TIFF || (format >= IFF_TIFF_PACKBITS && format <= IFF_TIFF_ZIP) ||
	       format == IFF_TIFF_JPEG;
}

bool
picture_look(struct bytes data, struct picture_info *info_r, struct err *e)
{
	struct picture_info info = {.pages = 1};
	int bits, samples, map;

	setMsgSeverity(L_SEVERITY_NONE); /* leptonica talks on standard error */
	*info_r = info;
	if (bytes_begin(data, "GIF8") && data.len > 10) { /* whose header leptonica does not read */
		info.format = IFF_GIF;
		info.width = data.at[6] | data.at[7] << 8;
		info.height = data.at[8] | data.at[9] << 8;
	} else if (picture_heic_is(data)) {
		if (!picture_heic_look(data, &info.width, &info.height, e))
			return false;
		info.format = PICTURE_HEIC;
	} else if (pixReadHeaderMem(data.at, data.len, &info.format, &info.width, &info.height, &bits,
	                            &samples, &map) != 0) {
		return err_set(e, ERR_DAMAGED, "the picture's header is broken");
	}
	if (is_tiff(info.format))
		info.pages = count_pages(data);
	*info_r = info;
	return within_ceilings(&info, e);
}

/* ---- EXIF ---- */

static unsigned
number(struct bytes b, size_t at, size_t len, bool little)
{
	unsigned n = 0;

	if (at > b.len || len > b.len - at)
		return 0;
	for (size_t i = 0; i < len; i++)
		n = n << 8 | b.at[little ? at + len - 1 - i : at + i];
	return n;
}

/* The orientation in a TIFF's first directory, as EXIF holds it. */
static int
exif_orientation(struct bytes tiff)
{
	bool little = bytes_begin(tiff, "II");
	size_t directory = number(tiff, 4, 4, little);
	unsigned entries = number(tiff, directory, 2, little);

	for (unsigned i = 0; i < entries; i++) {
		size_t entry = span_sum(directory, 2 + i * 12);
		unsigned value;

		if (entry > tiff.len || tiff.len - entry < 12)
			break;
		value = number(tiff, entry + 8, 2, little);
		if (number(tiff, entry, 2, little) == 0x0112)
			return value >= 1 && value <= 8 ? (int)value : 1;
	}
	return 1;
}

int
picture_exif(struct bytes jpeg)
{
	size_t at = 2;

	while (at + 4 <= jpeg.len && jpeg.at[at] == 0xFF) {
		unsigned marker = jpeg.at[at + 1], len = number(jpeg, at + 2, 2, false);
		struct bytes segment = {jpeg.at + at + 4, 0};

		if (marker == 0xDA || len < 2 || len > jpeg.len - at - 2)
			break; /* the picture itself begins */
		segment.len = len - 2;
		if (marker == 0xE1 && segment.len > 14 && memcmp(segment.at, "Exif\0\0", 6) == 0)
			return exif_orientation((struct bytes){segment.at + 6, segment.len - 6});
		at += 2 + len;
	}
	return 1;
}

/* ---- decoding ---- */

/* A large JPEG is read at a half, a quarter, an eighth: enough for PICTURE_WIDTH. */
static int
jpeg_reduction(const struct picture_info *info)
{
	int narrow = info->width < info->height ? info->width : info->height, by = 1;

	while (by < JPEG_REDUCTION_MAX && narrow / (2 * by) >= PICTURE_WIDTH * 5 / 4)
		by *= 2;
	return by;
}

static PIX *
decode(struct bytes data, const struct picture_info *info, int n, struct err *e)
{
	struct picture_info page = *info;
	int bits, samples, dpi, map, format, warnings;
	PIX *pix = NULL;

	if (info->format == IFF_JFIF_JPEG) {
		pix = pixReadMemJpeg(data.at, data.len, 0, jpeg_reduction(info), &warnings, 0);
	} else if (info->format == PICTURE_HEIC) {
		return picture_heic_read(data, e);
	} else if (is_tiff(info->format)) {
		if (readHeaderMemTiff(data.at, data.len, n, &page.width, &page.height, &bits, &samples, &dpi,
		                      &map, &format) == 0 &&
		    !within_ceilings(&page, e))
			return NULL;
		pix = pixReadMemTiff(data.at, data.len, n);
	} else {
		pix = pixReadMem(data.at, data.len);
	}
	if (!pix)
		(void)err_set(e, ERR_DAMAGED, "the picture cannot be decoded");
	return pix;
}

/* Palettes and transparency away: 8 or 32 bits a pixel. */
static PIX *
flatten(PIX *pix)
{
	PIX *plain = pixGetSpp(pix) == 4 ? pixAlphaBlendUniform(pix, 0xffffff00) : pixClone(pix), *deep;

	pixDestroy(&pix);
	if (!plain)
		return NULL;
	pix = pixRemoveColormap(plain, REMOVE_CMAP_BASED_ON_SRC);
	pixDestroy(&plain);
	if (!pix)
		return NULL;
	deep = pixGetDepth(pix) == 32 ? pixClone(pix) : pixConvertTo8(pix, 0);
	pixDestroy(&pix);
	return deep;
}

static void
rgb(l_uint32 pixel, int *r, int *g, int *b)
{
	*r = (int)(pixel >> 24);
	*g = pixel >> 16 & 255;
	*b = pixel >> 8 & 255;
}

/* How light paper is: the median of the red channel, 1 to 255. */
static int
paper_of(PIX *colour)
{
	enum { EVERY = 8 };
	int count[256] = {0}, seen = 0, below = 0, level = 0;

	for (int y = 0; y < pixGetHeight(colour); y += EVERY) {
		const l_uint32 *line = pixGetData(colour) + (size_t)y * (size_t)pixGetWpl(colour);

		for (int x = 0; x < pixGetWidth(colour); x += EVERY, seen++)
			count[line[x] >> 24]++;
	}
	while (level < 255 && 2 * (below += count[level]) < seen)
		level++;
	return level > 0 ? level : 1;
}

/* The gray of a pixel that is reddish. A JPEG keeps half the places of colour that it keeps of light: at a
 * stamp's edge there is its darkness and little of its red, and black ink on it looks red. So what counts
 * is how light it is. */
static int
without_red(int r, int g, int b, int saturation, int paper)
{
	int light = (77 * r + 150 * g + 29 * b) >> 8, of_paper = light * 255 / paper;
	int lifted = r + 3 * saturation < 255 ? r + 3 * saturation : 255;

	if (of_paper >= STAMP_LIGHT)
		return lifted;
	if (of_paper <= INK_DARK)
		return light;
	return light + (lifted - light) * (of_paper - INK_DARK) / (STAMP_LIGHT - INK_DARK);
}

/* The red channel is gray in which a stamp is pale; what is left of it is lifted by its saturation. */
static void
take_red_out(PIX *colour, PIX *gray, PIX *red)
{
	int w = pixGetWidth(colour), h = pixGetHeight(colour), paper = paper_of(colour);

	for (int y = 0; y < h; y++) {
		const l_uint32 *from = pixGetData(colour) + (size_t)y * (size_t)pixGetWpl(colour);
		l_uint32 *to = pixGetData(gray) + (size_t)y * (size_t)pixGetWpl(gray);
		l_uint32 *mark = pixGetData(red) + (size_t)y * (size_t)pixGetWpl(red);

		for (int x = 0; x < w; x++) {
			int r, g, b, saturation;

			rgb(from[x], &r, &g, &b);
			saturation = r - (g < b ? g : b);
			if (saturation > STAMP_SATURATION)
				SET_DATA_BYTE(mark, x, 255);
			SET_DATA_BYTE(to, x,
			              saturation > STAMP_PALE ? without_red(r, g, b, saturation, paper) : r);
		}
	}
}

static bool
split_colours(PIX *pix, struct picture_page *page)
{
	if (pixGetDepth(pix) == 8) {
		page->gray = pixClone(pix);
		return page->gray != NULL;
	}
	page->gray = pixCreate(pixGetWidth(pix), pixGetHeight(pix), 8);
	page->red = pixCreate(pixGetWidth(pix), pixGetHeight(pix), 8);
	if (!page->gray || !page->red)
		return false;
	take_red_out(pix, page->gray, page->red);
	return true;
}

bool
picture_replace(PIX **pix, PIX *by)
{
	if (!by)
		return false;
	pixDestroy(pix);
	*pix = by;
	return true;
}

static bool
scale_page(struct picture_page *page)
{
	int w = pixGetWidth(page->gray), h = pixGetHeight(page->gray), narrow = w < h ? w : h;
	double by = (double)PICTURE_WIDTH / narrow;

	by = by > UPSCALE_MAX ? UPSCALE_MAX : by;
	if (by > 0.9 && by < 1.12)
		return true;
	if ((double)w * h * by * by > PICTURE_PIXELS_MAX) /* a long, narrow strip */
		return true;
	page->scale *= by;
	return picture_replace(&page->gray, pixScale(page->gray, (l_float32)by, (l_float32)by)) &&
	       (!page->red ||
	        picture_replace(&page->red, pixScaleBySampling(page->red, (l_float32)by, (l_float32)by)));
}

bool
picture_turn(struct picture_page *page, int quarters)
{
	PIX *gray = pixRotateOrth(page->gray, quarters & 3);
	PIX *red = page->red ? pixRotateOrth(page->red, quarters & 3) : NULL;

	if (!gray || (page->red && !red)) {
		pixDestroy(&gray);
		pixDestroy(&red);
		return false;
	}
	(void)picture_replace(&page->gray, gray);
	if (red)
		(void)picture_replace(&page->red, red);
	return true;
}

/* As EXIF says: mirrored pictures do not come from cameras, and are only turned. */
static bool
set_upright(struct picture_page *page, int orientation)
{
	static const int quarters[9] = {0, 0, 0, 2, 2, 1, 1, 3, 3};

	return quarters[orientation] == 0 || picture_turn(page, quarters[orientation]);
}

void
picture_free(struct picture_page *page)
{
	pixDestroy(&page->gray);
	pixDestroy(&page->red);
}

bool
picture_load(struct bytes data, const struct picture_info *info, int n, struct picture_page *page_r,
             struct err *e)
{
	struct picture_page page = {.scale = 1};
	PIX *pix = decode(data, info, n, e);
	bool ok = false;

	*page_r = page;
	if (!pix)
		return false;
	/* what is decoded smaller than it is has one page; a TIFF's may be of several sizes */
	page.scale = is_tiff(info->format) ? 1 : (double)pixGetWidth(pix) / info->width;
	pix = flatten(pix);
	if (pix)
		page.paper = picture_paper_of(pix);
	ok = pix && split_colours(pix, &page);
	pixDestroy(&pix);
	ok = ok && scale_page(&page) &&
	     set_upright(&page, info->format == IFF_JFIF_JPEG ? picture_exif(data) : 1);
	if (ok)
		*page_r = page;
	else
		picture_free(&page);
	return ok ? true
	          : err_set(e, ERR_TOO_LARGE, "no memory for a picture of %d × %d pixels", info->width,
	                    info->height);
}
