/*
 * jsonb.h
 *		Writing jsonb front to back, without the tree that pushJsonbValue()
 *		makes.
 */
#ifndef CONNECT_JSON_JSONB_H
#define CONNECT_JSON_JSONB_H

#include "utils/jsonb.h"

/* A key, a scalar or a container, in the order of writing. */
typedef struct JsonbNode
{
	JEntry		type;
	int			len;			/* bytes of a string; members or elements of a
								 * container */
	const char *data;			/* of a string, which is not copied before the
								 * end */
	bool		is_object;
	int			parent;			/* of a container */
	int			first_key;		/* of an object: its first one in the order of
								 * jsonb */
	int			next;			/* of a key: the one after it in that order; of
								 * a container: the node that comes after all of
								 * it */
} JsonbNode;

typedef struct JsonbWriter
{
	JsonbNode  *nodes;
	int			count;
	int			room;
	int			open;			/* the container opened last */
	Size		size;			/* at most so many bytes will be needed */
} JsonbWriter;

extern void jsonb_begin(JsonbWriter *out);
extern void jsonb_open(JsonbWriter *out, bool is_object);
extern void jsonb_close(JsonbWriter *out);
extern void jsonb_key(JsonbWriter *out, const char *key, int len);
extern void jsonb_scalar(JsonbWriter *out, JEntry type, const char *data,
						 int len);
extern Jsonb *jsonb_done(const JsonbWriter *out);

#endif							/* CONNECT_JSON_JSONB_H */
