/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr_network.h"

#include "config/mem.h"
#include "parsers/onnx.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

struct network {
	struct onnx_session *session;
	char *input, *output;
};

/* Process-wide, as the library is. */
static struct {
	const struct onnx_api *api;
	struct onnx_env *env;
	struct onnx_memory *memory;
} onnx;

/* ---- the library ---- */

/* True where status says success. */
static bool
fine(struct onnx_status *status, struct err *e)
{
	if (!status)
		return true;
	(void)err_set(e, ERR_UNSUPPORTED, "onnxruntime: %s", onnx.api->get_error_message(status));
	onnx.api->release_status(status);
	return false;
}

static bool
load_library(const char *dir, struct err *e)
{
	char path[4200];
	void *library;
	const struct onnx_api_base *(*base)(void) = NULL;

	(void)snprintf(path, sizeof path, "%s/libonnxruntime.so.1", dir);
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library)
		*(void **)&base = dlsym(library, "OrtGetApiBase");
	onnx.api = base ? base()->get_api(1) : NULL;
	return onnx.api ? true : err_set(e, ERR_UNSUPPORTED, "%s is no onnxruntime: %s", path, dlerror());
}

bool
network_library(const char *dir, struct err *e)
{
	if (onnx.env)
		return true;
	if (!load_library(dir, e))
		return false;
	/* The layers' tensors stay in the heap: mapped and zeroed anew each, they cost more than the sums. */
	(void)mallopt(M_MMAP_THRESHOLD, 1 << 30);
	(void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
	return fine(onnx.api->create_env(ONNX_LOG_FATAL, "mingpian", &onnx.env), e) &&
	       fine(onnx.api->disable_telemetry(onnx.env), e) &&
	       fine(onnx.api->create_cpu_memory(ONNX_ARENA, ONNX_MEMORY_DEFAULT, &onnx.memory), e);
}

/* One thread: the sandbox allows no more; no arena: its doubling would eat the address space. */
static bool
set_options(struct onnx_options *options, struct err *e)
{
	const struct onnx_api *api = onnx.api;

	return fine(api->set_intra_op_threads(options, 1), e) &&
	       fine(api->set_inter_op_threads(options, 1), e) && fine(api->disable_cpu_arena(options), e) &&
	       fine(api->disable_mem_pattern(options), e);
}

struct network *
network_load(const char *dir, const char *file, struct err *e)
{
	const struct onnx_api *api = onnx.api;
	struct network *n = mem_grow(NULL, 1, sizeof *n);
	struct onnx_options *options = NULL;
	struct onnx_allocator *allocator = NULL;
	char path[4200];
	bool ok;

	*n = (struct network){0};
	(void)snprintf(path, sizeof path, "%s/%s", dir, file);
	ok = fine(api->create_options(&options), e) && set_options(options, e) &&
	     fine(api->create_session(onnx.env, path, options, &n->session), e) &&
	     fine(api->default_allocator(&allocator), e) &&
	     fine(api->input_name(n->session, 0, allocator, &n->input), e) &&
	     fine(api->output_name(n->session, 0, allocator, &n->output), e);
	if (options)
		api->release_options(options);
	if (!ok)
		network_free(&n);
	return n;
}

void
network_free(struct network **n)
{
	if (*n && (*n)->session)
		onnx.api->release_session((*n)->session);
	free(*n);
	*n = NULL;
}

/* ---- running a network ---- */

bool
network_run(const struct network *n, const struct tensor *t, struct answer *a_r, struct err *e)
{
	const struct onnx_api *api = onnx.api;
	const char *const inputs[] = {n->input}, *const outputs[] = {n->output};
	struct onnx_value *in = NULL;
	struct onnx_shape *shape = NULL;
	struct answer a = {0};
	void *data = NULL;
	bool ok;

	ok = fine(api->create_tensor_with_data(onnx.memory, t->at,
	                                       (size_t)(3 * t->shape[2] * t->shape[3]) * sizeof *t->at,
	                                       t->shape, 4, ONNX_FLOAT, &in),
	          e) &&
	     fine(api->run(n->session, NULL, inputs, (const struct onnx_value *const[]){in}, 1, outputs, 1,
	                   &a.value),
	          e) &&
	     fine(api->tensor_shape(a.value, &shape), e) && fine(api->dimensions_count(shape, &a.rank), e) &&
	     (a.rank <= 4 || err_set(e, ERR_UNSUPPORTED, "an answer of %zu dimensions", a.rank)) &&
	     fine(api->dimensions(shape, a.shape, a.rank), e) && fine(api->tensor_data(a.value, &data), e);
	a.at = data;
	if (shape)
		api->release_shape(shape);
	if (in)
		api->release_value(in);
	if (!ok)
		answer_free(&a);
	*a_r = a;
	return ok;
}

void
answer_free(struct answer *a)
{
	if (a->value)
		onnx.api->release_value(a->value);
	*a = (struct answer){0};
}

struct tensor
tensor_of(PIX *gray, const float mean[3], const float deviation[3])
{
	int w = pixGetWidth(gray), h = pixGetHeight(gray);
	struct tensor t = {.shape = {1, 3, h, w}};
	float *to;

	to = t.at = mem_grow(NULL, 3 * (size_t)w * (size_t)h, sizeof *t.at);
	for (int c = 0; c < 3; c++) {
		for (int y = 0; y < h; y++) {
			const l_uint32 *line = pixGetData(gray) + (size_t)y * (size_t)pixGetWpl(gray);

			for (int x = 0; x < w; x++)
				*to++ = ((float)GET_DATA_BYTE(line, x) / 255 - mean[c]) / deviation[c];
		}
	}
	return t;
}
