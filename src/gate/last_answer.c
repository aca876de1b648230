/*
 * last_answer.c
 *		Remembers the last answer of may_see().
 *
 * A policy asks once a row, always by the same scope, and where an index finds
 * the rows by their owner, many times in turn for the same organization.  The
 * memo of pairs would search for that organization each time, which takes more
 * than such an index takes for the row.
 *
 * What is kept holds for a number of principal_reader_numbered(), under which
 * neither the reader nor what the snapshot sees has changed.  Only the clock
 * can change an answer then, and only from yes to no, so a yes that ends by
 * itself is not kept.
 */
#include "postgres.h"

#include "base/text.h"
#include "gate/last_answer.h"
#include "gate/pair.h"
#include "gate/pair_memo.h"
#include "scope/rows.h"

typedef struct LastAnswer
{
	uint64		number;			/* 0 for nothing */
	bool		usable;			/* may anybody share by the scope? */
	bool		answer;			/* may the organization be seen? */
	int			scope_len;
	int			organization_len;	/* 0 for none */
	char		scope[SCOPE_NAME_LENGTH];
	char		organization[ID_MAX_LENGTH];
} LastAnswer;

static LastAnswer last;

/* Is this what was kept? */
static inline bool
is_kept(const char *kept, int kept_len, const text *value)
{
	return VARSIZE_ANY_EXHDR(value) == kept_len &&
		memcmp(VARDATA_ANY(value), kept, kept_len) == 0;
}

/* May anybody share by this scope, as the active snapshot sees it? */
bool
last_answer_scope(uint64 number, const text *scope)
{
	if (last.number == number && is_kept(last.scope, last.scope_len, scope))
		return last.usable;
	if (VARSIZE_ANY_EXHDR(scope) > SCOPE_NAME_LENGTH)
		return false;

	last.number = 0;			/* in case of an error below */
	last.usable = scope_usable(scope);
	last.organization_len = 0;
	last.scope_len = VARSIZE_ANY_EXHDR(scope);
	memcpy(last.scope, VARDATA_ANY(scope), last.scope_len);
	last.number = number;
	return last.usable;
}

/*
 * May the reader see this organization's data by a scope that is usable, as the
 * active snapshot sees it?  Both ids are as long as ids may be.
 */
bool
last_answer_organization(const text *organization, const text *reader,
						 const text *scope)
{
	TimestampTz ends;
	bool		answer;

	if (last.organization_len > 0 &&
		is_kept(last.organization, last.organization_len, organization))
		return last.answer;

	last.organization_len = 0;
	answer = pair_memo_check(organization, reader, scope, &ends) ==
		ACCESS_ALLOWED;
	if (answer && ends != TERM_NEVER)
		return true;
	last.answer = answer;
	memcpy(last.organization, VARDATA_ANY(organization),
		   VARSIZE_ANY_EXHDR(organization));
	last.organization_len = VARSIZE_ANY_EXHDR(organization);
	return answer;
}
