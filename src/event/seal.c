/*
 * seal.c
 *		What ties the events of a subject to each other: a SHA-256 over each
 *		event and the seal of the one before it.
 *
 * Whatever may be forgotten of a person enters through a digest of its own,
 * with a salt: without the salt it tells nothing, and the seal still holds.
 * doc/dba.md says how to compute both, and what they prove.
 */
#include "postgres.h"

#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "event/seal.h"

/* Stands first in what is sealed; another list of fields needs another one. */
#define SEAL_VERSION 1

#define SALT_LENGTH 16

/* Adds a list of texts as one field, which holds each as a field. */
static void
add_texts(StringInfo message, ArrayType *texts)
{
	StringInfoData list;
	Datum	   *values;
	bool	   *nulls;
	int			count;

	if (texts == NULL)
	{
		digest_add_null(message);
		return;
	}
	initStringInfo(&list);
	deconstruct_array(texts, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls,
					  &count);
	for (int i = 0; i < count; i++)
		digest_add_varlena(&list, nulls[i] ? NULL : DatumGetTextPP(values[i]));
	digest_add_bytes(message, list.data, list.len);
}

/* Returns the digest of what may be forgotten. */
static bytea *
personal_digest(const Event *event)
{
	StringInfoData message;

	initStringInfo(&message);
	appendBinaryStringInfo(&message, VARDATA_ANY(event->personal_salt),
						   VARSIZE_ANY_EXHDR(event->personal_salt));
	digest_add_varlena(&message, event->actor_id);
	digest_add_varlena(&message, event->actor_type);
	digest_add_varlena(&message, event->reason);
	digest_add_varlena(&message, event->request_id);
	return digest_make(&message);
}

/* Returns the seal of an event behind one with this seal, or none. */
static bytea *
compute_seal(const Event *event, const bytea *last_seal)
{
	StringInfoData message;

	initStringInfo(&message);
	appendStringInfoChar(&message, SEAL_VERSION);
	digest_add_varlena(&message, last_seal);
	digest_add_varlena(&message, event->id);
	digest_add_varlena(&message, event->subject_type);
	digest_add_varlena(&message, event->subject_id);
	digest_add_varlena(&message, event->connection_id);
	digest_add_varlena(&message, event->source);
	digest_add_varlena(&message, event->destination);
	digest_add_varlena(&message, event->action);
	digest_add_varlena(&message, event->from_status);
	digest_add_varlena(&message, event->to_status);
	digest_add_varlena(&message, event->name);
	add_texts(&message, event->scopes);
	digest_add_time(&message, event->respond_by);
	digest_add_time(&message, event->expires_at);
	digest_add_time(&message, event->effective_at);
	digest_add_varlena(&message, event->actor_organization);
	digest_add_varlena(&message, event->personal_digest);
	digest_add_time(&message, event->created_at);
	return digest_make(&message);
}

/*
 * Fills in an event's salt, digest and seal, in the current memory context.
 * last_seal is that of the subject's last event, or NULL.
 */
void
seal_event(Event *event, const bytea *last_seal)
{
	event->personal_salt = palloc(VARHDRSZ + SALT_LENGTH);
	SET_VARSIZE(event->personal_salt, VARHDRSZ + SALT_LENGTH);
	random_bytes((uint8 *) VARDATA(event->personal_salt), SALT_LENGTH);
	event->personal_digest = personal_digest(event);
	event->seal = compute_seal(event, last_seal);
}

/* Is the event as it was sealed, behind one with this seal, or none? */
bool
seal_holds(const Event *event, const bytea *last_seal)
{
	return text_same(event->seal, compute_seal(event, last_seal));
}

/*
 * Is what may be forgotten as it was, or has it been forgotten?  Without the
 * salt nobody can tell what it was, so then there must be none.
 */
bool
seal_personal_holds(const Event *event)
{
	if (event->personal_salt == NULL)
		return event->actor_id == NULL && event->actor_type == NULL &&
			event->reason == NULL && event->request_id == NULL;
	return text_same(event->personal_digest, personal_digest(event));
}
