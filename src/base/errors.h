/*
 * errors.h
 *		Every way to be refused, by name.
 */
#ifndef CONNECT_BASE_ERRORS_H
#define CONNECT_BASE_ERRORS_H

#include "base/compat.h"

typedef enum ErrorCode
{
	ERROR_PARAMETER_MISSING,
	ERROR_PARAMETER_INVALID,
	ERROR_NOT_AUTHENTICATED,
	ERROR_PERMISSION_MISSING,
	ERROR_WRONG_PARTY,
	ERROR_NOT_FOUND,
	ERROR_CONNECTION_EXISTS,
	ERROR_CONNECTION_NOT_PENDING,
	ERROR_CONNECTION_INACTIVE,
	ERROR_CONNECTION_NOT_INACTIVE,
	ERROR_SCOPES_CHANGED,
	ERROR_TRANSITION_NOT_ALLOWED,
	ERROR_ORGANIZATION_UNKNOWN,
	ERROR_ORGANIZATION_RETIRED,
	ERROR_SCOPE_UNKNOWN,
	ERROR_SCOPE_RETIRED,
	ERROR_TERM_PAST,
	ERROR_SCOPES_EMPTY,
	ERROR_NAME_TOO_LONG,
	ERROR_REASON_TOO_LONG,
	ERROR_ACTOR_TOO_LONG,
	ERROR_DELETE_REFUSED,
	ERROR_TRUNCATE_REFUSED,
	ERROR_IDENTITY_CHANGED,
	ERROR_MUST_START_PENDING,
	ERROR_EVENT_CHANGED,
	ERROR_OPEN_CHANGED,
	ERROR_SCOPE_GRANTED,
	ERROR_NOT_A_GATEWAY,
	ERROR_GATEWAY_CANNOT_ACT,
	ERROR_SHARING_NOT_ALLOWED,
	ERROR_TABLE_UNSUITABLE,
	ERROR_TABLE_NOT_OWNED,
	ERROR_TABLE_SHARED,
	ERROR_TABLE_NOT_SHARED,
	ERROR_COLUMN_UNKNOWN,
	ERROR_COLUMN_UNSUITABLE,
	ERROR_NAME_UNSUITABLE,
	ERROR_KEY_NOT_UNIQUE,
	ERROR_FOLLOW_UNSUITABLE,
	ERROR_TABLE_FOLLOWED,
	ERROR_TABLE_NOT_FOLLOWED,
	ERROR_ORGANIZATION_EXISTS,
	ERROR_ORGANIZATION_KEY_CHANGED,
	ERROR_FOLLOWED_TRUNCATE,
	ERROR_STORE_NOT_OWNED,
	ERROR_STORE_MISSING,
	ERROR_STORE_ALTERED,
	ERROR_STORE_EXISTS,
	ERROR_STORE_IN_EXTENSION,
	ERROR_ENCODING,
	ERROR_EXTENSION_OUTDATED,
	ERROR_STORE_OUTDATED,
	ERROR_STORE_IN_USE,
	ERROR_SNAPSHOT_FIXED,
	ERROR_TOKEN_NOT_FOUND,
	ERROR_TOKEN_EXISTS,
	ERROR_TOKEN_NOT_CREATED,
	ERROR_TOKEN_NOT_PENDING,
	ERROR_CONNECTION_NOT_ACTIVE,
	ERROR_SOURCE_NOT_FOUND,
	ERROR_KIND_UNKNOWN,
	ERROR_EXPIRES_IN_INVALID,
	ERROR_TOKEN_TRANSITION,
	ERROR_TOKEN_IDENTITY,
	ERROR_MUST_START_CREATED,
	ERROR_TOKEN_DELETE,
	ERROR_TOKEN_TRUNCATE,
	ERROR_KIND_BROKEN,
	ERROR_KIND_EXISTS,
	ERROR_KIND_MISSING,
	ERROR_BODY_INVALID,
	ERROR_CLIENT_ID,
	ERROR_TYPE_MISMATCH,
	ERROR_ID_MISMATCH,
	ERROR_ATTRIBUTE_UNKNOWN,
	ERROR_ATTRIBUTE_READ_ONLY,
	ERROR_RELATIONSHIPS_NOT_ALLOWED,
	ERROR_PRECONDITION_FAILED,
	ERROR_MEDIA_TYPE,
	ERROR_KEY_REUSED,
	ERROR_UNAVAILABLE,
	ERROR_INTERNAL
} ErrorCode;

/* What one way to fail is called, in SQL and over HTTP. */
typedef struct ErrorKind
{
	const char *code;
	int			sqlstate;
	const char *message;		/* a constant for PTnnn; others may hold one
								 * %s */
	int			status;			/* of HTTP; 0 if HTTP never reports it */
	const char *closed_title;	/* title under Persona-Version; NULL for the
								 * status's own */
} ErrorKind;

/*
 * Parts of an ereport() that raises one of our errors, in PostgreSQL's own way:
 *
 *		ereport(ERROR,
 *				(connect_error(ERROR_NOT_FOUND),
 *				 blame_argument("connection_id"),
 *				 errdetail("Connection \"%s\" does not exist.", id),
 *				 errhint("...")));
 *
 * connect_error() sets SQLSTATE, message and code; connect_error_in() is for
 * those whose message names what is wrong.  Every value from outside belongs
 * into DETAIL, or into such a message, and nowhere else.  blame_...() says
 * which part of the call or of the request is to blame.
 */
extern int	connect_error(ErrorCode code);
extern int	connect_error_in(ErrorCode code, const char *name);
extern int	blame_argument(const char *name);
extern int	blame_pointer(const char *pointer);
extern int	blame_parameter(const char *name);
extern int	blame_header(const char *name);

/*
 * DETAIL calls arguments by the names that the caller knows.  In SQL these are
 * the arguments' own; over HTTP an argument came in some part of a request,
 * which whoever serves that request can tell.
 */
typedef const char *(*ErrorNamer) (const char *argument);

extern ErrorNamer error_set_namer(ErrorNamer namer);
extern const char *error_argument(const char *name);

extern const ErrorKind *error_kind(ErrorData *error);
extern const char *error_excerpt(const char *value, int len);

#endif							/* CONNECT_BASE_ERRORS_H */
