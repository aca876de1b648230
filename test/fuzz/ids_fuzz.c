/*
 * ids_fuzz.c
 *		Identifiers and words: src/base/typeid.c, src/connection/rules.c and
 *		src/share_token/rules.c.  The input is taken as an id, as a word, and
 *		as times and randomness of a clock.
 */
#include "postgres.h"

#include "base/typeid.h"
#include "connection/rules.h"
#include "share_token/rules.h"
#include "shim.h"

#define STEP_SIZE (6 + TYPEID_RANDOM_BYTES)

/* The pattern of ids in other words than typeid.c's. */
static bool
is_id(const char *id, size_t len)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

	for (size_t i = 0; i < len; i++)
	{
		if (memchr(letters, id[i], sizeof(letters) - 1) == NULL)
			return false;
	}
	return len >= 1 && len <= 64;
}

/* Ids ascend, are ids, and hold a UUID of version 7. */
static void
try_clock(const uint8 *data, size_t size)
{
	TypeIdClock clock = {0};
	char		last[TYPEID_SIZE] = "";

	for (; size >= STEP_SIZE; data += STEP_SIZE, size -= STEP_SIZE)
	{
		/* exactly as long as promised, for ASan to see more */
		char	   *id = palloc(TYPEID_SIZE);
		TypeIdClock parsed = {0};
		uint64		ms = 0;

		for (int i = 0; i < 6; i++)
			ms = ms << 8 | data[i];
		/*
		 * a clock starts after 1970, and what it carries stays within 48 bits
		 */
		typeid_make(&clock, "cnst", Max(ms >> 2, 1), data + 6, id);
		PROMISE(strlen(id) == TYPEID_SIZE - 1 && strncmp(id, "cnst_", 5) == 0);
		PROMISE(typeid_pattern_ok(id, strlen(id)));
		PROMISE(id[5] <= '7' && strcmp(last, id) < 0);
		PROMISE(typeid_parse(id, strlen(id), &parsed));
		PROMISE(parsed.high == clock.high && parsed.low == clock.low);
		PROMISE((clock.high >> 12 & 0xf) == 7 && clock.low >> 62 == 2);
		strcpy(last, id);
	}
}

/* A word is the label of a state, or it names none. */
static void
try_word(const LifeCycle *life, const char *word)
{
	int			state = rules_state_parse(life, word, strlen(word));

	PROMISE(state == STATE_NONE ||
			strcmp(rules_state_label(life, state), word) == 0);
}

/* A text is an id by its letters, and a made one holds a UUID of version 7. */
static void
try_id(const char *id, size_t len)
{
	TypeIdClock clock;

	PROMISE(typeid_pattern_ok(id, len) == is_id(id, len));
	if (typeid_parse(id, len, &clock))
		PROMISE((clock.high >> 12 & 0xf) == 7 && clock.low >> 62 == 2);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	char	   *word = shim_string(data, size);

	try_id(memcpy(palloc(size), data, size), size);
	try_word(&connection_life, word);
	try_word(&share_token_life, word);
	try_clock(data, size);
	shim_reset();
	return 0;
}
