/*
 * body.h
 *		What the body of a request may hold, and what it holds.
 */
#ifndef CONNECT_HTTP_BODY_H
#define CONNECT_HTTP_BODY_H

#include "http/request.h"
#include "json/reader.h"
#include "utils/array.h"

/* How the value of a member is read. */
typedef enum MemberKind
{
	MEMBER_TEXT,
	MEMBER_TEXT_OR_NULL,		/* null is read as an empty text */
	MEMBER_TEXTS,				/* a list of strings */
	MEMBER_INTEGER,
	MEMBER_JSON					/* whatever it is; the operation looks */
} MemberKind;

typedef struct BodyMember
{
	const char *name;			/* in kebab-case */
	MemberKind	kind;
	bool		required;
	const char *argument;		/* which it is, if one of another name */
} BodyMember;

/* Where the members of a body stand. */
typedef enum BodyPlace
{
	BODY_NONE,					/* the operation has no body */
	BODY_ATTRIBUTES,			/* in data.attributes, beside type and id */
	BODY_META					/* in meta; the body may be empty */
} BodyPlace;

typedef struct BodyShape
{
	BodyPlace	place;
	const BodyMember *members;	/* ended by one without a name */
	bool		whole;			/* what else GET gave may stand there,
								 * unchanged */
	bool		optional;		/* of BODY_ATTRIBUTES: they may be left out */
	const BodyMember *meta;		/* likewise: members of meta beside them, or
								 * NULL */
} BodyShape;

typedef struct HttpBody
{
	const BodyShape *shape;
	/* of data; NULL where absent */
	char	   *type;
	char	   *id;
	/*
	 * By the members of the shape, those of meta last: text, ArrayType, int64,
	 * JsonValue, or NULL where absent.
	 */
	void	  **values;
	/* likewise, what the client calls them, also if they are absent */
	const char **names;
	/* what must not differ from what GET gives: members of attributes */
	List	   *repeated;
	const JsonValue *relationships;
	/* the first member that is not in the shape: its pointer and its name */
	char	   *unknown;
	const char *unknown_name;
} HttpBody;

extern void body_read(const HttpRequest *request, const BodyShape *shape,
					  const Resource *resource, HttpBody *body);
extern text *body_text(const HttpBody *body, const char *name);
extern ArrayType *body_texts(const HttpBody *body, const char *name);
extern int64 *body_integer(const HttpBody *body, const char *name);
extern const JsonValue *body_json(const HttpBody *body, const char *name);
extern const char *body_name(const HttpBody *body, const char *member);
extern char *body_pointer(const HttpBody *body, const char *member);
extern char *body_point(const char *parent, const char *name);
extern void body_refuse_relationships(const HttpBody *body);
extern void body_require_new(const HttpBody *body, const char *type);
extern void body_require_same(const HttpBody *body, const char *type,
							  const text *id);
extern void body_refuse_unknown(const HttpBody *body);

#endif							/* CONNECT_HTTP_BODY_H */
