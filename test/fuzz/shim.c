/*
 * shim.c
 *		Stands in for the backend functions that the parsers call: memory that
 *		is given back after each input, errors that jump back to the fuzzer,
 *		and a few constructors.
 *
 * JSON, character sets and string buffers are PostgreSQL's own, from
 * libpgcommon and libpgport.  Every allocation is a malloc of its own and of
 * exactly the size asked for, so that ASan sees a read or write past its end.
 */
#include "postgres.h"

#include "base/values.h"
#include "identity/request_setting.h"
#include "json/reader.h"
#include "mb/pg_wchar.h"
#include "nodes/pg_list.h"
#include "resource/resource.h"
#include "shim.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

sigjmp_buf	shim_raised;
int			shim_sqlstate;
const char *shim_setting;

/* An allocation stands behind a pointer to the one before. */
typedef struct Chunk
{
	struct Chunk *previous;
	struct Chunk *next;
	void	   *memory;
} Chunk;

static Chunk *chunks = NULL;

/* Finds who keeps an allocation: the newest are asked for most. */
static Chunk *
find_chunk(void *memory)
{
	Chunk	   *chunk = chunks;

	while (chunk != NULL && chunk->memory != memory)
		chunk = chunk->previous;
	PROMISE(chunk != NULL);
	return chunk;
}

void *
palloc(Size size)
{
	Chunk	   *chunk = malloc(sizeof(Chunk));

	/* more than this a backend refuses */
	PROMISE(size <= 0x3fffffff);
	chunk->memory = malloc(size);
	chunk->previous = chunks;
	chunk->next = NULL;
	if (chunks != NULL)
		chunks->next = chunk;
	chunks = chunk;
	return chunk->memory;
}

void *
palloc0(Size size)
{
	return memset(palloc(size), 0, size);
}

void *
repalloc(void *memory, Size size)
{
	Chunk	   *chunk = find_chunk(memory);

	return chunk->memory = realloc(memory, size);
}

void
pfree(void *memory)
{
	Chunk	   *chunk = find_chunk(memory);

	if (chunk->next != NULL)
		chunk->next->previous = chunk->previous;
	else
		chunks = chunk->previous;
	if (chunk->previous != NULL)
		chunk->previous->next = chunk->next;
	free(chunk->memory);
	free(chunk);
}

char *
pnstrdup(const char *string, Size len)
{
	size_t		used = strnlen(string, len);
	char	   *copy = palloc(used + 1);

	copy[used] = '\0';
	return memcpy(copy, string, used);
}

char *
pstrdup(const char *string)
{
	return pnstrdup(string, strlen(string));
}

/* Frees all that an input has left. */
void
shim_reset(void)
{
	while (chunks != NULL)
		pfree(chunks->memory);
}

/* What goes wrong in libpgcommon's functions, which know no ereport(). */
void
pg_log_generic(int level, int part, const char *format,...)
{
	PROMISE(false);
}

/* ereport() */

bool
errstart(int elevel, const char *domain)
{
	return elevel >= ERROR;
}

bool
errstart_cold(int elevel, const char *domain)
{
	return errstart(elevel, domain);
}

void
errfinish(const char *filename, int lineno, const char *funcname)
{
	siglongjmp(shim_raised, 1);
}

int
errcode(int sqlerrcode)
{
	return shim_sqlstate = sqlerrcode;
}

/* Messages are read to their end, as a log would. */
static int
read_message(const char *format, va_list args)
{
	char		buffer[8192];

	PROMISE(vsnprintf(buffer, sizeof(buffer), format, args) <
			(int) sizeof(buffer));
	PROMISE(pg_encoding_verifymbstr(PG_UTF8, buffer, strlen(buffer)) ==
			(int) strlen(buffer));
	return 0;
}

#define MESSAGE_FUNCTION(name) \
int \
name(const char *format,...) \
{ \
	va_list		args; \
	va_start(args, format); \
	(void) read_message(format, args); \
	va_end(args); \
	return 0; \
}

MESSAGE_FUNCTION(errmsg)
MESSAGE_FUNCTION(errmsg_internal)
MESSAGE_FUNCTION(errdetail)
MESSAGE_FUNCTION(errhint)

int
err_generic_string(int field, const char *value)
{
	PROMISE(pg_encoding_verifymbstr(PG_UTF8, value, strlen(value)) ==
			(int) strlen(value));
	return 0;
}

/* Character sets: the database's is UTF8. */

bool
pg_verify_mbstr(int encoding, const char *string, int len, bool no_error)
{
	PROMISE(no_error);
	return pg_encoding_verifymbstr(encoding, string, len) == len;
}

int
pg_mbcliplen(const char *string, int len, int limit)
{
	int			clipped = 0;

	while (clipped < len)
	{
		int			next = pg_encoding_mblen(PG_UTF8, string + clipped);

		if (clipped + next > limit || clipped + next > len)
			break;
		clipped += next;
	}
	return clipped;
}

/* Constructors */

text *
cstring_to_text_with_len(const char *string, int len)
{
	text	   *result = palloc(VARHDRSZ + len);

	SET_VARSIZE(result, VARHDRSZ + len);
	memcpy(VARDATA(result), string, len);
	return result;
}

text *
cstring_to_text(const char *string)
{
	return cstring_to_text_with_len(string, strlen(string));
}

/* Keeps the number of elements, having looked at each. */
ArrayType *
construct_array(Datum *elements, int count, Oid type, int len, bool by_value,
				char align)
{
	ArrayType  *array = palloc0(sizeof(ArrayType));

	for (int i = 0; i < count; i++)
		array->ndim += VARSIZE_ANY_EXHDR(DatumGetPointer(elements[i])) >= 0;
	PROMISE(array->ndim == count);
	return array;
}

List *
lappend(List *list, void *datum)
{
	if (list == NIL)
		list = palloc0(sizeof(List));
	list->elements = list->elements == NULL ? palloc(sizeof(ListCell)) :
		repalloc(list->elements, (list->length + 1) * sizeof(ListCell));
	list->elements[list->length++].ptr_value = datum;
	return list;
}

bytea *
shim_bytea(const uint8 *data, size_t size)
{
	return cstring_to_text_with_len((const char *) data, size);
}

/* A string ends at the first NUL. */
char *
shim_string(const uint8 *data, size_t size)
{
	return pnstrdup((const char *) data, size);
}

/* As in request_setting.c, whose settings are a backend's. */
JsonValue *
request_setting_object(RequestSetting setting)
{
	JsonValue  *root = json_text_parse(shim_setting, strlen(shim_setting), 64);

	return root != NULL && root->kind == JSON_OBJECT ? root : NULL;
}

/*
 * What resource.c, linked for the names of fields and filters, needs to read
 * rows; a parser reads none.
 */

#define NEVER_CALLED(declaration) declaration { __builtin_trap(); }

NEVER_CALLED(bool store_fetch(StoreKey *key, const Datum *values,
							  StoreRow *row))
NEVER_CALLED(ListPage store_page(const PageQuery *query))
NEVER_CALLED(void value_require(const void *value, const char *field))
NEVER_CALLED(void value_require_id(const text *id, const char *field))
NEVER_CALLED(bool time_parse(const char *string, TimestampTz *time))
NEVER_CALLED(char *text_to_cstring(const text *value))
NEVER_CALLED(Snapshot GetTransactionSnapshot(void))
NEVER_CALLED(void PushActiveSnapshot(Snapshot snapshot))
NEVER_CALLED(void PopActiveSnapshot(void))
