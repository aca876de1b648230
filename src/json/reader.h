/*
 * reader.h
 *		JSON text from outside, read with PostgreSQL's own parser.
 */
#ifndef CONNECT_JSON_READER_H
#define CONNECT_JSON_READER_H

typedef enum JsonKind
{
	JSON_NULL,
	JSON_BOOLEAN,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
} JsonKind;

/*
 * A value; members of objects and elements of arrays are its children, in
 * order.
 */
typedef struct JsonValue
{
	JsonKind	kind;
	char	   *name;			/* of a member, else NULL */
	char	   *string;			/* of a string, else NULL */
	char	   *number;			/* of a number as it is written, else NULL */
	int			count;
	struct JsonValue *first;
	struct JsonValue *last;
	struct JsonValue *next;
	struct JsonValue *parent;
} JsonValue;

extern JsonValue *json_text_parse(const char *json, int len, int max_depth);
extern JsonValue *json_text_member(const JsonValue *object, const char *name);

#endif							/* CONNECT_JSON_READER_H */
