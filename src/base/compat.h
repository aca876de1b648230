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

/* 16: the JSON parser's callbacks report errors instead of raising them. */
#if PG_VERSION_NUM >= 160000
#define JSON_ACTION_RESULT JsonParseErrorType
#define JSON_ACTION_RETURN return JSON_SUCCESS
#else
#define JSON_ACTION_RESULT void
#define JSON_ACTION_RETURN return
#endif

/* Before 16: all settings stand in one sorted array, later in a hash table. */
#if PG_VERSION_NUM < 160000
#define SETTINGS_ARE_SEARCHED
#endif

/* 16: one function tells who owns an object, of whatever kind. */
#if PG_VERSION_NUM >= 160000
#define owns_relation(relid, role) \
	object_ownercheck(RelationRelationId, (relid), (role))
#else
#define owns_relation(relid, role) pg_class_ownercheck((relid), (role))
#endif

/* 18: an index scan can be instrumented. */
#if PG_VERSION_NUM >= 180000
#define index_begin(rel, index, snapshot, nkeys) \
	index_beginscan((rel), (index), (snapshot), NULL, (nkeys), 0)
#else
#define index_begin(rel, index, snapshot, nkeys) \
	index_beginscan((rel), (index), (snapshot), (nkeys), 0)
#endif

/* 16: backends' states are asked for by a number that is called an index. */
#if PG_VERSION_NUM >= 160000
#define fetch_local_backend(n) pgstat_get_local_beentry_by_index(n)
#else
#define fetch_local_backend(n) pgstat_fetch_stat_local_beentry(n)
#endif

/* 18: who does not return says so before the rest of its declaration. */
#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

/* 17: the JSON lexer can be allocated by its caller. */
#if PG_VERSION_NUM >= 170000
#define json_lexer(json, len) \
	makeJsonLexContextCstringLen(NULL, (json), (len), PG_UTF8, true)
#else
#define json_lexer(json, len) \
	makeJsonLexContextCstringLen((json), (len), PG_UTF8, true)
#endif

#endif							/* CONNECT_BASE_COMPAT_H */
