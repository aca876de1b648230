/*
 * share.h
 *		Making a user's table shareable.
 */
#ifndef CONNECT_GATE_SHARE_H
#define CONNECT_GATE_SHARE_H

extern void share_table(Oid relation, Name column, text *scope);
extern void unshare_table(Oid relation);

#endif							/* CONNECT_GATE_SHARE_H */
