/*
 * compat.h
 *		The differences between the PostgreSQL majors that connect supports,
 *		each behind a name that says what is meant.
 */
#ifndef CONNECT_BASE_COMPAT_H
#define CONNECT_BASE_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "connect requires PostgreSQL 15 or later"
#endif

/*
 * connect leans on more than the compiler can check: what decides which rows a
 * snapshot sees, how an index is read, what the planner asks.  So it does not
 * build for a major that nobody has looked at; doc/contributing.md says how to
 * add one.
 */
#if PG_VERSION_NUM >= 200000 && !defined(CONNECT_PORTING)
#error "connect has not been tested with this PostgreSQL major"
#endif

/* Since 16 what takes values of variable length apart has its own header. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* Since 16 the callbacks of the JSON parser return whether they failed. */
#if PG_VERSION_NUM >= 160000
#define JSON_ACTION_RESULT JsonParseErrorType
#define JSON_ACTION_RETURN return JSON_SUCCESS
#else
#define JSON_ACTION_RESULT void
#define JSON_ACTION_RETURN return
#endif

/*
 * Before 16 all settings stand in one sorted array, since then in a hash table.
 */
#if PG_VERSION_NUM < 160000
#define SETTINGS_ARE_SEARCHED
#endif

/* Since 16 one function tells who owns an object, whatever its kind. */
#if PG_VERSION_NUM >= 160000
#define owns_relation(relid, role) \
	object_ownercheck(RelationRelationId, (relid), (role))
#else
#define owns_relation(relid, role) pg_class_ownercheck((relid), (role))
#endif

/* 16: one function tells who may do what with an object. */
#if PG_VERSION_NUM >= 160000
#define may_execute(function, role) \
	(object_aclcheck(ProcedureRelationId, (function), (role), ACL_EXECUTE) == \
	 ACLCHECK_OK)
#else
#define may_execute(function, role) \
	(pg_proc_aclcheck((function), (role), ACL_EXECUTE) == ACLCHECK_OK)
#endif

#if PG_VERSION_NUM >= 160000
#define may_create_in(schema, role) \
	(object_aclcheck(NamespaceRelationId, (schema), (role), ACL_CREATE) == \
	 ACLCHECK_OK)
#else
#define may_create_in(schema, role) \
	(pg_namespace_aclcheck((schema), (role), ACL_CREATE) == ACLCHECK_OK)
#endif

/* Since 16 membership can be granted without the right to SET ROLE. */
#if PG_VERSION_NUM >= 160000
#define require_set_role(member, role) check_can_set_role((member), (role))
#else
#define require_set_role(member, role) check_is_member_of_role((member), (role))
#endif

/*
 * 17: B-trees return rows in the index's order also where an array is looked
 * for in a column behind the first.
 */
#define ARRAYS_KEEP_INDEX_ORDER (PG_VERSION_NUM >= 170000)

/* 18: a module tells its name and version to pg_get_loaded_modules(). */
#if PG_VERSION_NUM < 180000
#define PG_MODULE_MAGIC_EXT(...) PG_MODULE_MAGIC
#endif

/* 18: an index scan can be instrumented; 19: a scan takes flags. */
#if PG_VERSION_NUM >= 190000
#define index_begin(rel, index, snapshot, nkeys) \
	index_beginscan((rel), (index), (snapshot), NULL, (nkeys), 0, SO_NONE)
#elif PG_VERSION_NUM >= 180000
#define index_begin(rel, index, snapshot, nkeys) \
	index_beginscan((rel), (index), (snapshot), NULL, (nkeys), 0)
#else
#define index_begin(rel, index, snapshot, nkeys) \
	index_beginscan((rel), (index), (snapshot), (nkeys), 0)
#endif

#if PG_VERSION_NUM >= 190000
#define table_begin(rel, snapshot, nkeys, keys) \
	table_beginscan((rel), (snapshot), (nkeys), (keys), SO_NONE)
#else
#define table_begin(rel, snapshot, nkeys, keys) \
	table_beginscan((rel), (snapshot), (nkeys), (keys))
#endif

/* 16: backends' states are asked for by a number that is called an index. */
#if PG_VERSION_NUM >= 160000
#define fetch_local_backend(n) pgstat_get_local_beentry_by_index(n)
#else
#define fetch_local_backend(n) pgstat_fetch_stat_local_beentry(n)
#endif

/*
 * Since 18 the word for a function that does not return is pg_noreturn, and it
 * stands in front of the declaration.
 */
#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

/* Since 17 the caller may allocate the JSON lexer; NULL leaves that to it. */
#if PG_VERSION_NUM >= 170000
#define json_lexer(json, len) \
	makeJsonLexContextCstringLen(NULL, (json), (len), PG_UTF8, true)
#else
#define json_lexer(json, len) \
	makeJsonLexContextCstringLen((json), (len), PG_UTF8, true)
#endif

/*
 * Enters a new row, whose key in some indexes may be taken, in all of them.
 * 16: a row can go into summarizing indexes only; 19: that and the like are
 * flags.
 */
#if PG_VERSION_NUM >= 190000
#define insert_index_tuples(result, slot, estate, taken, arbiters) \
	ExecInsertIndexTuples((result), (estate), EIIT_NO_DUPE_ERROR, (slot), \
						  (arbiters), (taken))
#elif PG_VERSION_NUM >= 160000
#define insert_index_tuples(result, slot, estate, taken, arbiters) \
	ExecInsertIndexTuples((result), (slot), (estate), false, true, (taken), \
						  (arbiters), false)
#else
#define insert_index_tuples(result, slot, estate, taken, arbiters) \
	ExecInsertIndexTuples((result), (slot), (estate), false, true, (taken), \
						  (arbiters))
#endif

/* 16: evaluating a plan anew for one row takes a list of tables. */
#if PG_VERSION_NUM >= 160000
#define init_epq(epq, estate) \
	EvalPlanQualInit((epq), (estate), NULL, NIL, -1, NIL)
#else
#define init_epq(epq, estate) EvalPlanQualInit((epq), (estate), NULL, NIL, -1)
#endif

#endif							/* CONNECT_BASE_COMPAT_H */
