/*
 * visible.h
 *		All organizations at once whose data another one may see.
 */
#ifndef CONNECT_GATE_VISIBLE_H
#define CONNECT_GATE_VISIBLE_H

#include "gate/ids.h"
#include "utils/array.h"

/* So few ids are noted one by one when they are counted. */
#define VISIBLE_FEW 16

/* How many there are, as a plan wants to know it. */
typedef struct VisibleCount
{
	double		count;			/* at least that of ids */
	int			nids;			/* how many stand here: all, or none */
	IdBuffer	ids[VISIBLE_FEW];
} VisibleCount;

/*
 * scope may be NULL, for any; with_own adds the destination itself, whether
 * or not it shares with itself
 */
extern ArrayType *visible_array(const text *destination, const text *scope,
								bool with_own, Oid type);
extern const VisibleCount *visible_count(const text *destination,
										 const text *scope, bool with_own);

#endif							/* CONNECT_GATE_VISIBLE_H */
