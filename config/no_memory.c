/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linked into the programs alone, not into the room's library. glibc's manual has this in "Replacing malloc";
 * the allocator stays glibc's, so that free() needs no word of ours. */
#include "config/no_memory.h"

#include "config/mem.h"

#include <errno.h>
#include <stdint.h>

size_t no_memory_spares = SIZE_MAX;

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/* glibc's own, in its ABI since 2.2.5. */
extern void *__libc_malloc(size_t len);
extern void *__libc_calloc(size_t n, size_t len);
extern void *__libc_realloc(void *p, size_t len);
extern void *__libc_memalign(size_t align, size_t len);

void *malloc(size_t len);
void *calloc(size_t n, size_t len);
void *realloc(void *p, size_t len);
void *memalign(size_t align, size_t len);
void *aligned_alloc(size_t align, size_t len);
int posix_memalign(void **p_r, size_t align, size_t len);

void *
malloc(size_t len)
{
	void *p = __libc_malloc(len);

	if (!p && len < no_memory_spares)
		mem_die("allocating");
	return p;
}

void *
calloc(size_t n, size_t len)
{
	void *p = __libc_calloc(n, len);
	size_t whole;

	if (!p && !__builtin_mul_overflow(n, len, &whole) && whole < no_memory_spares)
		mem_die("allocating");
	return p;
}

void *
realloc(void *p, size_t len)
{
	void *q = __libc_realloc(p, len);

	if (!q && len && len < no_memory_spares) /* with 0 it frees */
		mem_die("growing");
	return q;
}

/* GLib's slices come from the aligned ones, and it aborts where it gets none. */
void *
memalign(size_t align, size_t len)
{
	void *p = __libc_memalign(align, len);

	if (!p && len < no_memory_spares)
		mem_die("allocating");
	return p;
}

void *
aligned_alloc(size_t align, size_t len)
{
	return memalign(align, len);
}

int
posix_memalign(void **p_r, size_t align, size_t len)
{
	void *p;

	if (align % sizeof p || !align || (align & (align - 1)))
		return EINVAL;
	p = memalign(align, len);
	if (!p)
		return ENOMEM;
	*p_r = p;
	return 0;
}

#endif
