/*
 * planner.c
 *		What the planner is told of may_see() and is_allowed(): how many rows
 *		they pass, what they cost, and by which index condition such rows are
 *		found.
 *
 * The condition is "column = ANY (array)", where the array is made when the
 * index is read, by functions of ours, for whoever asks then.  The call itself
 * stays as the filter, so the array may hold more than passes, and never less.
 * Those functions are declared VOLATILE, though within a snapshot they answer
 * alike: the planner would call them to look at the array, which may be long.
 *
 * So the planner does not know how long it is and takes it for ten elements;
 * cost_estimate() puts that right.
 */
#include "postgres.h"

#include <math.h>

#include "base/compat.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "gate/call.h"
#include "gate/ids.h"
#include "gate/planner.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/index_selfuncs.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* Where more of the rows pass, reading them all is better. */
#define MOST_ROWS 0.4

/* The elements that PostgreSQL expects of an array that it cannot see. */
#define EXPECTED_ELEMENTS 10.0

/*
 * What reading rows by our condition is charged of what PostgreSQL takes it to
 * cost.  It is certain what such rows cost.  A walk along another index that
 * ends as soon as enough rows have passed is a hope that they lie evenly, and
 * PostgreSQL charges it hardly more than once for each page of the table,
 * however many rows it leaves out, before the table is in memory too.
 */
#define CERTAIN_COST 0.5

/* What a call costs, in operators; and an element of an array, in rows. */
#define CALL_COST 20.0
#define ELEMENT_COST 4.0

/* What the first call of a statement costs: who asks, and the first look. */
#define FIRST_CALL_COST 100.0

/* Our support function, by which calls are known to be ours. */
static Oid	support_id = InvalidOid;

/* Returns one of our functions of this name, or InvalidOid. */
static Oid
find_function(const char *name, Oid namespace, int nargs)
{
	Oid			types[] = {TEXTOID, TEXTOID};

	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
						   CStringGetDatum(name),
						   PointerGetDatum(buildoidvector(types, nargs)),
						   ObjectIdGetDatum(namespace));
}

/*
 * Returns the function that makes the array for a call, or InvalidOid if there
 * is none that the current role may execute.
 */
static Oid
find_array_function(const GateCall *call, Oid namespace)
{
	const char *name = call->type == UUIDOID ? "visible_uuids" :
		call->type == INT4OID ? "visible_integers" :
		call->type == INT8OID ? "visible_bigints" : "visible_texts";
	Oid			function = call->with_own ? find_function(name, namespace, 1) :
		find_function("sources_of", namespace, 2);

	return OidIsValid(function) && may_execute(function, GetUserId()) ?
		function : InvalidOid;
}

/* Makes the expression that is the array. */
static Node *
make_array(const GateCall *call, Oid function)
{
	List	   *args = call->with_own ? list_make1(call->scope) :
		list_make2(call->destination, call->scope);

	return (Node *) makeFuncExpr(function, ids_array_type(call->type),
								 copyObject(args), InvalidOid,
								 DEFAULT_COLLATION_OID, COERCE_EXPLICIT_CALL);
}

/* Finds our call in a condition; false if it is another one. */
static bool
read_clause(Node *clause, GateCall *call)
{
	FuncExpr   *function = (FuncExpr *) clause;

	return IsA(clause, FuncExpr) &&
		get_func_support(function->funcid) == support_id &&
		gate_call_read(function->args, call);
}

/* Finds the call behind a condition on an index that is ours. */
static bool
read_index_clause(IndexClause *clause, GateCall *call)
{
	return clause->lossy && list_length(clause->indexquals) == 1 &&
		read_clause((Node *) clause->rinfo->clause, call);
}

/*
 * Costs the reading of an index by btcostestimate(), and puts right what that
 * made of an array of ours: the number of its elements and, by it, of rows.
 */
static void
cost_estimate(PlannerInfo *root, IndexPath *path, double loop_count,
			  Cost *startup, Cost *total, Selectivity *selectivity,
			  double *correlation, double *pages)
{
	Index		relid = path->indexinfo->rel->relid;
	ListCell   *lc;

	btcostestimate(root, path, loop_count, startup, total, selectivity,
				   correlation, pages);
	foreach(lc, path->indexclauses)
	{
		IndexClause *clause = lfirst_node(IndexClause, lc);
		GateCall	call;
		double		elements;
		Selectivity guessed;
		Selectivity ours;

		if (!read_index_clause(clause, &call))
			continue;
		elements = gate_call_count(root, &call);
		guessed = clause_selectivity(root, linitial(clause->indexquals), relid,
									 JOIN_INNER, NULL);
		ours = clause_selectivity(root, (Node *) clause->rinfo, relid,
								  JOIN_INNER, NULL);
		if (guessed > 0)
			*selectivity = Min(1.0, *selectivity * CERTAIN_COST *
							   ours / guessed);
		*total = *startup + (*total - *startup) * elements / EXPECTED_ELEMENTS;
		*pages = Min(path->indexinfo->pages,
					 ceil(*pages * elements / EXPECTED_ELEMENTS));
		*startup += ELEMENT_COST * cpu_tuple_cost * elements;
		*total += ELEMENT_COST * cpu_tuple_cost * elements;
	}
}

/* Can an array be looked for in this column of the index? */
static bool
index_takes_array(const SupportRequestIndexCondition *request)
{
	const IndexOptInfo *index = request->index;

	return index->relam == BTREE_AM_OID && index->amsearcharray &&
		(request->indexcol == 0 || ARRAYS_KEEP_INDEX_ORDER);
}

/* Do the other arguments hold still while the index is read? */
static bool
is_constant_for_index(SupportRequestIndexCondition *request, Node *argument)
{
	return argument == NULL ||
		is_pseudo_constant_for_index(request->root, argument, request->index);
}

/*
 * Makes the condition by which an index finds the rows that a call passes, or
 * nothing.
 */
static List *
make_condition(SupportRequestIndexCondition *request)
{
	FuncExpr   *function = (FuncExpr *) request->node;
	GateCall	call;
	Oid			array;
	Oid			equal;
	Selectivity selectivity;
	ScalarArrayOpExpr *condition;

	if (!IsA(function, FuncExpr) || request->indexarg != 0 ||
		!gate_call_read(function->args, &call) || !index_takes_array(request) ||
		!is_constant_for_index(request, call.scope) ||
		!is_constant_for_index(request, call.destination))
		return NIL;
	equal = get_opfamily_member(request->opfamily, call.type, call.type,
								BTEqualStrategyNumber);
	array = find_array_function(&call, get_func_namespace(request->funcid));
	if (!OidIsValid(equal) || !OidIsValid(array))
		return NIL;
	if (gate_call_selectivity(request->root, &call, 0, &selectivity) &&
		selectivity > MOST_ROWS)
		return NIL;

	condition = makeNode(ScalarArrayOpExpr);
	condition->opno = equal;
	condition->opfuncid = get_opcode(equal);
	condition->useOr = true;
	condition->inputcollid = request->indexcollation;
	condition->args = list_make2(copyObject(call.column),
								 make_array(&call, array));
	condition->location = -1;

	/* who may execute the array's function was asked for this role only */
	request->root->glob->dependsOnRole = true;
	if (request->index->amcostestimate == (void *) btcostestimate)
		request->index->amcostestimate = (void *) cost_estimate;
	request->lossy = true;
	return list_make1(condition);
}

/* Estimates which part of the rows passes; false if that is not known. */
static bool
estimate_selectivity(SupportRequestSelectivity *request)
{
	GateCall	call;

	return gate_call_read(request->args, &call) &&
		gate_call_selectivity(request->root, &call, request->varRelid,
							  &request->selectivity);
}

/*
 * Answers what the planner asks about a call of may_see() or is_allowed(); NULL
 * where we know no more than it does.  Raises nothing.
 */
Node *
planner_support(Node *request, Oid support)
{
	support_id = support;
	if (IsA(request, SupportRequestSelectivity))
		return estimate_selectivity((SupportRequestSelectivity *) request) ?
			request : NULL;
	if (IsA(request, SupportRequestCost))
	{
		SupportRequestCost *cost = (SupportRequestCost *) request;

		cost->startup = FIRST_CALL_COST * cpu_operator_cost;
		cost->per_tuple = CALL_COST * cpu_operator_cost;
		return request;
	}
	if (IsA(request, SupportRequestIndexCondition))
		return (Node *)
			make_condition((SupportRequestIndexCondition *) request);
	return NULL;
}
