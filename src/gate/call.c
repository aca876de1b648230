/*
 * call.c
 *		How many rows a call of may_see() or is_allowed() passes.
 *
 * That is what an estimate is made for, and nothing here raises: where the
 * store cannot be read, or it is not known who will ask, there is none.  The
 * work is bounded: see visible.c.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "connection/rows.h"
#include "gate/call.h"
#include "gate/pair.h"
#include "gate/visible.h"
#include "identity/principal.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "scope/rows.h"
#include "utils/selfuncs.h"
#include "utils/snapmgr.h"
#include "utils/typcache.h"

/*
 * Takes the arguments of a call apart; false if the first one is of no type
 * that ids have.
 */
bool
gate_call_read(List *args, GateCall *call)
{
	call->column = linitial(args);
	call->with_own = list_length(args) == 2;
	call->destination = call->with_own ? NULL : lsecond(args);
	call->scope = llast(args);
	call->type = exprType(call->column);
	return ids_have_type(call->type);
}

/* Finds the text that an expression is likely to be; false if it is unknown. */
static bool
guess_text(PlannerInfo *root, Node *expression, const text **value)
{
	Node	   *guess = estimate_expression_value(root, expression);
	Const	   *constant = (Const *) guess;

	if (!IsA(guess, Const) || constant->consttype != TEXTOID)
		return false;
	*value = constant->constisnull ? NULL :
		DatumGetTextPP(constant->constvalue);
	return true;
}

/* Can all be read that a count is made from? */
static bool
count_possible(void)
{
	return ActiveSnapshotSet() && principal_readable() &&
		store_readable(&connection_table) && store_readable(&scope_table);
}

/*
 * Counts the organizations whose data a call passes, for whoever is acting now;
 * NULL if that is not known.
 */
static const VisibleCount *
count_visible(PlannerInfo *root, const GateCall *call)
{
	static VisibleCount none = {0};
	const text *destination = NULL;
	const text *scope;
	bool		known;

	if (!count_possible())
		return NULL;
	if (!guess_text(root, call->scope, &scope))
		scope = NULL;			/* any scope, to be on the safe side */
	else if (scope == NULL && call->with_own)
		scope = cstring_to_text("");	/* one by which nobody shares */
	/* policies hand over who is acting as the result of a sub-select */
	known = call->destination != NULL &&
		guess_text(root, call->destination, &destination);
	if (!known)
	{
		destination = principal_reader();
		if (destination == NULL && principal_is_trusted())
			return NULL;
	}
	if (!pair_has_id_length(destination))
		return &none;
	return visible_count(destination, scope, call->with_own);
}

/* Returns the number of organizations that a call passes, at least 1. */
double
gate_call_count(PlannerInfo *root, const GateCall *call)
{
	const VisibleCount *count = count_visible(root, call);

	return count == NULL ? VISIBLE_FEW : Max(1.0, count->count);
}

/* Adds up which parts of the rows a few organizations have. */
static double
add_parts(VariableStatData *column, const VisibleCount *count, Oid type)
{
	Oid			equal = lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr;
	double		sum = 0;

	for (int i = 0; i < count->nids; i++)
	{
		Datum		id;

		if (id_to_type(&count->ids[i].id, type, &id))
			sum += var_eq_const(column, equal, exprCollation(column->var), id,
								false, true, false);
	}
	return sum;
}

/* Returns the part of the rows whose column is null. */
static double
null_part(const VariableStatData *column)
{
	if (!HeapTupleIsValid(column->statsTuple))
		return 0;
	return ((Form_pg_statistic) GETSTRUCT(column->statsTuple))->stanullfrac;
}

/* Estimates which part of the rows have one of those that were counted. */
static Selectivity
estimate_part(VariableStatData *column, const VisibleCount *count, Oid type)
{
	bool		isdefault;
	double		owners = get_variable_numdistinct(column, &isdefault);

	if (count->nids > 0 && count->nids == count->count)
		return add_parts(column, count, type);
	return (1.0 - null_part(column)) * count->count / owners;
}

/*
 * Estimates which part of the rows a call passes: the organizations that are
 * visible, of those that the column has.  False if it is not known.
 */
bool
gate_call_selectivity(PlannerInfo *root, const GateCall *call, int relid,
					  Selectivity *selectivity)
{
	const VisibleCount *count = count_visible(root, call);
	VariableStatData column;
	bool		known;

	if (count == NULL)
		return false;
	examine_variable(root, call->column, relid, &column);
	known = column.rel != NULL;
	if (known)
	{
		*selectivity = estimate_part(&column, count, call->type);
		CLAMP_PROBABILITY(*selectivity);
	}
	ReleaseVariableStats(column);
	return known;
}
