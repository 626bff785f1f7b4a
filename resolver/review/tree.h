/*
 * tree: the summary while it is made, and the tree that comes of it.
 */
#ifndef REVIEW_TREE_H
#define REVIEW_TREE_H

#include "review/gather.h"
#include "review/summary.h"

struct decided;
struct devices;
struct listed;

struct summary {
	struct summary_options options;
	struct devices *devices;
	struct gather gather;
	struct decided *decided;
	struct listed *listed;
	struct rhythm_finder *finder;
	struct rhythm_gap *holes;		/* the gaps, for the finder */
	struct summary_gap *gaps;
	struct summary_house house;
	struct summary_device *at;		/* in the order of the house */
	struct summary_receiver *receivers;	/* of all, in their order */
	struct summary_name *names;		/* likewise */
	char **words;				/* of devices */
};

/* Who asked less often may well be silent by chance. */
enum { TREE_SILENT_ROWS = 20 };

/* Did the network hear of a device long after it asked last? */
bool tree_was_heard(const struct summary *summary, int64_t device,
		    uint64_t last);

/* Places of receivers and names that are filled so far. */
struct tree_growth {
	struct summary *summary;
	unsigned receivers, names;
};

/*
 * A receiver and its names, from what was gathered at `place`; in
 * tree_receiver.c.  0 or -ENOMEM.
 */
int tree_receiver(struct tree_growth *growth,
		  struct summary_receiver *receiver, uint32_t place);

/* 0 or -ENOMEM. */
int tree_make(struct summary *summary);

#endif
