/*
 * A place for each address:
 *
 *	want -> WANTED -> asked, one after the other -> known for a day
 *	                       silence: not before a while has passed
 *
 * Each question has a socket of its own, so that its port is the kernel's
 * random choice; connected, so that only the server can answer (RFC 5452,
 * section 9).
 */
#include "device/reverse.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "dns/answer.h"
#include "dns/message.h"

enum {
	PLACES = 512,
	SERVERS = 8,
	BEAT_MS = 1000,
	PATIENCE = 3,			/* beats */
	PAYLOAD = 1232,
	RETRY_MS = 60 * 1000,
	DAY_MS = 24 * 60 * 60 * 1000,
};

struct place {
	struct address address;		/* family 0: free */
	bool wanted;
	unsigned failures;		/* in a row */
	uint64_t due;			/* uv_now: not before */
};

/* The question that is out. */
struct asking {
	uv_udp_t udp;			/* first: the handle is its asking */
	struct reverse *reverse;
	struct question question;
	uint16_t id;
	unsigned beats;
	uint8_t answer[PAYLOAD];
};

struct reverse {
	struct reverse_options options;
	uv_timer_t beat;
	struct address servers[SERVERS];
	unsigned server_count;
	struct place places[PLACES];
	struct place *at;		/* that is asked about; or NULL */
	struct asking *asking;
};

/* --- the wire --- */

static void put_four(const uint8_t *raw, struct text *out)
{
	text_put(out, "%u.%u.%u.%u.in-addr.arpa", raw[3], raw[2], raw[1],
		 raw[0]);
}

static void put_six(const uint8_t *raw, struct text *out)
{
	for (int i = 15; i >= 0; i--)
		text_put(out, "%x.%x.", raw[i] & 0xfu, raw[i] >> 4u);
	text_put(out, "ip6.arpa");
}

void reverse_name(const struct address *address, struct name *name)
{
	size_t len;
	const uint8_t *raw = address_raw(address, &len);
	char words[128];
	struct text text;

	text_init(&text, words, sizeof(words));
	if (len == 4)
		put_four(raw, &text);
	else if (len == 16)
		put_six(raw, &text);
	name_parse(name, bytes_of(words, text.len));
}

static bool is_pointer(struct bytes answer, const struct record *record,
		       const struct question *question)
{
	struct name owner;

	return record->type == TYPE_PTR && record->class == CLASS_IN &&
	       name_read(&owner, answer, record->owner) >= 0 &&
	       name_equal(&owner, &question->name);
}

static bool read_pointer(struct bytes answer, const struct record *record,
			 char name[FOUND_NAME])
{
	char words[NAME_TEXT];
	struct name target;
	struct text text;

	if (name_read(&target, answer, record->rdata) < 0)
		return false;
	text_init(&text, words, sizeof(words));
	name_print(&target, &text);
	return found_name(bytes_of(words, text.len), name);
}

int reverse_read(struct bytes answer, const struct question *question,
		 char name[FOUND_NAME])
{
	struct message_walk walk;
	struct record record;
	unsigned rcode;
	int more;

	name[0] = '\0';
	if (!message_answers(answer, question))
		return ERROR_MALFORMED;
	rcode = bytes_get16(answer.at + 2) & FLAG_RCODE;
	if (rcode != RCODE_NOERROR && rcode != RCODE_NXDOMAIN)
		return ERROR_REFUSED;
	more = message_walk(&walk, answer);
	while (more >= 0 && (more = message_next(&walk, &record)) > 0 &&
	       walk.section == 0)
		if (is_pointer(answer, &record, question) &&
		    read_pointer(answer, &record, name))
			return 0;
	return more < 0 ? ERROR_MALFORMED : 0;
}

/* --- places --- */

static struct place *find(struct reverse *reverse,
			  const struct address *address)
{
	for (unsigned i = 0; i < PLACES; i++)
		if (reverse->places[i].address.family != 0 &&
		    address_equal_host(&reverse->places[i].address, address))
			return &reverse->places[i];
	return NULL;
}

/* A free one, or that of which the least is known. */
static struct place *take_place(struct reverse *reverse)
{
	struct place *best = NULL;

	for (unsigned i = 0; i < PLACES; i++) {
		struct place *place = &reverse->places[i];

		if (place->address.family == 0)
			return place;
		if (!place->wanted && place != reverse->at &&
		    (best == NULL || place->due < best->due))
			best = place;
	}
	return best;
}

static struct place *next_wanted(struct reverse *reverse)
{
	for (unsigned i = 0; i < PLACES; i++)
		if (reverse->places[i].wanted)
			return &reverse->places[i];
	return NULL;
}

/* --- asking --- */

static void closed(uv_handle_t *handle)
{
	free(handle);
}

static void stop_asking(struct reverse *reverse)
{
	uv_close((uv_handle_t *)&reverse->asking->udp, closed);
	reverse->asking = NULL;
	reverse->at = NULL;
}

static void fail(struct reverse *reverse)
{
	struct place *place = reverse->at;
	uint64_t wait = DAY_MS;

	if (place->failures < 10)
		wait = (uint64_t)RETRY_MS << place->failures++;
	place->due = uv_now(reverse->beat.loop) + wait;
	stop_asking(reverse);
}

static void take_answer(struct reverse *reverse, struct bytes answer)
{
	struct asking *asking = reverse->asking;
	struct place *place = reverse->at;
	struct address address = place->address;
	char name[FOUND_NAME];
	int error;

	if (answer.len < MESSAGE_HEADER ||
	    bytes_get16(answer.at) != asking->id)
		return;
	error = reverse_read(answer, &asking->question, name);
	if (error == ERROR_REFUSED)
		fail(reverse);
	if (error < 0)
		return;
	place->failures = 0;
	place->due = uv_now(reverse->beat.loop) + DAY_MS;
	stop_asking(reverse);
	reverse->options.answer(reverse->options.context, &address, name);
}

static void give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
	struct asking *asking = (struct asking *)handle;

	(void)wanted;
	*buffer = uv_buf_init((char *)asking->answer, sizeof(asking->answer));
}

static void hear(uv_udp_t *udp, ssize_t len, const uv_buf_t *buffer,
		 const struct sockaddr *from, unsigned flags)
{
	struct asking *asking = (struct asking *)udp;

	(void)buffer;
	(void)flags;
	if (asking->reverse->asking != asking)
		return;
	if (len < 0)
		fail(asking->reverse);
	else if (from != NULL)
		take_answer(asking->reverse,
			    bytes_of(asking->answer, (size_t)len));
}

static int send_question(struct asking *asking, const struct address *server)
{
	uint8_t query[512];
	uv_buf_t buffer = uv_buf_init((char *)query, 0);
	int error = uv_udp_connect(&asking->udp, &server->any);

	if (error < 0)
		return error;
	buffer.len = answer_write_query(query, &asking->question, asking->id,
					PAYLOAD);
	error = uv_udp_try_send(&asking->udp, &buffer, 1, NULL);
	return error < 0 ? error
			 : uv_udp_recv_start(&asking->udp, give_room, hear);
}

static void ask(struct reverse *reverse, struct place *place)
{
	struct asking *asking = calloc(1, sizeof(*asking));
	const struct address *server = &reverse->servers[
		place->failures % reverse->server_count];
	struct hash_key random;

	place->wanted = false;
	if (asking == NULL)
		return;
	hash_key_draw(&random);
	asking->reverse = reverse;
	asking->id = (uint16_t)random.word[0];
	asking->question = (struct question){
		.type = TYPE_PTR, .class = CLASS_IN, .rd = true,
	};
	reverse_name(&place->address, &asking->question.name);
	uv_udp_init(reverse->beat.loop, &asking->udp);
	reverse->asking = asking;
	reverse->at = place;
	if (send_question(asking, server) < 0)
		fail(reverse);
}

static void beat(uv_timer_t *timer)
{
	struct reverse *reverse = timer->data;
	struct place *next;

	if (reverse->asking != NULL) {
		if (++reverse->asking->beats >= PATIENCE)
			fail(reverse);
		return;
	}
	next = reverse->server_count > 0 ? next_wanted(reverse) : NULL;
	if (next != NULL)
		ask(reverse, next);
	else
		uv_timer_stop(timer);
}

void reverse_want(struct reverse *reverse, const struct address *address)
{
	struct place *place = find(reverse, address);
	uint64_t now = uv_now(reverse->beat.loop);

	if (!address_is_private(address) || address_is_loopback(address) ||
	    reverse->server_count == 0 || (place != NULL && place->due > now))
		return;
	if (place == NULL) {
		place = take_place(reverse);
		if (place == NULL)
			return;
		*place = (struct place){ .address = *address };
	}
	if (place == reverse->at)
		return;
	place->wanted = true;
	if (!uv_is_active((uv_handle_t *)&reverse->beat))
		uv_timer_start(&reverse->beat, beat, 0, BEAT_MS);
}

void reverse_forget(struct reverse *reverse, const struct address *address)
{
	struct place *place = find(reverse, address);

	if (place == NULL || place == reverse->at)
		return;
	place->due = 0;
	place->failures = 0;
}

void reverse_serve(struct reverse *reverse, struct addresses servers)
{
	reverse->server_count = 0;
	for (unsigned i = 0; i < servers.count; i++)
		if (address_is_private(&servers.at[i]) &&
		    reverse->server_count < SERVERS)
			reverse->servers[reverse->server_count++] =
				servers.at[i];
}

struct reverse *reverse_open(const struct reverse_options *options)
{
	struct reverse *reverse = calloc(1, sizeof(*reverse));

	if (reverse == NULL)
		return NULL;
	reverse->options = *options;
	uv_timer_init(options->loop, &reverse->beat);
	reverse->beat.data = reverse;
	return reverse;
}

static void beat_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void reverse_close(struct reverse *reverse)
{
	if (reverse == NULL)
		return;
	if (reverse->asking != NULL)
		stop_asking(reverse);
	uv_close((uv_handle_t *)&reverse->beat, beat_closed);
}
