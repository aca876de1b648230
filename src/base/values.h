/*
 * values.h
 *		Checks of values from outside that are the same wherever these come
 *		in.
 */
#ifndef CONNECT_BASE_VALUES_H
#define CONNECT_BASE_VALUES_H

#include "base/errors.h"
#include "utils/array.h"

#define NAME_MAX_CHARS 255
#define REASON_MAX_CHARS 1000
#define ACTOR_MAX_CHARS 255

extern void value_require(const void *value, const char *field);
extern void value_require_id(const text *id, const char *field);
extern void value_check_length(const text *value, int limit, ErrorCode code,
							   const char *field);
extern void value_check_name(const text *name);
extern void value_require_name(const text *name);
extern ArrayType *value_sort_names(ArrayType *list, const char *field);
extern void value_compare_names(ArrayType *before, ArrayType *after,
								bool *added, bool *removed);

#endif							/* CONNECT_BASE_VALUES_H */
