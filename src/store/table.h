/*
 * table.h
 *		A table of the store, as C knows it.
 *
 * Whoever owns a table writes its columns once, as a list of this form:
 *
 *		#define NOTE_COLUMNS(COLUMN, context) \
 *			COLUMN(context, NOTE_TITLE, title, TEXT, NOT_NULL, "title") \
 *			...
 *
 * with the column's number, the member of the struct that holds a row, the
 * kind, whether it may be null or absent, and the name.  The macros below make
 * the rest of it: the numbers, the struct, the StoreColumns, and the reading of
 * a row.
 */
#ifndef CONNECT_STORE_TABLE_H
#define CONNECT_STORE_TABLE_H

#include "access/htup.h"
#include "catalog/pg_type_d.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"

/* The most columns that a table of ours may have. */
#define STORE_MAX_COLUMNS 32

/* What the values of a column are to C. */
typedef enum StoreKind
{
	STORE_TEXT,
	STORE_TEXTS,				/* an array of text */
	STORE_TIME,
	STORE_TERM,					/* a time until which; null is for ever */
	STORE_BOOLEAN,
	STORE_BYTES,
	STORE_INTEGER,
	STORE_XID,					/* a full transaction id */
	STORE_NAME,
	STORE_RELATION,				/* a regclass */
	STORE_STATE,				/* an enum whose labels C numbers: label.h */
	STORE_LABEL					/* an enum or a text, read as text */
} StoreKind;

typedef struct StoreColumn
{
	const char *name;
	StoreKind	kind;
	int			presence;		/* NOT_NULL, NULLABLE, with or without ADDED */
	size_t		offset;			/* of the member in the struct of a row */
} StoreColumn;

typedef struct StoreTable
{
	const char *name;
	const StoreColumn *columns;
	int			ncolumns;

	/* found at first use; valid until the relation changes */
	bool		valid;
	Oid			relid;
	Oid			owner;
	AttrNumber	attnums[STORE_MAX_COLUMNS];
	uint64		absent;			/* a bit for each column that an older store
								 * lacks */
	bool		outdated;		/* it lacks one, or has not filled it */
	bool		used;
	struct StoreTable *next;	/* of those that were used */
} StoreTable;

/* One row, its columns in the order of the list. */
typedef struct StoreRow
{
	Datum		values[STORE_MAX_COLUMNS];
	bool		nulls[STORE_MAX_COLUMNS];
} StoreRow;

/* Columns as bits: one of them, and all of a table. */
#define STORE_BIT(column) (UINT64CONST(1) << (column))
#define STORE_ALL_COLUMNS (~UINT64CONST(0))

#define STORE_TABLE(name, columns) {(name), (columns), lengthof(columns)}

/*
 * Whether a column may be null, and whether a store of an earlier version may
 * lack it: then it reads as null, and nobody writes to the table.
 */
#define NOT_NULL 0
#define NULLABLE 1
#define ADDED 2

/* The number of a column, for an enum. */
#define STORE_COLUMN_NUMBER(context, number, member, kind, null, name) number,

/* The member of a column, for a struct. */
#define STORE_COLUMN_MEMBER(context, number, member, kind, null, name) \
	STORE_MEMBER_##kind member;

/* The StoreColumn of a column; context is the struct. */
#define STORE_COLUMN_INFO(context, number, member, kind, null, name) \
	[number] = {name, STORE_##kind, null, offsetof(context, member)},

/* The same, if no struct holds the rows. */
#define STORE_COLUMN_BARE(context, number, member, kind, null, name) \
	[number] = {name, STORE_##kind, null, 0},

/*
 * Reads a column of the StoreRow "from" into a struct, to which context points.
 * A null is read as NULL, false, 0, or the time before all times.
 */
#define STORE_COLUMN_READ(context, number, member, kind, null, name) \
	(context)->member = from->nulls[number] ? STORE_NULL_##kind : \
		STORE_VALUE_##kind(from->values[number]);

/*
 * Writes a member of a struct, to which context points, into a column of the
 * StoreRow "to".  In a nullable column the value that stands for null becomes
 * null.
 */
#define STORE_COLUMN_WRITE(context, number, member, kind, null, name) \
	to->nulls[number] = ((null) & NULLABLE) != 0 && \
		(context)->member == STORE_NULL_##kind; \
	to->values[number] = STORE_DATUM_##kind((context)->member);

#define STORE_MEMBER_TEXT text *
#define STORE_MEMBER_TEXTS ArrayType *
#define STORE_MEMBER_TIME TimestampTz
#define STORE_MEMBER_TERM TimestampTz
#define STORE_MEMBER_BOOLEAN bool
#define STORE_MEMBER_STATE int
#define STORE_MEMBER_LABEL text *
#define STORE_MEMBER_BYTES bytea *
#define STORE_MEMBER_XID uint64
#define STORE_MEMBER_NAME Name
#define STORE_MEMBER_RELATION Oid

#define STORE_NULL_TEXT NULL
#define STORE_NULL_TEXTS NULL
#define STORE_NULL_TIME DT_NOBEGIN
#define STORE_NULL_TERM DT_NOEND
#define STORE_NULL_BOOLEAN false
#define STORE_NULL_STATE 0
#define STORE_NULL_LABEL NULL
#define STORE_NULL_BYTES NULL
#define STORE_NULL_XID 0
#define STORE_NULL_NAME NULL
#define STORE_NULL_RELATION InvalidOid

/* A file whose table has a state defines STORE_VALUE_STATE, which reads it. */
#define STORE_VALUE_TEXT(datum) DatumGetTextPP(datum)
#define STORE_VALUE_TEXTS(datum) DatumGetArrayTypeP(datum)
#define STORE_VALUE_TIME(datum) DatumGetTimestampTz(datum)
#define STORE_VALUE_TERM(datum) DatumGetTimestampTz(datum)
#define STORE_VALUE_BOOLEAN(datum) DatumGetBool(datum)
#define STORE_VALUE_LABEL(datum) DatumGetTextPP(datum)
#define STORE_VALUE_BYTES(datum) DatumGetByteaPP(datum)
#define STORE_VALUE_XID(datum) \
	U64FromFullTransactionId(DatumGetFullTransactionId(datum))
#define STORE_VALUE_NAME(datum) DatumGetName(datum)
#define STORE_VALUE_RELATION(datum) DatumGetObjectId(datum)

#define STORE_DATUM_TEXT(value) PointerGetDatum(value)
#define STORE_DATUM_TEXTS(value) PointerGetDatum(value)
#define STORE_DATUM_TIME(value) TimestampTzGetDatum(value)
#define STORE_DATUM_TERM(value) TimestampTzGetDatum(value)
#define STORE_DATUM_LABEL(value) PointerGetDatum(value)
#define STORE_DATUM_BYTES(value) PointerGetDatum(value)
#define STORE_DATUM_NAME(value) NameGetDatum(value)
#define STORE_DATUM_RELATION(value) ObjectIdGetDatum(value)
#define STORE_DATUM_XID(value) \
	FullTransactionIdGetDatum(FullTransactionIdFromU64(value))

/* Is a column one of these? */
static inline bool
store_is_given(uint64 columns, int column)
{
	return (columns & STORE_BIT(column)) != 0;
}

extern void store_table_init(void);
extern void store_watch_relations(void (*changed) (Oid relid));
extern void store_set_main_table(StoreTable *table);
extern bool store_exists(void);
extern Oid	store_owner(void);
extern bool store_main_readable(void);
extern bool store_readable(StoreTable *table);
extern Oid	store_relation_id(StoreTable *table);
extern AttrNumber store_column(StoreTable *table, int column);
extern uint64 store_absent_columns(StoreTable *table);
extern void store_require_current(StoreTable *table);
extern Relation store_open_table(StoreTable *table);
extern StoreRow *store_fetch_all(StoreTable *table, int *count);
extern void store_deform(StoreTable *table, HeapTuple tuple, TupleDesc desc,
						 StoreRow *row);
extern char *store_select_list(const StoreTable *table, const char *alias);

#endif							/* CONNECT_STORE_TABLE_H */
