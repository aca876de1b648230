/*
 * writer.h
 *		Writing JSON front to back, as text or as jsonb.
 */
#ifndef CONNECT_JSON_WRITER_H
#define CONNECT_JSON_WRITER_H

#include "datatype/timestamp.h"
#include "json/jsonb.h"
#include "lib/stringinfo.h"
#include "utils/array.h"

/* How keys are written.  Values never change. */
typedef enum Inflection
{
	INFLECTION_KEBAB,
	INFLECTION_CAMEL,
	INFLECTION_SNAKE
} Inflection;

typedef struct JsonWriter
{
	bool		is_jsonb;
	Inflection	inflection;		/* of text; keys of jsonb stay as they are
								 * given */
	StringInfoData text;
	JsonbWriter jsonb;
} JsonWriter;

extern JsonWriter *json_begin_text(Inflection inflection);
extern JsonWriter *json_begin_jsonb(void);
extern void json_open(JsonWriter *out, char bracket);
extern void json_close(JsonWriter *out, char bracket);
extern void json_null(JsonWriter *out);
extern void json_boolean(JsonWriter *out, bool value);
extern void json_string(JsonWriter *out, const char *data, int len);
extern void json_plain(JsonWriter *out, const char *data, int len);
extern void json_key_bytes(JsonWriter *out, const char *key, int len);
extern void json_text_value(JsonWriter *out, const text *value);
extern void json_time_value(JsonWriter *out, TimestampTz time);
extern void json_texts_value(JsonWriter *out, ArrayType *values);
extern char *json_text_done(const JsonWriter *out);
extern Jsonb *json_jsonb_done(const JsonWriter *out);

/*
 * This is inline so that the length of a key which is a constant is known when
 * it is compiled.
 */
static inline void
json_key(JsonWriter *out, const char *key)
{
	json_key_bytes(out, key, strlen(key));
}

static inline void
json_word(JsonWriter *out, const char *key, const char *word)
{
	json_key(out, key);
	json_string(out, word, strlen(word));
}

/* Does the same for a word of ours, in which nothing needs to be escaped. */
static inline void
json_label(JsonWriter *out, const char *key, const char *label)
{
	json_key(out, key);
	json_plain(out, label, strlen(label));
}

static inline void
json_text(JsonWriter *out, const char *key, const text *value)
{
	json_key(out, key);
	json_text_value(out, value);
}

static inline void
json_time(JsonWriter *out, const char *key, TimestampTz time)
{
	json_key(out, key);
	json_time_value(out, time);
}

static inline void
json_texts(JsonWriter *out, const char *key, ArrayType *values)
{
	json_key(out, key);
	json_texts_value(out, values);
}

#endif							/* CONNECT_JSON_WRITER_H */
