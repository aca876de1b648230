/*
 * ids_fuzz.c
 *		Identifiers and words: src/base/typeid.c and src/connection/rules.c.
 *		The input is taken as an id, as a word, and as times and randomness of
 *		a clock.
 */
#include "postgres.h"

#include "base/typeid.h"
#include "connection/rules.h"
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
		uint64		ms = 0;

		for (int i = 0; i < 6; i++)
			ms = ms << 8 | data[i];
		/*
		 * a clock starts after 1970, and what it carries stays within 48 bits
		 */
		typeid_make(&clock, "cxn", Max(ms >> 2, 1), data + 6, id);
		PROMISE(strlen(id) == TYPEID_SUFFIX_LENGTH + 4 &&
				strncmp(id, "cxn_", 4) == 0);
		PROMISE(typeid_pattern_ok(id, strlen(id)));
		PROMISE(id[4] <= '7' && strcmp(last, id) < 0);
		PROMISE((clock.high >> 12 & 0xf) == 7 && clock.low >> 62 == 2);
		strcpy(last, id);
	}
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	char	   *word = shim_string(data, size);
	char	   *bytes = memcpy(palloc(size), data, size);
	int			status = rules_state_parse(&connection_life, word,
										   strlen(word));

	PROMISE(typeid_pattern_ok(bytes, size) == is_id(bytes, size));
	PROMISE(status == CONNECTION_NONE ||
			strcmp(rules_state_label(&connection_life, status), word) == 0);
	try_clock(data, size);
	shim_reset();
	return 0;
}
