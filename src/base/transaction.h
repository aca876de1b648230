/*
 * transaction.h
 *		Whether a transaction is over, and seen to be, and waiting for that.
 */
#ifndef CONNECT_BASE_TRANSACTION_H
#define CONNECT_BASE_TRANSACTION_H

#include "access/transam.h"

extern bool transaction_is_given(FullTransactionId transaction);
extern bool transaction_is_seen(FullTransactionId transaction);
extern bool transaction_await(FullTransactionId transaction, int milliseconds);

#endif							/* CONNECT_BASE_TRANSACTION_H */
