/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/picture_heic.h"

#include "parsers/picture_load.h"

#include <libde265/de265.h>
#include <libheif/heif.h>
#include <libheif/heif_plugin.h>
#include <limits.h>
#include <string.h>

enum {
	API_VERSION = 3,   /* of a plugin with an id */
	PRIORITY = 200,    /* libheif's own have 100 */
	PASSES_MAX = 4096, /* of a decoder that wants more and gives nothing */
	LENGTH_LEN = 4,
};

/* ---- a decoder without threads ----
 *
 * libheif's own starts a thread for each picture; in the cage no thread starts, and libde265 1.0.11
 * would wait for it for ever. */

static const char *
plugin_name(void)
{
	return "libde265 without threads";
}

static int
plugin_takes(enum heif_compression_format format)
{
	return format == heif_compression_HEVC ? PRIORITY : 0;
}

static struct heif_error
failed(enum heif_error_code code)
{
	return (struct heif_error){code, heif_suberror_Unspecified, "the picture cannot be decoded"};
}

static struct heif_error
plugin_open(void **out)
{
	*out = de265_new_decoder();
	return *out ? (struct heif_error){heif_error_Ok, heif_suberror_Unspecified, ""}
	            : failed(heif_error_Memory_allocation_error);
}

static void
plugin_close(void *decoder)
{
	(void)de265_free_decoder(decoder);
}

/* Units, each behind its length of four bytes (ISO/IEC 14496-15, 8.3). */
static struct heif_error
plugin_push(void *decoder, const void *data, size_t size)
{
	const unsigned char *at = data;

	while (size > 0) {
		size_t len;

		if (size < LENGTH_LEN)
			return failed(heif_error_Decoder_plugin_error);
		len = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
		if (len > size - LENGTH_LEN || len > INT_MAX)
			return failed(heif_error_Decoder_plugin_error);
		if (de265_push_NAL(decoder, at + LENGTH_LEN, (int)len, 0, NULL) != DE265_OK)
			return failed(heif_error_Decoder_plugin_error);
		at += LENGTH_LEN + len;
		size -= LENGTH_LEN + len;
	}
	return (struct heif_error){heif_error_Ok, heif_suberror_Unspecified, ""};
}

static bool
copy_plane(const struct de265_image *from, int n, struct heif_image *to, enum heif_channel channel)
{
	int width = de265_get_image_width(from, n), height = de265_get_image_height(from, n);
	int from_stride = 0, to_stride = 0;
	const uint8_t *source = de265_get_image_plane(from, n, &from_stride);
	uint8_t *target;

	if (!source || width < 1 || height < 1 || de265_get_bits_per_pixel(from, n) != 8 ||
	    heif_image_add_plane(to, channel, width, height, 8).code != heif_error_Ok)
		return false;
	target = heif_image_get_plane(to, channel, &to_stride);
	for (int y = 0; target && y < height; y++)
		memcpy(target + (ptrdiff_t)y * to_stride, source + (ptrdiff_t)y * from_stride, (size_t)width);
	return target != NULL;
}

static struct heif_error
copy_image(const struct de265_image *from, struct heif_image **to_r)
{
	static const enum heif_chroma chromas[] = {[de265_chroma_mono] = heif_chroma_monochrome,
	                                           [de265_chroma_420] = heif_chroma_420,
	                                           [de265_chroma_422] = heif_chroma_422,
	                                           [de265_chroma_444] = heif_chroma_444};
	static const enum heif_channel channels[] = {heif_channel_Y, heif_channel_Cb, heif_channel_Cr};
	enum de265_chroma chroma = de265_get_chroma_format(from);
	bool mono = chroma == de265_chroma_mono, ok;

	if ((size_t)chroma >= sizeof chromas / sizeof *chromas)
		return failed(heif_error_Unsupported_feature);
	if (heif_image_create(de265_get_image_width(from, 0), de265_get_image_height(from, 0),
	                      mono ? heif_colorspace_monochrome : heif_colorspace_YCbCr, chromas[chroma],
	                      to_r)
	            .code != heif_error_Ok)
		return failed(heif_error_Memory_allocation_error);
	ok = true;
	for (int n = 0; n < (mono ? 1 : 3) && ok; n++)
		ok = copy_plane(from, n, *to_r, channels[n]);
	if (ok)
		return (struct heif_error){heif_error_Ok, heif_suberror_Unspecified, ""};
	heif_image_release(*to_r);
	*to_r = NULL;
	return failed(heif_error_Unsupported_feature);
}

static struct heif_error
plugin_decode(void *decoder, struct heif_image **out)
{
	const struct de265_image *image = NULL;
	int more = 1;

	*out = NULL;
	(void)de265_flush_data(decoder);
	for (int i = 0; more && !image && i < PASSES_MAX; i++) {
		more = 0;
		if (de265_decode(decoder, &more) != DE265_OK)
			break;
		image = de265_get_next_picture(decoder);
	}
	return image ? copy_image(image, out) : failed(heif_error_Decoder_plugin_error);
}

static void
plugin_strict(void *decoder, int flag)
{
	(void)decoder, (void)flag;
}

static const struct heif_decoder_plugin plugin = {
        .plugin_api_version = API_VERSION,
        .get_plugin_name = plugin_name,
        .does_support_format = plugin_takes,
        .new_decoder = plugin_open,
        .free_decoder = plugin_close,
        .push_data = plugin_push,
        .decode_image = plugin_decode,
        .set_strict_decoding = plugin_strict,
        .id_name = "de265-alone",
};

/* ---- the file ---- */

bool
picture_heic_is(struct bytes b)
{
	static const char brands[][5] = {"heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"};

	if (b.len < 16 || memcmp(b.at + 4, "ftyp", 4) != 0)
		return false;
	for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
		if (memcmp(b.at + 8, brands[i], 4) == 0)
			return true;
	return false;
}

/* The main picture; the context must live as long. NULL: there is none. */
static struct heif_image_handle *
open_main(struct heif_context *c, struct bytes data)
{
	static bool registered;
	struct heif_image_handle *h = NULL;

	if (!c)
		return NULL;
	if (!registered)
		registered = heif_register_decoder_plugin(&plugin).code == heif_error_Ok;
	heif_context_set_max_decoding_threads(c, 0);
	heif_context_set_maximum_image_size_limit(c, PICTURE_SIDE_MAX);
	if (heif_context_read_from_memory_without_copy(c, data.at, data.len, NULL).code != heif_error_Ok ||
	    heif_context_get_primary_image_handle(c, &h).code != heif_error_Ok)
		return NULL;
	return h;
}

bool
picture_heic_look(struct bytes data, int *width_r, int *height_r, struct err *e)
{
	struct heif_context *c = heif_context_alloc();
	struct heif_image_handle *h = open_main(c, data);

	*width_r = h ? heif_image_handle_get_width(h) : 0;
	*height_r = h ? heif_image_handle_get_height(h) : 0;
	heif_image_handle_release(h);
	heif_context_free(c);
	return h || err_set(e, ERR_DAMAGED, "no picture is found in the HEIC file");
}

/* Red, green and blue in turn, into leptonica's words. */
static PIX *
pix_of(const struct heif_image *image)
{
	int width = heif_image_get_width(image, heif_channel_interleaved);
	int height = heif_image_get_height(image, heif_channel_interleaved), stride = 0;
	const uint8_t *from = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
	PIX *pix = from && width > 0 && height > 0 ? pixCreate(width, height, 32) : NULL;

	for (int y = 0; pix && y < height; y++, from += stride) {
		l_uint32 *to = pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);

		for (int x = 0; x < width; x++)
			to[x] = (l_uint32)from[3 * x] << 24 | (l_uint32)from[3 * x + 1] << 16 |
			        (l_uint32)from[3 * x + 2] << 8;
	}
	return pix;
}

/* A phone's photo has twice the pixels that are of use, each way. */
static PIX *
halved(PIX *pix)
{
	int narrow = pixGetWidth(pix) < pixGetHeight(pix) ? pixGetWidth(pix) : pixGetHeight(pix);
	PIX *half = narrow / 2 >= PICTURE_WIDTH ? pixScaleAreaMap2(pix) : NULL;

	if (!half)
		return pix;
	pixDestroy(&pix);
	return half;
}

PIX *
picture_heic_read(struct bytes data, struct err *e)
{
	struct heif_context *c = heif_context_alloc();
	struct heif_image_handle *h = open_main(c, data);
	struct heif_image *image = NULL;
	PIX *pix = NULL;

	if (h && heif_decode_image(h, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGB, NULL).code ==
	                 heif_error_Ok)
		pix = pix_of(image);
	heif_image_release(image);
	heif_image_handle_release(h);
	heif_context_free(c);
	if (!pix)
		(void)err_set(e, ERR_DAMAGED, "the HEIC picture cannot be decoded");
	return pix ? halved(pix) : NULL;
}
