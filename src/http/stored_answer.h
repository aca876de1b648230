/*
 * stored_answer.h
 *		First answers to requests with an Idempotency-Key.
 */
#ifndef CONNECT_HTTP_STORED_ANSWER_H
#define CONNECT_HTTP_STORED_ANSWER_H

#include "utils/timestamp.h"

typedef struct StoredAnswer
{
	bytea	   *request_sha256;
	int			status;
	char	   *headers;		/* that the answer has of its own */
	char	   *body;
} StoredAnswer;

extern bool stored_answer_find(text *organization, text *key,
							   StoredAnswer *answer);
extern void stored_answer_insert(text *organization, text *key,
								 const StoredAnswer *answer);
extern int64 stored_answer_prune(Interval *older_than);

#endif							/* CONNECT_HTTP_STORED_ANSWER_H */
