/*
 * follow.h
 *		Making a table of the application's one that is followed.
 */
#ifndef CONNECT_ORGANIZATION_FOLLOW_H
#define CONNECT_ORGANIZATION_FOLLOW_H

extern void follow_table(Oid relation, Name id_column, Name name_column);
extern void unfollow_table(Oid relation);

#endif							/* CONNECT_ORGANIZATION_FOLLOW_H */
