/*
 *	A, AAAA  ->  server 1   2 s   answered both: done
 *	             server 2   2 s   one answered: done with what there is
 *	             ...              silent, or SERVFAIL: the next one
 *	             server 1   2 s   once more
 *
 * The socket is connected, so the kernel lets only the server's own address
 * through, and its port is the kernel's random choice; an answer counts if
 * its id and its question are ours (RFC 5452, section 9).  One that was cut
 * is taken for what is in it: addresses come first.
 */
#include "subscribe/resolve.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "dns/answer.h"
#include "dns/message.h"
#include "upstream/dice.h"

enum {
	QUESTIONS = 2,
	ROUNDS = 2,
	PATIENCE_MS = 2000,
	PAYLOAD = 1232,
	ALIASES = 16,
};

/* One host's questions to one server after the other. */
struct errand {
	struct question question[QUESTIONS];	/* A, AAAA */
	uint16_t id[QUESTIONS];
	bool answered[QUESTIONS];	/* by the present server */
	struct resolved *found;
	struct resolve_room room;	/* the answer itself is wanted */
	size_t len;			/* of it */
	struct dice dice;
	int fd;
	int verdict;			/* the worst that was heard, or 0 */
};

/* --- reading an answer --- */

static void add(struct resolved *found, struct bytes raw)
{
	struct address address;

	address_from_raw(&address, raw.at, raw.len, 0);
	for (unsigned i = 0; i < found->count; i++)
		if (address_equal(&found->at[i], &address))
			return;
	if (found->count < RESOLVE_ROOM)
		found->at[found->count++] = address;
}

/* A record of `owner`: 1 and *owner moved on where it is an alias. */
static int take_record(struct resolved *found, struct bytes answer,
		       const struct record *record,
		       struct question *question)
{
	size_t size = question->type == TYPE_A ? 4 : 16;
	struct name owner;

	if (record->class != CLASS_IN ||
	    name_read(&owner, answer, record->owner) < 0 ||
	    !name_equal(&owner, &question->name))
		return 0;
	if (record->type == question->type && record->rdata_len == size)
		add(found, bytes_of(answer.at + record->rdata, size));
	if (record->type != TYPE_CNAME)
		return 0;
	return name_read(&question->name, answer, record->rdata) < 0
		       ? ERROR_MALFORMED : 1;
}

/* Once through the answer section; 1: an alias was followed. */
static int take_records(struct resolved *found, struct bytes answer,
			struct question *question)
{
	struct message_walk walk;
	struct record record;
	int more = message_walk(&walk, answer), alias = 0, taken;

	if (more < 0)
		return more;
	while ((more = message_next(&walk, &record)) > 0 &&
	       walk.section == 0) {
		taken = take_record(found, answer, &record, question);
		if (taken < 0)
			return taken;
		alias |= taken;
	}
	return more < 0 ? more : alias;
}

int resolve_read(struct resolved *found, struct bytes answer,
		 const struct question *question)
{
	struct question at = *question;
	unsigned before = found->count;
	int alias = 1;

	for (int i = 0; i < ALIASES && alias == 1; i++) {
		alias = take_records(found, answer, &at);
		if (found->count > before)
			return 0;
	}
	return alias < 0 ? alias : 0;
}

/* --- asking --- */

static void take_answer(struct errand *errand, struct bytes answer)
{
	unsigned rcode;

	for (int i = 0; i < QUESTIONS; i++) {
		if (errand->answered[i] || answer.len < MESSAGE_HEADER ||
		    bytes_get16(answer.at) != errand->id[i] ||
		    !message_answers(answer, &errand->question[i]))
			continue;
		errand->answered[i] = true;
		if (errand->room.len) {
			errand->len = answer.len < errand->room.len
				? answer.len : errand->room.len;
			memcpy(errand->room.at, answer.at, errand->len);
			return;
		}
		rcode = bytes_get16(answer.at + 2) & FLAG_RCODE;
		if (rcode != RCODE_NOERROR && rcode != RCODE_NXDOMAIN)
			errand->verdict = ERROR_REFUSED;
		else if (resolve_read(errand->found, answer,
				      &errand->question[i]) < 0)
			errand->verdict = ERROR_MALFORMED;
		return;
	}
}

static bool is_answered(const struct errand *errand)
{
	return errand->answered[0] && errand->answered[1];
}

static int64_t left_ms(uint64_t deadline)
{
	struct clock clock = { 0 };

	clock_update(&clock);
	return (int64_t)(deadline - clock_ms(&clock));
}

static void listen_until(struct errand *errand, uint64_t deadline)
{
	struct pollfd poll_fd = { .fd = errand->fd, .events = POLLIN };
	uint8_t answer[MESSAGE_MAX];
	int64_t left = left_ms(deadline);
	ssize_t len;

	for (; left > 0 && !is_answered(errand); left = left_ms(deadline)) {
		if (poll(&poll_fd, 1, (int)left) <= 0)
			continue;
		len = recv(errand->fd, answer, sizeof(answer), 0);
		if (len < 0 && errno != EAGAIN && errno != EINTR)
			return;		/* ECONNREFUSED: nobody is there */
		if (len > 0)
			take_answer(errand, bytes_of(answer, (size_t)len));
	}
}

static void send_questions(struct errand *errand)
{
	uint8_t query[512];
	size_t len;

	for (int i = 0; i < QUESTIONS; i++) {
		if (errand->question[i].type == 0) {
			errand->answered[i] = true;
			continue;
		}
		errand->id[i] = dice_16(&errand->dice);
		errand->answered[i] = false;
		len = answer_write_query(query, &errand->question[i],
					 errand->id[i], PAYLOAD);
		send(errand->fd, query, len, MSG_NOSIGNAL);
	}
}

/* True: there is no need to ask anybody else. */
static bool ask(struct errand *errand, const struct address *server)
{
	struct clock clock = { 0 };

	errand->fd = socket(server->family,
			    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (errand->fd < 0)
		return false;
	errand->verdict = 0;
	clock_update(&clock);
	if (connect(errand->fd, &server->any, address_size(server)) == 0) {
		send_questions(errand);
		listen_until(errand, clock_ms(&clock) + PATIENCE_MS);
	}
	close(errand->fd);
	return errand->found->count > 0 ||
	       (is_answered(errand) && errand->verdict == 0);
}

/* Without an address after all of them: what was the best excuse? */
static int ask_all(struct errand *errand, struct addresses upstreams)
{
	int verdict = ERROR_TIMEOUT;

	if (upstreams.count == 0)
		return ERROR_UNREACHABLE;
	for (unsigned i = 0; i < ROUNDS * upstreams.count; i++) {
		const struct address *server =
			&upstreams.at[i % upstreams.count];

		if (ask(errand, server))
			return errand->found->count > 0 ? 0 : ERROR_ABSENT;
		if (errand->verdict < 0)
			verdict = ERROR_REFUSED;
	}
	return verdict;
}

int64_t resolve_ask(struct addresses upstreams,
		    const struct question *question, struct resolve_room room,
		    struct address *server)
{
	struct errand errand = { .found = &(struct resolved){ .count = 0 },
				 .room = room };

	if (upstreams.count == 0)
		return ERROR_UNREACHABLE;
	errand.question[0] = *question;
	for (unsigned i = 0; i < ROUNDS * upstreams.count; i++) {
		*server = upstreams.at[i % upstreams.count];
		if (ask(&errand, server))
			return (int64_t)errand.len;
	}
	return ERROR_TIMEOUT;
}

/* RFC 6761, section 6.3: it is never asked for. */
static int resolve_localhost(struct resolved *found)
{
	static const uint8_t four[4] = { 127, 0, 0, 1 };
	static const uint8_t six[16] = { [15] = 1 };

	add(found, bytes_of(four, sizeof(four)));
	add(found, bytes_of(six, sizeof(six)));
	return 0;
}

/* Letters of other scripts have to be written as xn-- (RFC 5891). */
static bool is_host_name(const char *host)
{
	static const char good[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-_.";

	return strspn(host, good) == strlen(host) &&
	       strspn(host, ".") != strlen(host);
}

int resolve_host(struct addresses upstreams, const char *host,
		 struct resolved *found)
{
	struct errand errand = { .found = found };
	struct question *question = errand.question;
	struct address literal;

	if (strcasecmp(host, "localhost") == 0)
		return resolve_localhost(found);
	if (address_parse(&literal, host, 0) == 0) {
		if (found->count < RESOLVE_ROOM)
			found->at[found->count++] = literal;
		return 0;
	}
	if (!is_host_name(host) ||
	    name_parse(&question[0].name, bytes_of_string(host)) < 0)
		return ERROR_MALFORMED;
	question[0].type = TYPE_A;
	question[0].class = CLASS_IN;
	question[0].rd = true;
	question[1] = question[0];
	question[1].type = TYPE_AAAA;
	return ask_all(&errand, upstreams);
}
