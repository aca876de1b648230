/*
 * birth.c
 *		May this principal make this share token, and what is the row then?
 *
 * The reasons to refuse it come in this order: a value is missing; the
 * Connection is not the principal's to see; the principal is not its source; it
 * has ended; the kind, the row or the time is not acceptable.
 */
#include "postgres.h"

#include "base/text.h"
#include "base/values.h"
#include "resource/resource.h"
#include "share_token/change.h"
#include "share_token/passage.h"
#include "share_token/source_row.h"

/* How long a token may live, and how long it does if nobody says. */
#define LIFE_MIN (60 * USECS_PER_SEC)
#define LIFE_MAX (21 * USECS_PER_DAY)
#define LIFE_DEFAULT (14 * USECS_PER_DAY)

/* Returns how long an interval lasts, or -1 for one that is far too long. */
static int64
interval_length(const Interval *interval)
{
	if (interval == NULL)
		return LIFE_DEFAULT;
	if (abs(interval->day) > 1000 || abs(interval->month) > 100 ||
		interval->time > INT64CONST(1000) * USECS_PER_DAY ||
		interval->time < INT64CONST(-1000) * USECS_PER_DAY)
		return -1;
	return interval->time + (interval->day + interval->month *
							 (int64) DAYS_PER_MONTH) * USECS_PER_DAY;
}

/*
 * Raises expires_in_invalid for a token that would live too short or too long.
 */
static void
check_life(int64 length)
{
	if (length < LIFE_MIN || length > LIFE_MAX)
		ereport(ERROR,
				(connect_error(ERROR_EXPIRES_IN_INVALID),
				 blame_argument("expires_in"),
				 errdetail("A share token must expire in 60 seconds to 21 "
						   "days.")));
}

/* Raises parameter_missing or must_start_created for a new row's status. */
static void
check_first_status(const ShareToken *token)
{
	value_require(token->status == TOKEN_NONE ? NULL : token, "status");
	if (token->status != TOKEN_CREATED)
		ereport(ERROR,
				(connect_error(ERROR_MUST_START_CREATED),
				 blame_argument("status"),
				 errdetail("A new share token cannot be \"%s\".",
						   share_token_status_label(token->status)),
				 errhint("Import rows in other states under "
						 "session_replication_role = replica.")));
}

/*
 * Takes both parties from the Connection of a new token.  Raises not_found,
 * wrong_party for another source than the writer's, and connection_not_active.
 */
static void
settle_connection(const ShareTokenWrite *write, ShareToken *token,
				  TimestampTz now)
{
	ShareTokenWrite step = *write;
	Connection	connection;

	passage_find(write->principal, token->connection_id, &connection);
	if ((token->source != NULL &&
		 !text_equal(token->source, connection.source)) ||
		(token->destination != NULL &&
		 !text_equal(token->destination, connection.destination)))
		ereport(ERROR,
				(connect_error(ERROR_WRONG_PARTY),
				 errdetail("The parties to a share token are those to its "
						   "connection.")));
	token->source = connection.source;
	token->destination = connection.destination;
	step.action = TOKEN_CREATE;
	change_require_part(&step, token);
	passage_require_offer(&connection, now);
}

/* Raises source_not_found unless the row of a new token is the source's. */
static void
require_source_row(const ShareToken *token, const ShareKind *kind)
{
	if (!source_row_look(kind, token->source_id, token->source))
		ereport(ERROR,
				(connect_error(ERROR_SOURCE_NOT_FOUND),
				 blame_argument("source_id"),
				 errdetail("Organization \"%s\" has no row \"%s\" of kind "
						   "\"%s\".", text_excerpt(token->source),
						   text_excerpt(token->source_id),
						   text_excerpt(kind->name))));
}

/* Sets the creator and the times of a new token. */
static void
settle_birth(const ShareTokenWrite *write, ShareToken *token, TimestampTz now)
{
	if (write->principal->kind == PRINCIPAL_ORGANIZATION)
	{
		token->creator_id = write->principal->actor_id;
		token->creator_type = write->principal->actor_type;
		token->created_at = now;
	}
	else if (token->created_at == DT_NOBEGIN)
		token->created_at = now;
	token->updated_at = token->created_at;
	token->redeem_mode = NULL;
	token->destination_id = NULL;
	token->failure_reason = NULL;
	token->pending_at = token->redeemed_at = token->failed_at = DT_NOBEGIN;
}

/*
 * Decides on a new row and fills it in, under a snapshot that sees what earlier
 * statements did.  Raises what create_share_token() does, and
 * must_start_created.
 */
void
change_settle_insert(const ShareTokenWrite *write, ShareToken *token,
					 TimestampTz now)
{
	ShareKind	kind;

	value_require_id(token->id, "id");
	value_require(token->source_id, "source_id");
	check_first_status(token);
	settle_connection(write, token, now);
	if (token->kind != NULL)
		share_kind_require(token->kind, &kind);
	else
		share_kind_require_for(token->source_id, &kind);
	token->kind = kind.name;
	require_source_row(token, &kind);
	if (token->expires_at == DT_NOBEGIN)
	{
		int64		length = interval_length(write->expires_in);

		check_life(length);
		token->expires_at = now + length;
	}
	else
		check_life(token->expires_at - now);
	settle_birth(write, token, now);
}
