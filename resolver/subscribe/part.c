/*
 *	start	separator	where there are several parts
 *	body	text		at most what is left of the limit
 *	end	signature	only until it is checked
 *
 * A file is known by its size and times.  Times tick coarsely: one that
 * changed in the last two seconds may change again and look the same, so it
 * is not known by them.
 */
#include "subscribe/part.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "subscribe/fetch.h"
#include "subscribe/http.h"
#include "subscribe/minisign.h"
#include "subscribe/source.h"
#include "subscribe/spool.h"

enum { TICK = 2, WHERE_ROOM = SOURCE_WHERE + 16 };

/* "WORDS: WHERE" */
static int refuse(const struct part_taking *taking, const char *words,
		  const char *where)
{
	text_put(taking->trouble, "%s: ", words);
	source_print(where, taking->trouble);
	return ERROR_REFUSED;
}

static int refuse_large(const struct part_taking *taking, const char *where)
{
	uint64_t limit = taking->options->limit;
	bool mega = limit >= 1 << 20;
	char words[64];

	snprintf(words, sizeof(words), "larger than %" PRIu64 " %s",
		 mega ? limit >> 20 : limit, mega ? "MB" : "bytes");
	return refuse(taking, words, where);
}

/* --- files --- */

static void print_stamp(const struct stat *status, char stamp[MEMORY_STAMP])
{
	snprintf(stamp, MEMORY_STAMP, "%lld %lld.%09ld %lld.%09ld",
		 (long long)status->st_size, (long long)status->st_mtim.tv_sec,
		 status->st_mtim.tv_nsec, (long long)status->st_ctim.tv_sec,
		 status->st_ctim.tv_nsec);
}

static bool is_settled(const struct stat *status, uint64_t now)
{
	return (int64_t)now - status->st_ctim.tv_sec > TICK &&
	       (int64_t)now - status->st_mtim.tv_sec > TICK;
}

bool part_changed(const struct source_part *source,
		  const struct memory_part *old)
{
	char stamp[MEMORY_STAMP];
	struct stat status;

	if (source->remote)
		return false;
	if (stat(source->where, &status) != 0)
		return true;
	print_stamp(&status, stamp);
	return strcmp(stamp, old->stamp) != 0;
}

/* While it is read it must not change, or the text is half of each. */
static int copy_file(const struct part_taking *taking, int from,
		     const char *where, uint64_t limit)
{
	char before[MEMORY_STAMP], after[MEMORY_STAMP];
	struct stat status;
	int error;

	if (fstat(from, &status) != 0)
		return refuse(taking, error_words(-errno), where);
	if (!S_ISREG(status.st_mode))
		return refuse(taking, "this is not a file", where);
	print_stamp(&status, before);
	error = spool_copy(taking->fd, from, limit);
	if (error == ERROR_FULL)
		return refuse_large(taking, where);
	if (error < 0)
		return refuse(taking, error_words(error), where);
	if (fstat(from, &status) == 0)
		print_stamp(&status, after);
	if (strcmp(before, after) != 0)
		return refuse(taking, "it changed while it was read", where);
	return 1;
}

static int take_file(const struct part_taking *taking, const char *where,
		     uint64_t limit)
{
	int from = open(where, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int taken;

	if (from < 0)
		return refuse(taking, error_words(-errno), where);
	taken = copy_file(taking, from, where, limit);
	close(from);
	return taken;
}

static int take_local(const struct part_taking *taking, const char *where,
		      struct memory_part *part, uint64_t limit)
{
	struct stat status;

	if (stat(where, &status) == 0 && is_settled(&status, taking->now))
		print_stamp(&status, part->stamp);
	return take_file(taking, where, limit);
}

/* --- URLs --- */

static struct http_request request_of(const struct part_taking *taking,
				      const char *where, uint64_t limit)
{
	const struct fetch_options *options = taking->options;

	return (struct http_request){
		.url = where, .fd = taking->fd, .limit = limit,
		.connect_ms = options->connect_ms,
		.total_ms = options->total_ms,
		.upstreams = options->upstreams,
	};
}

static int take_url(const struct part_taking *taking,
		    const struct http_request *request,
		    struct memory_part *part)
{
	struct http_reply reply;
	int taken = http_get(request, &reply);

	if (taken < 0)
		text_put(taking->trouble, "%s", reply.trouble);
	if (taken > 0) {
		memcpy(part->etag, reply.etag, sizeof(part->etag));
		memcpy(part->modified, reply.modified, sizeof(part->modified));
	}
	return taken;
}

static int take_remote(const struct part_taking *taking,
		       const struct memory_part *old, struct memory_part *part,
		       uint64_t limit)
{
	struct http_request request = request_of(taking, part->where, limit);

	if (old) {
		request.etag = old->etag;
		request.modified = old->modified;
	}
	request.progress = taking->options->progress;
	request.context = taking->options->context;
	return take_url(taking, &request, part);
}

/* --- signatures --- */

/* Before a query, if there is one: it belongs to the path. */
static void name_signature(const struct source_part *source,
			   char where[WHERE_ROOM])
{
	size_t len = source->remote ? strcspn(source->where, "?#")
				    : strlen(source->where);

	snprintf(where, WHERE_ROOM, "%.*s.minisig%s", (int)len, source->where,
		 source->where + len);
}

static int take_signature(const struct part_taking *taking,
			  const struct source_part *source)
{
	struct http_request request;
	struct memory_part ignored;
	char where[WHERE_ROOM];

	name_signature(source, where);
	if (!source->remote)
		return take_file(taking, where, MINISIGN_LIMIT);
	request = request_of(taking, where, MINISIGN_LIMIT);
	return take_url(taking, &request, &ignored);
}

static int check_signature(const struct part_taking *taking,
			   const struct source_part *source, int64_t body)
{
	int64_t end = spool_length(taking->fd);
	struct file_map map;
	int error = take_signature(taking, source);

	if (error < 0)
		return error;
	error = spool_map(taking->fd, &map);
	if (error < 0)
		return refuse(taking, error_words(error), source->where);
	error = minisign_verify(taking->options->key,
				bytes_of(map.at + body, (size_t)(end - body)),
				bytes_of(map.at + end, map.len - (size_t)end),
				taking->trouble);
	file_map_close(&map);
	if (error < 0)
		return refuse(taking, "", source->where);
	return spool_cut(taking->fd, (uint64_t)end);
}

/* --- a part --- */

static int put_separator(const struct part_taking *taking, const char *where)
{
	char line[WHERE_ROOM];
	struct text text;

	text_init(&text, line, sizeof(line));
	text_put(&text, "%c ", FETCH_SEPARATOR);
	source_print(where, &text);
	text_put(&text, "\n");
	return spool_write(taking->fd, bytes_of(line, text.len));
}

/* What would pass for a separator is in no list. */
static int check_text(const struct part_taking *taking, const char *where,
		      int64_t body)
{
	struct file_map map;
	bool good = true, open_end = false;
	int error = spool_map(taking->fd, &map);

	if (error < 0)
		return refuse(taking, error_words(error), where);
	if (map.len > (size_t)body) {
		good = !memchr(map.at + body, FETCH_SEPARATOR,
			       map.len - (size_t)body);
		open_end = map.at[map.len - 1] != '\n';
	}
	file_map_close(&map);
	if (!good)
		return refuse(taking, "a control character (30) is in it",
			      where);
	return taking->framed && open_end;
}

/* What stands behind `body` has come whole; may it stay? */
static int check_part(const struct part_taking *taking,
		      const struct source_part *source,
		      struct memory_part *part, int64_t body)
{
	int error = spool_digest(taking->fd, (uint64_t)body, part->digest);
	int open_end;

	if (error == 0 && taking->options->key)
		error = check_signature(taking, source, body);
	if (error < 0)
		return error;
	open_end = check_text(taking, source->where, body);
	if (open_end > 0)
		error = spool_write(taking->fd, bytes_of_string("\n"));
	return open_end < 0 ? open_end : error < 0 ? error : 1;
}

static int take(const struct part_taking *taking,
		const struct source_part *source,
		const struct memory_part *old, struct memory_part *part)
{
	int64_t body;
	uint64_t limit;
	int taken = 0;

	if (taking->framed)
		taken = put_separator(taking, source->where);
	body = spool_length(taking->fd);
	if (taken < 0 || body < 0)
		return taken < 0 ? taken : (int)body;
	limit = taking->options->limit;
	limit = limit > (uint64_t)body ? limit - (uint64_t)body : 0;
	taken = source->remote ? take_remote(taking, old, part, limit)
			       : take_local(taking, source->where, part, limit);
	return taken > 0 ? check_part(taking, source, part, body) : taken;
}

static bool is_as_remembered(const struct source_part *source,
			     const struct memory_part *old)
{
	return old && !source->remote && !part_changed(source, old);
}

int part_take(const struct part_taking *taking,
	      const struct source_part *source, const struct memory_part *old,
	      struct memory_part *part)
{
	int64_t start = spool_length(taking->fd);
	int taken = start < 0 ? (int)start : 0;

	*part = (struct memory_part){ .where = source->where };
	if (start >= 0 && !is_as_remembered(source, old))
		taken = take(taking, source, old, part);
	if (taken == 0 && old) {
		*part = *old;
		part->where = source->where;
	}
	if (taken <= 0 && start >= 0)
		spool_cut(taking->fd, (uint64_t)start);
	if (taken < 0 && taking->trouble->len == 0)
		refuse(taking, error_words(taken), source->where);
	return taken;
}
