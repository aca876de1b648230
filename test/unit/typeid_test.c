/*
 * typeid_test.c
 *		Identifiers: their form, their order whatever the clock does, and
 *		the pattern that every id obeys.
 */
#include "postgres.h"

#include <check.h>

#include "base/typeid.h"
#include "unit.h"

#define MS(ms) (UINT64CONST(ms) << TYPEID_TICK_BITS)
#define UUID_VERSION(high) (((high) >> 12) & 0xf)
#define UUID_VARIANT_BITS(low) ((low) >> 62)

static const uint8 zeros[TYPEID_RANDOM_BYTES] = {0};
static const uint8 ones[TYPEID_RANDOM_BYTES] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};
static const uint8 middle[TYPEID_RANDOM_BYTES] = {
	0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00
};

/*
 * A vector of the TypeID specification, valid.json "valid-uuidv7":
 * 0188bac7-4afa-78aa-bc3b-bd1eef28d881 is prefix_01h2xcejqtf2nbrexx3vqjhp41.
 */
START_TEST(make_encodes_the_vector_of_the_specification)
{
	static const uint8 random[] = {0x3c, 0x3b, 0xbd, 0x1e, 0xef, 0x28, 0xd8,
		0x81};
	TypeIdClock clock = {0};
	char		id[TYPEID_SIZE];

	typeid_make(&clock, "pre", UINT64CONST(0x0188bac74afa8aa), random, id);
	ck_assert_uint_eq(clock.high, UINT64CONST(0x0188bac74afa78aa));
	ck_assert_uint_eq(clock.low, UINT64CONST(0xbc3bbd1eef28d881));
	ck_assert_str_eq(id, "pre_01h2xcejqtf2nbrexx3vqjhp41");
}
END_TEST

/* Worked out by hand: 128 bits after two zero bits, taken five at a time. */
START_TEST(make_encodes_the_extremes)
{
	TypeIdClock clock = {0};
	char		id[TYPEID_SIZE];

	/* 00000000-0001-7000-8000-000000000000 */
	typeid_make(&clock, "cxn", MS(1), zeros, id);
	ck_assert_str_eq(id, "cxn_000000000" "1" "e008000000000000");

	/* ffffffff-ffff-7fff-bfff-ffffffffffff */
	typeid_make(&clock, "cxn", MS(0xffffffffffff) + 0xfff, ones, id);
	ck_assert_str_eq(id, "cxn_7zzzzzzzzzfzzvzzzzzzzzzzzz");
}
END_TEST

START_TEST(make_carries_the_prefix)
{
	TypeIdClock clock = {0};
	char		id[TYPEID_SIZE];
	static const char *const prefixes[] = {"cxn", "evt", "cnst"};

	for (int i = 0; i < (int) lengthof(prefixes); i++)
	{
		int			len = strlen(prefixes[i]);

		typeid_make(&clock, prefixes[i], MS(1000), ones, id);
		ck_assert_int_eq(strlen(id), len + 1 + TYPEID_SUFFIX_LENGTH);
		ck_assert(strncmp(id, prefixes[i], len) == 0 && id[len] == '_');
		ck_assert(typeid_pattern_ok(id, strlen(id)));
	}
}
END_TEST

/*
 * Makes the next id and asserts that it is a greater UUIDv7 than the last one.
 */
static void
assert_ascends(TypeIdClock *clock, uint64 ticks, const uint8 *random,
			   char *last)
{
	char		next[TYPEID_SIZE];

	typeid_make(clock, "cxn", ticks, random, next);
	ck_assert_msg(strcmp(last, next) < 0, "%s is not below %s", last, next);
	ck_assert_uint_eq(UUID_VERSION(clock->high), 7);
	ck_assert_uint_eq(UUID_VARIANT_BITS(clock->low), 2);
	memcpy(last, next, TYPEID_SIZE);
}

START_TEST(make_ascends_within_a_tick)
{
	TypeIdClock clock = {0};
	char		last[TYPEID_SIZE] = "";

	assert_ascends(&clock, MS(1700000000000), middle, last);
	for (int i = 0; i < 1000; i++)
		assert_ascends(&clock, MS(1700000000000), i % 2 ? zeros : ones, last);
	ck_assert_uint_eq(clock.high >> 16, 1700000000000);
}
END_TEST

/*
 * Two backends change one row by turns, and the second one has the smaller
 * random bits.
 */
START_TEST(make_ascends_across_clocks_within_a_millisecond)
{
	TypeIdClock clocks[2] = {{0}, {0}};
	char		last[TYPEID_SIZE] = "";

	for (int i = 0; i < 4096; i++)
		assert_ascends(&clocks[i % 2], MS(1700000000000) + i,
					   i % 2 ? zeros : ones, last);
	ck_assert_uint_eq(clocks[1].high >> 16, 1700000000000);
}
END_TEST

START_TEST(make_ascends_when_the_clock_goes_back)
{
	TypeIdClock clock = {0};
	char		last[TYPEID_SIZE] = "";

	assert_ascends(&clock, MS(1700000000000), middle, last);
	assert_ascends(&clock, MS(1699999999999), zeros, last);
	assert_ascends(&clock, 0, zeros, last);
	ck_assert_uint_eq(clock.high >> 16, 1700000000000);
	assert_ascends(&clock, MS(1700000000001), zeros, last);
	ck_assert_uint_eq(clock.high >> 16, 1700000000001);
}
END_TEST

START_TEST(make_carries_into_the_upper_bits)
{
	TypeIdClock clock = {.high = UINT64CONST(0x018bcfe568007123),
		.low = UINT64CONST(0xbfffffffffffffff)};
	char		last[TYPEID_SIZE] = "";

	assert_ascends(&clock, 0, zeros, last);
	ck_assert_uint_eq(clock.high, UINT64CONST(0x018bcfe568007124));
	ck_assert_uint_eq(clock.low, UINT64CONST(0x8000000000000000));
}
END_TEST

START_TEST(make_carries_into_the_milliseconds)
{
	TypeIdClock clock = {.high = UINT64CONST(0x018bcfe568007ffe),
		.low = UINT64CONST(0xbfffffffffffffff)};
	char		last[TYPEID_SIZE] = "";

	assert_ascends(&clock, 0, ones, last);
	ck_assert_uint_eq(clock.high, UINT64CONST(0x018bcfe568007fff));
	clock.low = UINT64CONST(0xbfffffffffffffff);
	assert_ascends(&clock, 0, zeros, last);
	ck_assert_uint_eq(clock.high, UINT64CONST(0x018bcfe568017000));
	ck_assert_uint_eq(clock.low, UINT64CONST(0x8000000000000000));
}
END_TEST

START_TEST(parse_reads_back_what_make_made)
{
	TypeIdClock made = {0};
	TypeIdClock read = {0};
	char		id[TYPEID_SIZE];

	typeid_make(&made, "pre", MS(1700000000000), middle, id);
	ck_assert(typeid_parse(id, strlen(id), &read));
	ck_assert_uint_eq(read.high, made.high);
	ck_assert_uint_eq(read.low, made.low);
}
END_TEST

/* Each is the vector of the specification with one thing wrong. */
START_TEST(parse_refuses_what_make_would_not_have_made)
{
	static const char *const wrong[] = {
		"", "_", "01h2xcejqtf2nbrexx3vqjhp41", "pre-01h2xcejqtf2nbrexx3vqjhp41",
		"pre_1h2xcejqtf2nbrexx3vqjhp41", "pre_81h2xcejqtf2nbrexx3vqjhp4",
		"pre_01h2xcejqtu2nbrexx3vqjhp41", "pre_01h2xcejqtF2nbrexx3vqjhp41",
		"pre_01h2xcejqtf2nbrexx3vqjhp4-",
		"pre_01h2xcejqt82nbrexx3vqjhp41",	/* another version */
		"pre_01h2xcejqtf2n3rexx3vqjhp41"	/* another variant */
	};
	TypeIdClock clock;

	ck_assert(typeid_parse("pre_01h2xcejqtf2nbrexx3vqjhp41", 30, &clock));
	ck_assert(typeid_parse("_01h2xcejqtf2nbrexx3vqjhp41", 27, &clock));
	for (int i = 0; i < (int) lengthof(wrong); i++)
		ck_assert_msg(!typeid_parse(wrong[i], strlen(wrong[i]), &clock),
					  "%s is read", wrong[i]);
}
END_TEST

START_TEST(pattern_takes_letters_digits_underscore_and_hyphen)
{
	static const char good[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	int			accepted = 0;

	for (int byte = 0; byte < 256; byte++)
	{
		char		alone = (char) byte;
		char		among[3] = {'a', (char) byte, 'b'};
		bool		expected = byte != 0 && strchr(good, byte) != NULL;

		ck_assert_msg(typeid_pattern_ok(&alone, 1) == expected, "byte %d alone",
					  byte);
		ck_assert_msg(typeid_pattern_ok(among, 3) == expected,
					  "byte %d among others", byte);
		accepted += typeid_pattern_ok(&alone, 1);
	}
	ck_assert_int_eq(accepted, 64);
}
END_TEST

START_TEST(pattern_takes_one_to_sixty_four_bytes)
{
	char		id[66];

	memset(id, 'a', sizeof(id));
	ck_assert(!typeid_pattern_ok(id, 0));
	ck_assert(typeid_pattern_ok(id, 1));
	ck_assert(typeid_pattern_ok(id, 64));
	ck_assert(!typeid_pattern_ok(id, 65));
	id[63] = '.';
	ck_assert(typeid_pattern_ok(id, 63));
	ck_assert(!typeid_pattern_ok(id, 64));
}
END_TEST

Suite *
typeid_suite(void)
{
	Suite	   *suite = suite_create("typeid");
	TCase	   *form = tcase_create("form");
	TCase	   *order = tcase_create("order");
	TCase	   *pattern = tcase_create("pattern");

	tcase_add_test(form, make_encodes_the_vector_of_the_specification);
	tcase_add_test(form, make_encodes_the_extremes);
	tcase_add_test(form, make_carries_the_prefix);
	tcase_add_test(form, parse_reads_back_what_make_made);
	tcase_add_test(form, parse_refuses_what_make_would_not_have_made);
	suite_add_tcase(suite, form);
	tcase_add_test(order, make_ascends_within_a_tick);
	tcase_add_test(order, make_ascends_across_clocks_within_a_millisecond);
	tcase_add_test(order, make_ascends_when_the_clock_goes_back);
	tcase_add_test(order, make_carries_into_the_upper_bits);
	tcase_add_test(order, make_carries_into_the_milliseconds);
	suite_add_tcase(suite, order);
	tcase_add_test(pattern, pattern_takes_letters_digits_underscore_and_hyphen);
	tcase_add_test(pattern, pattern_takes_one_to_sixty_four_bytes);
	suite_add_tcase(suite, pattern);
	return suite;
}
