/*
 * call.h
 *		A call of may_see() or is_allowed(), as the planner meets it.
 */
#ifndef CONNECT_GATE_CALL_H
#define CONNECT_GATE_CALL_H

#include "nodes/pathnodes.h"

typedef struct GateCall
{
	Node	   *column;			/* whose data */
	Node	   *destination;	/* who asks, or NULL for whoever is acting */
	Node	   *scope;
	bool		with_own;		/* does it pass one's own? */
	Oid			type;			/* of column */
} GateCall;

extern bool gate_call_read(List *args, GateCall *call);
extern double gate_call_count(PlannerInfo *root, const GateCall *call);
extern bool gate_call_selectivity(PlannerInfo *root, const GateCall *call,
								  int relid, Selectivity *selectivity);

#endif							/* CONNECT_GATE_CALL_H */
