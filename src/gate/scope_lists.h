/*
 * scope_lists.h
 *		Lists of scopes, kept once each.
 */
#ifndef CONNECT_GATE_SCOPE_LISTS_H
#define CONNECT_GATE_SCOPE_LISTS_H

#include "utils/array.h"

typedef struct ScopeLists ScopeLists;

/* The number that stands for no list. */
#define SCOPE_LIST_NONE 0

extern ScopeLists *scope_lists_create(MemoryContext context);
extern int	scope_lists_keep(ScopeLists *lists, const ArrayType *scopes);
extern bool scope_lists_grant(ScopeLists *lists, int list, const text *scope);

#endif							/* CONNECT_GATE_SCOPE_LISTS_H */
