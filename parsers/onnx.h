/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What we use of onnxruntime's C interface, version 1, which later libraries keep as it is: a table of
 * functions, each at a fixed place (onnxruntime_c_api.h, struct OrtApi). No header of it is in Debian.
 *
 * A function that returns a status returns NULL for success; another is freed by release_status(). */
#ifndef MINGPIAN_PARSERS_ONNX_H
#define MINGPIAN_PARSERS_ONNX_H

#include <stddef.h>
#include <stdint.h>

struct onnx_status;
struct onnx_env;
struct onnx_session;
struct onnx_options;
struct onnx_memory;
struct onnx_value;
struct onnx_shape;
struct onnx_allocator;

enum { ONNX_LOG_FATAL = 4, ONNX_FLOAT = 1, ONNX_ARENA = 1, ONNX_MEMORY_DEFAULT = 0 };

typedef void (*onnx_unused)(void);

struct onnx_api {
	onnx_unused create_status, get_error_code;
	const char *(*get_error_message)(const struct onnx_status *);
	struct onnx_status *(*create_env)(int level, const char *id, struct onnx_env **);
	onnx_unused create_env_with_logger, enable_telemetry;
	struct onnx_status *(*disable_telemetry)(const struct onnx_env *);
	struct onnx_status *(*create_session)(const struct onnx_env *, const char *path,
	                                      const struct onnx_options *, struct onnx_session **);
	onnx_unused create_session_from_array;
	struct onnx_status *(*run)(struct onnx_session *, const void *run_options, const char *const *inputs,
	                           const struct onnx_value *const *values, size_t, const char *const *outputs,
	                           size_t, struct onnx_value **);
	struct onnx_status *(*create_options)(struct onnx_options **);
	onnx_unused set_model_path, clone_options, set_execution_mode, enable_profiling, disable_profiling,
	        enable_mem_pattern;
	struct onnx_status *(*disable_mem_pattern)(struct onnx_options *);
	onnx_unused enable_cpu_arena;
	struct onnx_status *(*disable_cpu_arena)(struct onnx_options *);
	onnx_unused set_log_id, set_log_verbosity, set_log_severity, set_optimization;
	struct onnx_status *(*set_intra_op_threads)(struct onnx_options *, int);
	struct onnx_status *(*set_inter_op_threads)(struct onnx_options *, int);
	onnx_unused domains[4], counts[3], type_infos[3];
	struct onnx_status *(*input_name)(const struct onnx_session *, size_t, struct onnx_allocator *,
	                                  char **);
	struct onnx_status *(*output_name)(const struct onnx_session *, size_t, struct onnx_allocator *,
	                                   char **);
	onnx_unused initializer_name, run_options[9], create_tensor;
	struct onnx_status *(*create_tensor_with_data)(const struct onnx_memory *, void *data, size_t bytes,
	                                               const int64_t *shape, size_t, int type,
	                                               struct onnx_value **);
	onnx_unused is_tensor;
	struct onnx_status *(*tensor_data)(struct onnx_value *, void **);
	onnx_unused strings[3], cast_type_info, type_of_info, create_shape, set_type, set_dimensions,
	        get_type;
	struct onnx_status *(*dimensions_count)(const struct onnx_shape *, size_t *);
	struct onnx_status *(*dimensions)(const struct onnx_shape *, int64_t *, size_t);
	onnx_unused symbolic, element_count;
	struct onnx_status *(*tensor_shape)(const struct onnx_value *, struct onnx_shape **);
	onnx_unused type_info, value_type, create_memory;
	struct onnx_status *(*create_cpu_memory)(int allocator, int type, struct onnx_memory **);
	onnx_unused memory_infos[5], allocator_calls[3];
	struct onnx_status *(*default_allocator)(struct onnx_allocator **);
	onnx_unused free_dimension, values[5], kernel[7], release_env;
	void (*release_status)(struct onnx_status *);
	onnx_unused release_memory;
	void (*release_session)(struct onnx_session *);
	void (*release_value)(struct onnx_value *);
	onnx_unused release_run_options, release_type_info;
	void (*release_shape)(struct onnx_shape *);
	void (*release_options)(struct onnx_options *);
};

/* The places that the header of the library gives them. */
_Static_assert(offsetof(struct onnx_api, run) == 9 * sizeof(void *), "Run");
_Static_assert(offsetof(struct onnx_api, set_intra_op_threads) == 24 * sizeof(void *),
               "SetIntraOpNumThreads");
_Static_assert(offsetof(struct onnx_api, input_name) == 36 * sizeof(void *), "SessionGetInputName");
_Static_assert(offsetof(struct onnx_api, create_tensor_with_data) == 49 * sizeof(void *), "CreateTensor…");
_Static_assert(offsetof(struct onnx_api, tensor_data) == 51 * sizeof(void *), "GetTensorMutableData");
_Static_assert(offsetof(struct onnx_api, dimensions) == 62 * sizeof(void *), "GetDimensions");
_Static_assert(offsetof(struct onnx_api, create_cpu_memory) == 69 * sizeof(void *), "CreateCpuMemoryInfo");
_Static_assert(offsetof(struct onnx_api, default_allocator) == 78 * sizeof(void *), "GetAllocatorWith…");
_Static_assert(offsetof(struct onnx_api, release_status) == 93 * sizeof(void *), "ReleaseStatus");
_Static_assert(offsetof(struct onnx_api, release_shape) == 99 * sizeof(void *), "ReleaseTensorTypeAnd…");

struct onnx_api_base {
	const struct onnx_api *(*get_api)(uint32_t version);
	const char *(*version)(void);
};

#endif
