/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Neural networks by onnxruntime, on one thread. The library is opened by hand, because Debian has none:
 * ocr_place() says where it lies. */
#ifndef MINGPIAN_PARSERS_OCR_NETWORK_H
#define MINGPIAN_PARSERS_OCR_NETWORK_H

#include "config/err.h"

#include <leptonica/allheaders.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct network;
struct onnx_value;

/* What goes in: a picture of three planes, the caller's. */
struct tensor {
	float *at;
	int64_t shape[4]; /* 1, 3, height, width */
};

/* What comes out; answer_free() gives it back. */
struct answer {
	struct onnx_value *value;
	const float *at;
	int64_t shape[4];
	size_t rank; /* how many of shape count */
};

/* A gray picture as a network takes it; its `at` is freed by the caller. */
struct tensor tensor_of(PIX *gray, const float mean[3], const float deviation[3]);

/* Open the library in dir, once a process; it stays. False: ERR_UNSUPPORTED. */
bool network_library(const char *dir, struct err *e);

/* A network of dir's, to be freed; NULL and e where the file is none. */
struct network *network_load(const char *dir, const char *file, struct err *e);

/* NULL inside is fine; cleared. */
void network_free(struct network **n);

/* False: a_r is empty. */
bool network_run(const struct network *n, const struct tensor *t, struct answer *a_r, struct err *e);

void answer_free(struct answer *a);

#endif
