/*
 * document_rest.c
 *		What documents of several resources show besides attributes:
 *		relationships, which way a row goes, and what may be done with it.
 */
#include "postgres.h"

#include "resource/document.h"

/* Writes which way a row goes, for a reader who is these parties. */
void
document_write_direction(JsonWriter *out, Parties parties)
{
	if (parties & PARTY_SOURCE)
		json_plain(out, "outbound", strlen("outbound"));
	else
		json_plain(out, "inbound", strlen("inbound"));
}

/* Writes a relationship to one other resource, or to none if id is NULL. */
void
document_write_relationship(JsonWriter *out, const char *name, const char *type,
							const text *id)
{
	json_key(out, name);
	json_open(out, '{');
	json_key(out, "data");
	if (id == NULL)
		json_null(out);
	else
	{
		json_open(out, '{');
		json_word(out, "type", type);
		json_text(out, "id", id);
		json_close(out, '}');
	}
	json_close(out, '}');
}

/* Writes actions, a bit for each one's number, as those that may be taken. */
void
document_write_actions(JsonWriter *out, const LifeCycle *life, int offered)
{
	const Action *actions = life->actions;

	json_key(out, "allowed-actions");
	json_open(out, '[');
	for (int action = ACTION_NONE + 1; offered >> action != 0; action++)
	{
		if (offered & 1 << action)
			json_plain(out, actions[action].label, actions[action].len);
	}
	json_close(out, ']');
}

/*
 * Writes which actions the reader, who is these parties, may take in this
 * state.
 */
void
document_write_offered(JsonWriter *out, const LifeCycle *life,
					   const Principal *reader, int state, Parties parties)
{
	document_write_actions(out, life, reader->permissions & PERMISSION_WRITE ?
						   rules_offered(life, state, parties) : 0);
}
