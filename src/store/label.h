/*
 * label.h
 *		Translates the values of an enum type into the numbers that C has
 *		for their labels.
 */
#ifndef CONNECT_STORE_LABEL_H
#define CONNECT_STORE_LABEL_H

#define LABELS_MAX 16

/* The labels of an enum type; number 0 stands for none of them. */
typedef struct StoreLabels
{
	const char *const *labels;
	int			count;

	/* the values of the type, learnt one by one; InvalidOid if not yet */
	Oid			values[LABELS_MAX];
	bool		used;
	struct StoreLabels *next;	/* of those that were used */
} StoreLabels;

extern void store_label_init(void);
extern int	store_label_number(StoreLabels *labels, Datum value);

#endif							/* CONNECT_STORE_LABEL_H */
