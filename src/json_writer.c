/*
 * json_writer.c
 *		Writing JSON front to back, once: as text, or as the values jsonb is made of.
 *
 * Jsonb is not read from the text: reading costs more than all the writing.
 * Strings are not copied before the end, so they must live until then.
 *
 * In text, commas are put by looking at what stands before: what does not
 * follow its bracket or its key follows a sibling.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "json_writer.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* Starts a text in the current memory context. */
JsonWriter *
json_begin_text(Inflection inflection)
{
	JsonWriter *out = palloc0(sizeof(JsonWriter));

	out->inflection = inflection;
	initStringInfo(&out->text);
	return out;
}

/* Starts a jsonb in the current memory context. */
JsonWriter *
json_begin_jsonb(void)
{
	JsonWriter *out = palloc0(sizeof(JsonWriter));

	out->is_jsonb = true;
	return out;
}

/* Returns what was written as text. */
char *
json_text_done(const JsonWriter *out)
{
	Assert(!out->is_jsonb);
	return out->text.data;
}

/* Returns what was written as jsonb. */
Jsonb *
json_jsonb_done(const JsonWriter *out)
{
	Assert(out->is_jsonb);
	return JsonbValueToJsonb(out->root);
}

/* Makes room for so many bytes of text and returns where they go; end_text() says how many came. */
static inline char *
begin_text(StringInfo text, int bytes)
{
	if (text->len + bytes >= text->maxlen)
		enlargeStringInfo(text, bytes);
	return text->data + text->len;
}

static inline void
end_text(StringInfo text, char *end)
{
	text->len = end - text->data;
	*end = '\0';
}

/* The same for a key or a value, which may need a comma before it. */
static inline char *
begin_item(StringInfo text, int bytes)
{
	char	   *at = begin_text(text, bytes + 1);
	char		last = text->len == 0 ? '[' : at[-1];

	if (last != '[' && last != '{' && last != ':')
		*at++ = ',';
	return at;
}

/* Copies bytes and returns where they end. */
static inline char *
put_bytes(char *at, const char *data, int len)
{
	memcpy(at, data, len);
	return at + len;
}

/* Writes a word of JSON: null, true or false. */
static void
put_literal(StringInfo text, const char *word)
{
	int			len = strlen(word);

	end_text(text, put_bytes(begin_item(text, len), word, len));
}

/* Hands a string, boolean or null to jsonb, under the key that was given last or as an element. */
static void
push_scalar(JsonWriter *out, JsonbValue *value)
{
	out->root = pushJsonbValue(&out->state,
							   out->state->contVal.type == jbvArray ? WJB_ELEM : WJB_VALUE, value);
}

/* Opens an object or an array. */
void
json_open(JsonWriter *out, char bracket)
{
	if (out->is_jsonb)
		out->root = pushJsonbValue(&out->state, bracket == '{' ? WJB_BEGIN_OBJECT : WJB_BEGIN_ARRAY, NULL);
	else
	{
		char	   *at = begin_item(&out->text, 1);

		*at++ = bracket;
		end_text(&out->text, at);
	}
}

/* Closes what was opened last. */
void
json_close(JsonWriter *out, char bracket)
{
	if (out->is_jsonb)
		out->root = pushJsonbValue(&out->state, bracket == '}' ? WJB_END_OBJECT : WJB_END_ARRAY, NULL);
	else
	{
		char	   *at = begin_text(&out->text, 1);

		*at++ = bracket;
		end_text(&out->text, at);
	}
}

void
json_null(JsonWriter *out)
{
	JsonbValue	value = {.type = jbvNull};

	if (out->is_jsonb)
		push_scalar(out, &value);
	else
		put_literal(&out->text, "null");
}

void
json_boolean(JsonWriter *out, bool boolean)
{
	JsonbValue	value = {.type = jbvBool, .val.boolean = boolean};

	if (out->is_jsonb)
		push_scalar(out, &value);
	else
		put_literal(&out->text, boolean ? "true" : "false");
}

/* Must this byte be escaped in a string? */
static inline bool
is_special(unsigned char c)
{
	return c < ' ' || c == '"' || c == '\\';
}

/* In a word of eight bytes: the high bit of some byte is set if one of them is below n, which is at most 128. */
#define BYTES(n) (UINT64CONST(0x0101010101010101) * (n))
#define HAS_BELOW(word, n) (((word) - BYTES(n)) & ~(word) & BYTES(0x80))

/* Returns how many bytes there are before the first that must be escaped; nearly always all. */
static inline int
plain_length(const char *data, int len)
{
	int			i = 0;

	for (; i + (int) sizeof(uint64) <= len; i += sizeof(uint64))
	{
		uint64		word;

		memcpy(&word, data + i, sizeof(word));
		if (HAS_BELOW(word, ' ') | HAS_BELOW(word ^ BYTES('"'), 1) | HAS_BELOW(word ^ BYTES('\\'), 1))
			break;
	}
	while (i < len && !is_special(data[i]))
		i++;
	return i;
}

/* Writes bytes as a string; in text, escaped where they must be. */
void
json_string(JsonWriter *out, const char *data, int len)
{
	StringInfo	text = &out->text;
	char	   *at;
	int			plain;

	if (out->is_jsonb)
	{
		JsonbValue	value = {.type = jbvString, .val.string = {.val = unconstify(char *, data), .len = len}};

		push_scalar(out, &value);
		return;
	}

	at = begin_item(text, len + 2);
	*at++ = '"';
	plain = plain_length(data, len);
	at = put_bytes(at, data, plain);
	for (int i = plain; i < len; i++)
	{
		unsigned char c = data[i];

		end_text(text, at);
		at = begin_text(text, len - i + sizeof("\\u0000\""));
		if (!is_special(c))
			*at++ = c;
		else if (c < ' ')
			at += sprintf(at, "\\u%04x", c);
		else
		{
			*at++ = '\\';
			*at++ = c;
		}
	}
	*at++ = '"';
	end_text(text, at);
}

/* Writes a key, given in kebab-case, as the writer inflects it. */
void
json_key(JsonWriter *out, const char *key)
{
	int			len = strlen(key);
	char	   *at;

	if (out->is_jsonb)
	{
		JsonbValue	value = {.type = jbvString, .val.string = {.val = unconstify(char *, key), .len = len}};

		out->root = pushJsonbValue(&out->state, WJB_KEY, &value);
		return;
	}

	at = begin_item(&out->text, len + 3);
	*at++ = '"';
	if (out->inflection == INFLECTION_KEBAB)
		at = put_bytes(at, key, len);
	else
	{
		for (const char *c = key; *c != '\0'; c++)
		{
			if (*c != '-')
				*at++ = *c;
			else if (out->inflection == INFLECTION_SNAKE)
				*at++ = '_';
			else
				*at++ = pg_toupper((unsigned char) *++c);
		}
	}
	*at++ = '"';
	*at++ = ':';
	end_text(&out->text, at);
}

/* Writes a text, NULL as null; under a key unless that is NULL. */
void
json_text(JsonWriter *out, const char *key, const text *value)
{
	if (key != NULL)
		json_key(out, key);
	if (value == NULL)
		json_null(out);
	else
		json_string(out, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* Writes a C string under a key. */
void
json_word(JsonWriter *out, const char *key, const char *word)
{
	json_key(out, key);
	json_string(out, word, strlen(word));
}

/* Writes a number, zero-padded, and what follows it; returns where that ends. */
static char *
put_digits(char *at, int number, int width, char after)
{
	for (int i = width - 1; i >= 0; i--, number /= 10)
		at[i] = '0' + number % 10;
	at[width] = after;
	return at + width + 1;
}

/*
 * Writes a time under a key as "2026-11-23T07:29:53.043Z", cut to milliseconds;
 * null for one that has no such form: infinite, or of another era.
 */
void
json_time(JsonWriter *out, const char *key, TimestampTz time)
{
	struct pg_tm tm;
	fsec_t		fsec;
	char	   *begin;
	char	   *at;

	json_key(out, key);
	if (TIMESTAMP_NOT_FINITE(time) || timestamp2tm(time, NULL, &tm, &fsec, NULL, NULL) != 0 ||
		tm.tm_year < 1 || tm.tm_year > 9999)
	{
		json_null(out);
		return;
	}
	at = begin = palloc(sizeof("2026-11-23T07:29:53.043Z"));
	at = put_digits(at, tm.tm_year, 4, '-');
	at = put_digits(at, tm.tm_mon, 2, '-');
	at = put_digits(at, tm.tm_mday, 2, 'T');
	at = put_digits(at, tm.tm_hour, 2, ':');
	at = put_digits(at, tm.tm_min, 2, ':');
	at = put_digits(at, tm.tm_sec, 2, '.');
	at = put_digits(at, fsec / 1000, 3, 'Z');
	json_string(out, begin, at - begin);
}

/* Writes an array of text under a key. */
void
json_texts(JsonWriter *out, const char *key, ArrayType *values)
{
	Datum	   *elements;
	int			count;

	deconstruct_array(values, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &count);
	json_key(out, key);
	json_open(out, '[');
	for (int i = 0; i < count; i++)
		json_text(out, NULL, DatumGetTextPP(elements[i]));
	json_close(out, ']');
	pfree(elements);
}
