/*
 * errors.c
 *		The only table of our errors: codes, SQLSTATEs, messages and titles.
 *
 * An error is raised where it happens, by ereport() with the parts that are
 * made here.  The message of a PTnnn error is a constant, because PostgREST
 * copies it into the HTTP status line as it is; DETAIL tells what the caller
 * sent.
 */
#include "postgres.h"

#include "base/errors.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

/* PostgREST turns PTnnn into the HTTP status nnn. */
#define ERRCODE_HTTP(a, b, c) MAKE_SQLSTATE('P', 'T', a, b, c)

/* DETAIL repeats at most so many bytes of a caller's value. */
#define EXCERPT_LENGTH 80

static const ErrorKind kinds[] = {
	[ERROR_PARAMETER_MISSING] = {"parameter_missing",
		ERRCODE_INVALID_PARAMETER_VALUE, "required value \"%s\" is missing",
		400},
	[ERROR_PARAMETER_INVALID] = {"parameter_invalid",
		ERRCODE_INVALID_PARAMETER_VALUE, "value of \"%s\" is invalid", 400},
	[ERROR_NOT_AUTHENTICATED] = {"not_authenticated",
		ERRCODE_HTTP('4', '0', '1'), "must be authenticated", 401},
	[ERROR_PERMISSION_MISSING] = {"permission_missing",
		ERRCODE_INSUFFICIENT_PRIVILEGE, "API key lacks the permission \"%s\"",
		403},
	[ERROR_WRONG_PARTY] = {"wrong_party", ERRCODE_INSUFFICIENT_PRIVILEGE,
		"organization may not take this action", 403},
	[ERROR_NOT_FOUND] = {"not_found", ERRCODE_HTTP('4', '0', '4'),
		"connection not found", 404, "Record not found"},
	[ERROR_CONNECTION_EXISTS] = {"connection_exists", ERRCODE_UNIQUE_VIOLATION,
		"connection already exists", 409, "Record not unique"},
	[ERROR_CONNECTION_NOT_PENDING] = {"connection_not_pending",
		ERRCODE_HTTP('4', '0', '9'), "connection cannot be activated", 409},
	[ERROR_CONNECTION_INACTIVE] = {"connection_inactive",
		ERRCODE_HTTP('4', '0', '9'), "connection cannot be deactivated", 409},
	[ERROR_CONNECTION_NOT_INACTIVE] = {"connection_not_inactive",
		ERRCODE_HTTP('4', '0', '9'), "connection cannot be reactivated", 409},
	[ERROR_SCOPES_CHANGED] = {"scopes_changed", ERRCODE_HTTP('4', '0', '9'),
		"connection cannot be activated", 409},
	[ERROR_TRANSITION_NOT_ALLOWED] = {"transition_not_allowed",
		ERRCODE_HTTP('4', '0', '9'), "connection cannot be changed this way",
		409},
	[ERROR_ORGANIZATION_UNKNOWN] = {"organization_unknown",
		ERRCODE_HTTP('4', '2', '2'), "organization is unknown", 422,
		"Record invalid"},
	[ERROR_ORGANIZATION_RETIRED] = {"organization_retired",
		ERRCODE_HTTP('4', '2', '2'), "organization is retired", 422,
		"Record invalid"},
	[ERROR_SCOPE_UNKNOWN] = {"scope_unknown", ERRCODE_HTTP('4', '2', '2'),
		"scope is unknown", 422, "Record invalid"},
	[ERROR_SCOPE_RETIRED] = {"scope_retired", ERRCODE_HTTP('4', '2', '2'),
		"scope is retired", 422, "Record invalid"},
	[ERROR_TERM_PAST] = {"term_past", ERRCODE_HTTP('4', '2', '2'),
		"term is in the past", 422, "Record invalid"},
	[ERROR_SCOPES_EMPTY] = {"scopes_empty", ERRCODE_HTTP('4', '2', '2'),
		"list of scopes is empty", 422, "Record invalid"},
	[ERROR_NAME_TOO_LONG] = {"name_too_long", ERRCODE_HTTP('4', '2', '2'),
		"name is too long", 422, "Record invalid"},
	[ERROR_REASON_TOO_LONG] = {"reason_too_long", ERRCODE_HTTP('4', '2', '2'),
		"reason is too long", 422, "Record invalid"},
	[ERROR_ACTOR_TOO_LONG] = {"actor_too_long", ERRCODE_HTTP('4', '2', '2'),
		"actor id is too long", 422, "Record invalid"},
	[ERROR_DELETE_REFUSED] = {"delete_refused", ERRCODE_RESTRICT_VIOLATION,
		"connections cannot be deleted"},
	[ERROR_TRUNCATE_REFUSED] = {"truncate_refused", ERRCODE_RESTRICT_VIOLATION,
		"connections cannot be truncated"},
	[ERROR_IDENTITY_CHANGED] = {"identity_changed", ERRCODE_RESTRICT_VIOLATION,
		"connection identity cannot be changed"},
	[ERROR_MUST_START_PENDING] = {"must_start_pending",
		ERRCODE_RESTRICT_VIOLATION, "connection must start as pending"},
	[ERROR_EVENT_CHANGED] = {"event_changed", ERRCODE_RESTRICT_VIOLATION,
		"events cannot be changed"},
	[ERROR_OPEN_CHANGED] = {"open_changed", ERRCODE_RESTRICT_VIOLATION,
		"rows that follow others cannot be changed"},
	[ERROR_SCOPE_GRANTED] = {"scope_granted", ERRCODE_FOREIGN_KEY_VIOLATION,
		"scope \"%s\" cannot be deleted or renamed"},
	[ERROR_NOT_A_GATEWAY] = {"not_a_gateway", ERRCODE_INSUFFICIENT_PRIVILEGE,
		"login \"%s\" is not a gateway"},
	[ERROR_GATEWAY_CANNOT_ACT] = {"gateway_cannot_act",
		ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
		"gateway cannot act for an organization here"},
	[ERROR_SHARING_NOT_ALLOWED] = {"sharing_not_allowed",
		ERRCODE_INSUFFICIENT_PRIVILEGE, "sharing is not allowed", 403},
	[ERROR_TABLE_UNSUITABLE] = {"table_unsuitable", ERRCODE_WRONG_OBJECT_TYPE,
		"relation \"%s\" cannot be shared"},
	[ERROR_TABLE_NOT_OWNED] = {"table_not_owned",
		ERRCODE_INSUFFICIENT_PRIVILEGE, "must be owner of table %s"},
	[ERROR_TABLE_SHARED] = {"table_shared", ERRCODE_DUPLICATE_OBJECT,
		"table \"%s\" is already shared"},
	[ERROR_TABLE_NOT_SHARED] = {"table_not_shared", ERRCODE_UNDEFINED_OBJECT,
		"table \"%s\" is not shared"},
	[ERROR_COLUMN_UNKNOWN] = {"column_unknown", ERRCODE_UNDEFINED_COLUMN,
		"column \"%s\" does not exist"},
	[ERROR_COLUMN_UNSUITABLE] = {"column_unsuitable", ERRCODE_DATATYPE_MISMATCH,
		"column \"%s\" cannot hold an organization id"},
	[ERROR_NAME_UNSUITABLE] = {"name_unsuitable", ERRCODE_DATATYPE_MISMATCH,
		"column \"%s\" cannot hold a name"},
	[ERROR_KEY_NOT_UNIQUE] = {"key_not_unique", ERRCODE_INVALID_FOREIGN_KEY,
		"column \"%s\" is no key"},
	[ERROR_FOLLOW_UNSUITABLE] = {"follow_unsuitable", ERRCODE_WRONG_OBJECT_TYPE,
		"relation \"%s\" cannot be followed"},
	[ERROR_TABLE_FOLLOWED] = {"table_followed", ERRCODE_DUPLICATE_OBJECT,
		"table \"%s\" is already followed"},
	[ERROR_TABLE_NOT_FOLLOWED] = {"table_not_followed",
		ERRCODE_UNDEFINED_OBJECT, "table \"%s\" is not followed"},
	[ERROR_ORGANIZATION_EXISTS] = {"organization_exists",
		ERRCODE_UNIQUE_VIOLATION, "organization \"%s\" already exists"},
	[ERROR_ORGANIZATION_KEY_CHANGED] = {"organization_key_changed",
		ERRCODE_RESTRICT_VIOLATION,
		"id of organization \"%s\" cannot be changed"},
	[ERROR_FOLLOWED_TRUNCATE] = {
		"followed_truncate", ERRCODE_RESTRICT_VIOLATION,
		"followed table \"%s\" cannot be truncated"
	},
	[ERROR_STORE_NOT_OWNED] = {"store_not_owned",
		ERRCODE_INSUFFICIENT_PRIVILEGE, "must be owner of the connect store"},
	[ERROR_STORE_MISSING] = {
		"store_missing", ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
		"connect store does not exist", 503
	},
	[ERROR_STORE_ALTERED] = {
		"store_altered", ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
		"connect store cannot be read", 503
	},
	[ERROR_STORE_EXISTS] = {"store_exists", ERRCODE_DUPLICATE_TABLE,
		"connect store already exists"},
	[ERROR_STORE_IN_EXTENSION] = {
		"store_in_extension", ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
		"connect store cannot be created inside an extension"
	},
	[ERROR_ENCODING] = {"encoding", ERRCODE_FEATURE_NOT_SUPPORTED,
		"connect requires a database in UTF8"},
	[ERROR_EXTENSION_OUTDATED] = {
		"extension_outdated", ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
		"connect extension is older than its library"
	},
	[ERROR_STORE_OUTDATED] = {
		"store_outdated", ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
		"connect store is of an older version", 503
	},
	[ERROR_STORE_IN_USE] = {
		"store_in_use", ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST,
		"connect store cannot be changed while other objects depend on it"
	},
	[ERROR_SNAPSHOT_FIXED] = {"snapshot_fixed", ERRCODE_ACTIVE_SQL_TRANSACTION,
		"cannot wait for a transaction under a snapshot that stays"},

	/* Share tokens. */
	[ERROR_TOKEN_NOT_FOUND] = {"share_token_not_found",
		ERRCODE_HTTP('4', '0', '4'), "share token not found", 404,
		"Record not found"},
	[ERROR_TOKEN_EXISTS] = {"share_token_exists", ERRCODE_UNIQUE_VIOLATION,
		"share token already exists", 409, "Record not unique"},
	[ERROR_TOKEN_NOT_CREATED] = {"share_token_not_created",
		ERRCODE_HTTP('4', '0', '9'), "share token cannot be used any more",
		409},
	[ERROR_TOKEN_NOT_PENDING] = {"share_token_not_pending",
		ERRCODE_HTTP('4', '0', '9'), "share token is not being redeemed", 409},
	[ERROR_CONNECTION_NOT_ACTIVE] = {"connection_not_active",
		ERRCODE_HTTP('4', '0', '9'), "connection does not allow it now", 409},
	[ERROR_SOURCE_NOT_FOUND] = {"source_not_found",
		ERRCODE_HTTP('4', '0', '4'), "row to be shared not found", 404,
		"Record not found"},
	[ERROR_KIND_UNKNOWN] = {"kind_unknown", ERRCODE_HTTP('4', '2', '2'),
		"kind of rows is unknown", 422, "Record invalid"},
	[ERROR_EXPIRES_IN_INVALID] = {"expires_in_invalid",
		ERRCODE_HTTP('4', '2', '2'), "share token cannot live so long", 422,
		"Record invalid"},
	[ERROR_TOKEN_TRANSITION] = {"transition_not_allowed",
		ERRCODE_HTTP('4', '0', '9'), "share token cannot be changed this way",
		409},
	[ERROR_TOKEN_IDENTITY] = {"identity_changed", ERRCODE_RESTRICT_VIOLATION,
		"share token identity cannot be changed"},
	[ERROR_MUST_START_CREATED] = {"must_start_created",
		ERRCODE_RESTRICT_VIOLATION, "share token must start as created"},
	[ERROR_TOKEN_DELETE] = {"delete_refused", ERRCODE_RESTRICT_VIOLATION,
		"share tokens cannot be deleted"},
	[ERROR_TOKEN_TRUNCATE] = {"truncate_refused", ERRCODE_RESTRICT_VIOLATION,
		"share tokens cannot be truncated"},
	[ERROR_KIND_BROKEN] = {
		"kind_broken", ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
		"kind of rows cannot be used", 503
	},
	[ERROR_KIND_EXISTS] = {"kind_exists", ERRCODE_DUPLICATE_OBJECT,
		"kind \"%s\" is already shared"},
	[ERROR_KIND_MISSING] = {"kind_missing", ERRCODE_UNDEFINED_OBJECT,
		"kind \"%s\" is not shared"},

	/* Only HTTP knows these. */
	[ERROR_BODY_INVALID] = {"body_invalid", ERRCODE_HTTP('4', '0', '0'),
		"body is invalid", 400},
	[ERROR_CLIENT_ID] = {"client_id_forbidden", ERRCODE_HTTP('4', '0', '3'),
		"id may not be chosen", 403},
	[ERROR_TYPE_MISMATCH] = {"type_mismatch", ERRCODE_HTTP('4', '0', '9'),
		"type does not match", 409},
	[ERROR_ID_MISMATCH] = {"id_mismatch", ERRCODE_HTTP('4', '0', '9'),
		"id does not match", 409},
	[ERROR_ATTRIBUTE_UNKNOWN] = {"attribute_unknown",
		ERRCODE_HTTP('4', '2', '2'), "attribute is unknown", 422},
	[ERROR_ATTRIBUTE_READ_ONLY] = {"attribute_read_only",
		ERRCODE_HTTP('4', '2', '2'), "attribute is read-only", 422},
	[ERROR_RELATIONSHIPS_NOT_ALLOWED] = {"relationships_not_allowed",
		ERRCODE_HTTP('4', '2', '2'), "relationships cannot be changed", 422},
	[ERROR_PRECONDITION_FAILED] = {"precondition_failed",
		ERRCODE_HTTP('4', '1', '2'), "precondition failed", 412,
		"Precondition failed"},
	[ERROR_MEDIA_TYPE] = {"unsupported_media_type",
		ERRCODE_HTTP('4', '1', '5'), "media type is not supported", 415},
	[ERROR_KEY_REUSED] = {"idempotency_key_reused", ERRCODE_HTTP('4', '2', '2'),
		"idempotency key was used for another request", 422},
	[ERROR_UNAVAILABLE] = {"unavailable", ERRCODE_HTTP('5', '0', '3'),
		"unavailable", 503},
	[ERROR_INTERNAL] = {"internal", ERRCODE_HTTP('5', '0', '0'),
		"internal error", 500},
};

/* Who tells what the caller calls an argument; NULL where that is its name. */
static ErrorNamer argument_namer = NULL;

/*
 * Sets everything that errors of one kind have in common, except the message.
 */
static void
set_kind(const ErrorKind *kind)
{
	errcode(kind->sqlstate);
	err_generic_string(PG_DIAG_SCHEMA_NAME, "connect");
	err_generic_string(PG_DIAG_CONSTRAINT_NAME, kind->code);
}

/* Makes the error being reported one whose message is a constant. */
int
connect_error(ErrorCode code)
{
	const ErrorKind *kind = &kinds[code];

	Assert(strchr(kind->message, '%') == NULL);
	set_kind(kind);
	return errmsg_internal("%s", kind->message);
}

/* Makes the error being reported one whose message names what is wrong. */
int
connect_error_in(ErrorCode code, const char *name)
{
	const ErrorKind *kind = &kinds[code];

	Assert(strstr(kind->message, "%s") != NULL);
	set_kind(kind);
	return errmsg_internal(kind->message, name);
}

/*
 * The name of what is to blame travels in the error's column-name field, where
 * drivers look for it.  If it is a part of an HTTP request, the datatype-name
 * field holds the kind of that part.
 */
static int
set_blame(const char *kind, const char *name)
{
	if (kind != NULL)
		err_generic_string(PG_DIAG_DATATYPE_NAME, kind);
	return err_generic_string(PG_DIAG_COLUMN_NAME, name);
}

/*
 * Says who tells the names of arguments from now on, and returns who did
 * before, to be set again.
 */
ErrorNamer
error_set_namer(ErrorNamer namer)
{
	ErrorNamer	before = argument_namer;

	argument_namer = namer;
	return before;
}

/* Returns what the caller calls an argument of a SQL function. */
const char *
error_argument(const char *name)
{
	return argument_namer == NULL ? name : argument_namer(name);
}

/* Blames an argument of a SQL function, or the column that it is written to. */
int
blame_argument(const char *name)
{
	return set_blame(NULL, name);
}

/* Blames a member of a request's body, by its JSON pointer. */
int
blame_pointer(const char *pointer)
{
	return set_blame("pointer", pointer);
}

/* Blames a parameter of a request's query, by its name as it was sent. */
int
blame_parameter(const char *name)
{
	return set_blame("parameter", name);
}

/* Blames a header of a request. */
int
blame_header(const char *name)
{
	return set_blame("header", name);
}

/*
 * Might another try succeed?  It might after a conflict, a lack of resources,
 * or the shutdown of the server.
 */
static bool
is_passing(int sqlstate)
{
	return sqlstate == ERRCODE_T_R_SERIALIZATION_FAILURE ||
		sqlstate == ERRCODE_T_R_DEADLOCK_DETECTED ||
		sqlstate == ERRCODE_LOCK_NOT_AVAILABLE ||
		ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_INSUFFICIENT_RESOURCES ||
		ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_OPERATOR_INTERVENTION;
}

/*
 * Returns the kind under which HTTP reports a caught error.  That is the kind
 * which connect_error() gave it, if HTTP may report that one.  Any other error
 * is unavailable or internal, and its details are nobody's business.
 */
const ErrorKind *
error_kind(ErrorData *error)
{
	if (error->constraint_name != NULL)
	{
		for (int i = 0; i < (int) lengthof(kinds); i++)
		{
			if (kinds[i].sqlstate == error->sqlerrcode &&
				kinds[i].status != 0 &&
				strcmp(kinds[i].code, error->constraint_name) == 0)
				return &kinds[i];
		}
	}
	return &kinds[is_passing(error->sqlerrcode) ?
				  ERROR_UNAVAILABLE : ERROR_INTERNAL];
}

/*
 * Returns a caller's value as DETAIL may repeat it, in the current memory
 * context.  A long value is cut at the end of a character, so that it does not
 * flood a log.
 */
const char *
error_excerpt(const char *value, int len)
{
	if (len <= EXCERPT_LENGTH)
		return pnstrdup(value, len);
	return psprintf("%.*s...", pg_mbcliplen(value, len, EXCERPT_LENGTH), value);
}
