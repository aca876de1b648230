/*
 * scope_lists.c
 *		Lists of scopes, kept once each: most Connections share a few of them.
 */
#include "postgres.h"

#include "gate/access.h"
#include "gate/scope_lists.h"
#include "scope/rows.h"
#include "utils/memutils.h"

/* The most lists that are kept, so that a number fits 16 bits. */
#define MAX_LISTS (PG_UINT16_MAX - 1)

/* So many of the last ones that were new are looked at for the same. */
#define LISTS_COMPARED 16

struct ScopeLists
{
	MemoryContext context;
	ArrayType **lists;
	int			count;
	int			room;

	/* the last question, for most rows ask the same */
	int			asked_list;
	char		asked_scope[SCOPE_NAME_LENGTH];
	int			asked_scope_len;
	bool		granted;
};

/* Makes room for lists, which lives in this context as they do. */
ScopeLists *
scope_lists_create(MemoryContext context)
{
	ScopeLists *lists = MemoryContextAllocZero(context, sizeof(ScopeLists));

	lists->context = context;
	return lists;
}

/* Makes room for one more. */
static void
grow_lists(ScopeLists *lists)
{
	int			room = Max(64, lists->room * 2);
	Size		size = room * sizeof(ArrayType *);

	lists->lists = lists->lists == NULL ?
		MemoryContextAlloc(lists->context, size) :
		repalloc(lists->lists, size);
	lists->room = room;
}

/*
 * Returns the number of a list, keeping a copy if it is new; SCOPE_LIST_NONE if
 * there are too many.
 */
int
scope_lists_keep(ScopeLists *lists, const ArrayType *scopes)
{
	int			oldest = Max(0, lists->count - LISTS_COMPARED);
	Size		size = VARSIZE(scopes);

	for (int i = lists->count - 1; i >= oldest; i--)
	{
		if (VARSIZE(lists->lists[i]) == size &&
			memcmp(lists->lists[i], scopes, size) == 0)
			return i + 1;
	}
	if (lists->count == MAX_LISTS)
		return SCOPE_LIST_NONE;
	if (lists->count == lists->room)
		grow_lists(lists);
	lists->lists[lists->count] =
		memcpy(MemoryContextAlloc(lists->context, size), scopes, size);
	return ++lists->count;
}

/*
 * Does the list of this number grant a scope?  As access_grants(), asked once
 * for the same two.
 */
bool
scope_lists_grant(ScopeLists *lists, int list, const text *scope)
{
	int			len = scope == NULL ? 0 : VARSIZE_ANY_EXHDR(scope);

	if (list == SCOPE_LIST_NONE)
		return false;
	if (scope == NULL || len > SCOPE_NAME_LENGTH)
		return access_grants(lists->lists[list - 1], scope);
	if (lists->asked_list != list || lists->asked_scope_len != len ||
		memcmp(lists->asked_scope, VARDATA_ANY(scope), len) != 0)
	{
		memcpy(lists->asked_scope, VARDATA_ANY(scope), len);
		lists->asked_scope_len = len;
		lists->granted = access_grants(lists->lists[list - 1], scope);
		lists->asked_list = list;
	}
	return lists->granted;
}
