/*
 * shim.h
 *		The little of a backend that parsers lean on, so that a fuzzer can link
 *		them without one.
 */
#ifndef CONNECT_FUZZ_SHIM_H
#define CONNECT_FUZZ_SHIM_H

#include <setjmp.h>

/* Where errfinish() jumps, and what was raised. */
extern sigjmp_buf shim_raised;
extern int	shim_sqlstate;

/* What request_setting_object() reads. */
extern const char *shim_setting;

extern bytea *shim_bytea(const uint8 *data, size_t size);
extern char *shim_string(const uint8 *data, size_t size);
extern void shim_reset(void);

/* Ends the run with a report unless a promise of the parser's holds. */
#define PROMISE(condition) \
	do { \
		if (!(condition)) \
		{ \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, \
					#condition); \
			__builtin_trap(); \
		} \
	} while (0)

/* Runs a statement that may raise; false if it did. */
#define RUN(statement) \
	(sigsetjmp(shim_raised, 0) == 0 ? \
	 (shim_sqlstate = 0, (statement), true) : false)

extern int	LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

#endif							/* CONNECT_FUZZ_SHIM_H */
