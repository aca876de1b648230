/*
 * errors.c
 *		The only file with SQLSTATEs and messages.
 *
 * A message is a constant, for PostgREST copies that of a PTnnn error into the
 * HTTP status line as it is; what the caller sent stands in DETAIL.
 */
#include "postgres.h"

#include "errors.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

/* PostgREST turns PTnnn into the HTTP status nnn. */
#define ERRCODE_HTTP(a, b, c) MAKE_SQLSTATE('P', 'T', a, b, c)

/* Longest part of a caller's value that DETAIL repeats, in bytes. */
#define EXCERPT_LENGTH 80

typedef struct ErrorKind
{
	const char *code;
	int			sqlstate;
	const char *message;
} ErrorKind;

static const ErrorKind kinds[] = {
	[ERROR_PARAMETER_MISSING] = {"parameter_missing", ERRCODE_INVALID_PARAMETER_VALUE, "required value is missing"},
	[ERROR_PARAMETER_INVALID] = {"parameter_invalid", ERRCODE_INVALID_PARAMETER_VALUE, "value is invalid"},
	[ERROR_NOT_AUTHENTICATED] = {"not_authenticated", ERRCODE_HTTP('4', '0', '1'), "must be authenticated"},
	[ERROR_PERMISSION_MISSING] = {"permission_missing", ERRCODE_INSUFFICIENT_PRIVILEGE, "API key lacks the permission"},
	[ERROR_WRONG_PARTY] = {"wrong_party", ERRCODE_INSUFFICIENT_PRIVILEGE, "organization may not take this action"},
	[ERROR_NOT_FOUND] = {"not_found", ERRCODE_HTTP('4', '0', '4'), "connection not found"},
	[ERROR_CONNECTION_EXISTS] = {"connection_exists", ERRCODE_UNIQUE_VIOLATION, "connection already exists"},
	[ERROR_CONNECTION_NOT_PENDING] = {"connection_not_pending", ERRCODE_HTTP('4', '0', '9'), "connection cannot be activated"},
	[ERROR_CONNECTION_INACTIVE] = {"connection_inactive", ERRCODE_HTTP('4', '0', '9'), "connection cannot be deactivated"},
	[ERROR_CONNECTION_NOT_INACTIVE] = {"connection_not_inactive", ERRCODE_HTTP('4', '0', '9'), "connection cannot be reactivated"},
	[ERROR_SCOPES_CHANGED] = {"scopes_changed", ERRCODE_HTTP('4', '0', '9'), "connection cannot be activated"},
	[ERROR_TRANSITION_NOT_ALLOWED] = {"transition_not_allowed", ERRCODE_HTTP('4', '0', '9'), "connection cannot be changed this way"},
	[ERROR_ORGANIZATION_UNKNOWN] = {"organization_unknown", ERRCODE_HTTP('4', '2', '2'), "organization is unknown"},
	[ERROR_SCOPE_UNKNOWN] = {"scope_unknown", ERRCODE_HTTP('4', '2', '2'), "scope is unknown"},
	[ERROR_SCOPES_EMPTY] = {"scopes_empty", ERRCODE_HTTP('4', '2', '2'), "list of scopes is empty"},
	[ERROR_NAME_TOO_LONG] = {"name_too_long", ERRCODE_HTTP('4', '2', '2'), "name is too long"},
	[ERROR_REASON_TOO_LONG] = {"reason_too_long", ERRCODE_HTTP('4', '2', '2'), "reason is too long"},
	[ERROR_ACTOR_TOO_LONG] = {"actor_too_long", ERRCODE_HTTP('4', '2', '2'), "actor id is too long"},
	[ERROR_DELETE_REFUSED] = {"delete_refused", ERRCODE_RESTRICT_VIOLATION, "connections cannot be deleted"},
	[ERROR_TRUNCATE_REFUSED] = {"truncate_refused", ERRCODE_RESTRICT_VIOLATION, "connections cannot be truncated"},
	[ERROR_IDENTITY_CHANGED] = {"identity_changed", ERRCODE_RESTRICT_VIOLATION, "connection identity cannot be changed"},
	[ERROR_MUST_START_PENDING] = {"must_start_pending", ERRCODE_RESTRICT_VIOLATION, "connection must start as pending"},
	[ERROR_EVENT_CHANGED] = {"event_changed", ERRCODE_RESTRICT_VIOLATION, "events cannot be changed"},
	[ERROR_NOT_A_GATEWAY] = {"not_a_gateway", ERRCODE_INSUFFICIENT_PRIVILEGE, "login is not a gateway"},
	[ERROR_SHARING_NOT_ALLOWED] = {"sharing_not_allowed", ERRCODE_INSUFFICIENT_PRIVILEGE, "sharing is not allowed"},
	[ERROR_TABLE_UNSUITABLE] = {"table_unsuitable", ERRCODE_WRONG_OBJECT_TYPE, "relation cannot be shared"},
	[ERROR_TABLE_NOT_OWNED] = {"table_not_owned", ERRCODE_INSUFFICIENT_PRIVILEGE, "must be owner of the table"},
	[ERROR_TABLE_SHARED] = {"table_shared", ERRCODE_DUPLICATE_OBJECT, "table is already shared"},
	[ERROR_TABLE_NOT_SHARED] = {"table_not_shared", ERRCODE_UNDEFINED_OBJECT, "table is not shared"},
	[ERROR_COLUMN_UNKNOWN] = {"column_unknown", ERRCODE_UNDEFINED_COLUMN, "column does not exist"},
	[ERROR_COLUMN_UNSUITABLE] = {"column_unsuitable", ERRCODE_DATATYPE_MISMATCH, "column cannot hold an organization id"},
	[ERROR_STORE_MISSING] = {"store_missing", ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "connect store does not exist"},
	[ERROR_STORE_EXISTS] = {"store_exists", ERRCODE_DUPLICATE_TABLE, "connect store already exists"},
	[ERROR_STORE_IN_EXTENSION] = {"store_in_extension", ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "connect store cannot be created inside an extension"},
	[ERROR_ENCODING] = {"encoding", ERRCODE_FEATURE_NOT_SUPPORTED, "connect requires a database in UTF8"},
};

void
error_raise(ErrorCode code, const char *field, const char *hint, const char *detail,...)
{
	StringInfoData text;
	const ErrorKind *kind = &kinds[code];

	initStringInfo(&text);
	for (;;)
	{
		va_list		args;
		int			needed;

		va_start(args, detail);
		needed = appendStringInfoVA(&text, detail, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&text, needed);
	}

	ereport(ERROR,
			(errcode(kind->sqlstate),
			 errmsg_internal("%s", kind->message),
			 errdetail_internal("%s", text.data),
			 hint != NULL ? errhint("%s", hint) : 0,
			 err_generic_string(PG_DIAG_SCHEMA_NAME, "connect"),
			 field != NULL ? err_generic_string(PG_DIAG_COLUMN_NAME, field) : 0,
			 err_generic_string(PG_DIAG_CONSTRAINT_NAME, kind->code)));
}

/*
 * Returns a caller's value as DETAIL may repeat it: cut to a length that a log
 * can bear, at a character's end.  In the current memory context.
 */
const char *
error_excerpt(const char *value, int len)
{
	if (len <= EXCERPT_LENGTH)
		return pnstrdup(value, len);
	return psprintf("%.*s...", pg_mbcliplen(value, len, EXCERPT_LENGTH), value);
}
