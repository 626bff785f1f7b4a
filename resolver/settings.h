/*
 * settings: the configuration file, read once into one struct of everybody's
 * options.
 *
 * A table of keys (settings.c) feeds the reader, the checker, the defaults
 * and homebound.conf(5).  Nobody below serve.c sees this header.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/address.h"
#include "base/log.h"
#include "base/mac.h"
#include "cache/cache.h"
#include "journal/journal.h"
#include "policy/house.h"
#include "policy/schedule.h"
#include "query.h"
#include "review/alert.h"
#include "subscribe/list.h"
#include "transport/tcp.h"
#include "upstream/upstream.h"

#define SETTINGS_PATH SYSCONFDIR "/homebound/homebound.conf"

/* A client as a group names it: a prefix, or the MAC of a device. */
struct settings_client {
	bool is_mac;
	struct mac mac;
	struct prefix prefix;
};

/* A list of a group; action ACTION_NONE: as the list itself has it. */
struct settings_group_list {
	char name[IMAGE_LIST_NAME];
	uint8_t action;
	struct schedule times;
};

struct settings_group {
	char name[HOUSE_GROUP_NAME];
	struct settings_client *clients;
	unsigned client_count;
	struct settings_group_list *lists;	/* NULL: all, as they are */
	unsigned list_count;
};

/* What the household is told without asking, and how; "" for no such way. */
struct settings_alerts {
	struct alert_options find;
	char *command, *webhook, *mail, *sendmail;
	uint32_t every;			/* seconds between two looks */
	unsigned most;			/* an hour */
};

struct settings {
	char *path;			/* where it was read */
	enum log_level log_level;

	struct address *listen;
	unsigned listen_count;
	unsigned workers;
	char *user;			/* "": stay who we are */
	char *state;
	char *control;

	struct address *upstreams;	/* none: the system's resolvers */
	unsigned upstream_count;
	struct house_sink sink;
	struct list_options *lists;
	unsigned list_count;
	unsigned regexes;		/* the most that an image takes */
	struct settings_group *groups;
	unsigned group_count;
	char *timezone;			/* "": the system's */
	bool allow_default;		/* allow_clients was not given */
	struct prefix *allow_clients;
	unsigned allow_count;

	/* Paths in these point into this struct or are made by serve.c. */
	struct journal_options journal;
	char *journal_rings;		/* folder; default: that of control */
	char **leases, **hosts;		/* files that know devices */
	unsigned lease_count, host_count;
	bool ptr;			/* the router is asked for names */
	struct cache_options cache;
	struct query_options query;
	struct upstream_options upstream;
	struct tcp_options tcp;
	struct settings_alerts alerts;
};

/* One thing that is wrong with a file, for `check`. */
struct settings_trouble {
	unsigned line;			/* 0: the file as a whole */
	char file[256];
	char words[512];	/* what is wrong and what would be right */
};

/*
 * Reads and checks.  Every problem goes to `report`, not only the first.  0:
 * *settings is filled (settings_free); ERROR_SETTINGS: it was reported.
 */
int settings_read(struct settings **settings, const char *path,
		  void (*report)(void *context,
				 const struct settings_trouble *trouble),
		  void *context);
void settings_free(struct settings *settings);

/*
 * Only where the control socket is, for those who ask there: that must work
 * with a file that is wrong in other places, or cannot be read.  *control is
 * for the caller to free, and NULL when there is no memory.  ERROR_SETTINGS:
 * the file cannot be used, and *control is the default.
 */
int settings_read_control(const char *path, char **control);

/* The list of that name, or NULL. */
struct list_options *settings_find_list(const struct settings *settings,
					const char *name);

/* Its lists, as the compiler wants them; borrowed. */
struct compiler_options;
void settings_compiler(const struct settings *settings,
		       struct compiler_options *options);

/* "FILE:LINE: WORDS" to stderr by log_error; a `report` for daemons. */
void settings_report_log(void *context, const struct settings_trouble *trouble);

/* The table of keys as a list in mdoc, for homebound.conf(5). */
void settings_print_manual(FILE *out);

#endif
