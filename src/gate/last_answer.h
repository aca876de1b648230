/*
 * last_answer.h
 *		The last answer of may_see(), for rows of one owner that follow each
 *		other.
 */
#ifndef CONNECT_GATE_LAST_ANSWER_H
#define CONNECT_GATE_LAST_ANSWER_H

/*
 * number is that of principal_reader_numbered(); the second is asked after the
 * first has said yes, about the same reader and scope
 */
extern bool last_answer_scope(uint64 number, const text *scope);
extern bool last_answer_organization(const text *organization,
									 const text *reader, const text *scope);

#endif							/* CONNECT_GATE_LAST_ANSWER_H */
