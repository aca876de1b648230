/*
 * jsonb.c
 *		Writing jsonb front to back, without the tree that pushJsonbValue()
 *		makes.
 *
 * What is written is kept as a flat list of nodes.  At the end the list is laid
 * out once, in the form that utils/jsonb.h describes.  PostgreSQL's own
 * functions would sort and copy more, and allocate four times as much.  The
 * result is the same, byte by byte, as what jsonb_in makes of the same
 * document's text.
 *
 * No key may be written twice into one object, which is not checked.
 */
#include "postgres.h"

#include "json/jsonb.h"

#define NO_NODE (-1)

/* The form, as far as it is written below without asking for it. */
StaticAssertDecl(sizeof(JEntry) == 4 && JENTRY_OFFLENMASK == 0x0FFFFFFF &&
				 JENTRY_TYPEMASK == 0x70000000 &&
				 JENTRY_HAS_OFF == 0x80000000 &&
				 JENTRY_ISSTRING == 0 && JENTRY_ISCONTAINER == 0x50000000,
				 "an entry of jsonb has another form");
StaticAssertDecl(offsetof(Jsonb, root) == VARHDRSZ &&
				 offsetof(JsonbContainer, children) == sizeof(uint32) &&
				 JB_CMASK == 0x0FFFFFFF && JB_FOBJECT == 0x20000000 &&
				 JB_FARRAY == 0x40000000 && JB_OFFSET_STRIDE == 32,
				 "a container of jsonb has another form");

/* Starts a jsonb in the current memory context. */
void
jsonb_begin(JsonbWriter *out)
{
	out->room = 64;
	out->nodes = palloc(out->room * sizeof(JsonbNode));
	out->count = 0;
	out->open = NO_NODE;
	out->size = VARHDRSZ;
}

/*
 * Adds a node.  If an array is open, the node is its next element, so the array
 * is counted one element longer.
 */
static JsonbNode *
add_node(JsonbWriter *out, JEntry type, const char *data, int len)
{
	JsonbNode  *node;

	if (out->count == out->room)
	{
		out->room *= 2;
		out->nodes = repalloc(out->nodes, out->room * sizeof(JsonbNode));
	}
	if (out->open != NO_NODE && !out->nodes[out->open].is_object)
		out->nodes[out->open].len++;
	node = &out->nodes[out->count++];
	node->type = type;
	node->data = data;
	node->len = len;
	out->size += sizeof(JEntry) + len;
	return node;
}

/* Opens an object or an array. */
void
jsonb_open(JsonbWriter *out, bool is_object)
{
	JsonbNode  *node = add_node(out, JENTRY_ISCONTAINER, NULL, 0);

	node->is_object = is_object;
	node->parent = out->open;
	node->first_key = NO_NODE;
	out->open = node - out->nodes;
	/* This is room for its header, and for the bytes that align it. */
	out->size += sizeof(uint32) + ALIGNOF_INT - 1;
}

/* Closes what was opened last. */
void
jsonb_close(JsonbWriter *out)
{
	JsonbNode  *node = &out->nodes[out->open];

	node->next = out->count;
	out->open = node->parent;
}

/* Adds a string, a boolean or null.  Only a string has data. */
void
jsonb_scalar(JsonbWriter *out, JEntry type, const char *data, int len)
{
	(void) add_node(out, type, data, len);
}

/*
 * Does this key stand before that one in an object?  In jsonb short keys come
 * first.
 */
static inline bool
is_before(const JsonbNode *key, const JsonbNode *other)
{
	return key->len != other->len ?
		key->len < other->len : memcmp(key->data, other->data, key->len) < 0;
}

/*
 * Adds the key of the value that comes next.  The keys of an object are linked
 * in the order of jsonb, so this one is put in its place among them.
 */
void
jsonb_key(JsonbWriter *out, const char *key, int len)
{
	JsonbNode  *node = add_node(out, JENTRY_ISSTRING, key, len);
	JsonbNode  *object = &out->nodes[out->open];
	int		   *place = &object->first_key;

	Assert(object->is_object);
	while (*place != NO_NODE && is_before(&out->nodes[*place], node))
		place = &out->nodes[*place].next;
	node->next = *place;
	*place = node - out->nodes;
	object->len++;
}

/*
 * Writes the entry of a container's child.  It holds the child's type and
 * length, but every JB_OFFSET_STRIDE-th entry holds where the child ends
 * instead of its length.
 */
static void
put_entry(JEntry *entries, int n, JEntry entry, uint32 *end)
{
	*end += JBE_OFFLENFLD(entry);
	entries[n] = n % JB_OFFSET_STRIDE == 0 ?
		(entry & JENTRY_TYPEMASK) | JENTRY_HAS_OFF | *end : entry;
}

static JEntry put_container(const JsonbWriter *out, const JsonbNode *node,
							char **at);

/*
 * Lays out a value at *at, moves *at behind it, and returns its type and
 * length.
 */
static JEntry
put_value(const JsonbWriter *out, const JsonbNode *node, char **at)
{
	if (node->type == JENTRY_ISCONTAINER)
		return put_container(out, node, at);
	memcpy(*at, node->data, node->len);
	*at += node->len;
	return node->type | node->len;
}

/*
 * Does the same for an object or an array.  The bytes that align it count as
 * part of its length.
 */
static JEntry
put_container(const JsonbWriter *out, const JsonbNode *node, char **at)
{
	const JsonbNode *nodes = out->nodes;
	char	   *begin = *at;
	char	   *aligned = (char *) INTALIGN(begin);
	JEntry	   *entries = (JEntry *) (aligned + sizeof(uint32));
	uint32		end = 0;

	memset(begin, 0, aligned - begin);
	*(uint32 *) aligned = node->len | (node->is_object ?
									   JB_FOBJECT : JB_FARRAY);
	*at = (char *) (entries + node->len * (node->is_object ? 2 : 1));
	if (node->is_object)
	{
		int			n = 0;

		for (int key = node->first_key; key != NO_NODE; key = nodes[key].next)
			put_entry(entries, n++, put_value(out, &nodes[key], at), &end);
		for (int key = node->first_key; key != NO_NODE; key = nodes[key].next)
			put_entry(entries, n++, put_value(out, &nodes[key + 1], at), &end);
	}
	else
	{
		const JsonbNode *element = node + 1;

		for (int n = 0; n < node->len; n++)
		{
			put_entry(entries, n, put_value(out, element, at), &end);
			element = element->type == JENTRY_ISCONTAINER ?
				&nodes[element->next] : element + 1;
		}
	}
	return JENTRY_ISCONTAINER | (uint32) (*at - begin);
}

/* Returns the object or the array that was written and closed. */
Jsonb *
jsonb_done(const JsonbWriter *out)
{
	Jsonb	   *result;
	char	   *at;

	Assert(out->open == NO_NODE && out->count > 0);
	if (out->size > JENTRY_OFFLENMASK)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("document exceeds the maximum size of jsonb")));
	result = palloc(out->size);
	at = (char *) &result->root;
	(void) put_container(out, out->nodes, &at);
	SET_VARSIZE(result, at - (char *) result);
	return result;
}
