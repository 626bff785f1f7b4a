/*
 * probe: does asking this server come back to us?
 *
 * The number of the server is the first label, so that the one question that
 * comes back names the server it was sent to.
 */
#include "upstream/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "dns/answer.h"
#include "dns/message.h"

void probe_draw(struct name *name)
{
	struct hash_key key;
	char text[64];

	hash_key_draw(&key);
	snprintf(text, sizeof(text), "%016llx.homebound-loop.test",
		 (unsigned long long)key.word[0]);
	name_parse(name, bytes_of_string(text));
}

static int probe_name(struct name *probe, const struct name *name,
		      unsigned number)
{
	uint8_t wire[NAME_MAX_WIRE + 8];
	int len = snprintf((char *)wire + 1, 7, "%u", number % 1000);

	wire[0] = (uint8_t)len;
	memcpy(wire + 1 + len, name->wire, name->len);
	return name_from_wire(probe,
			      bytes_of(wire, 1u + (size_t)len + name->len));
}

void probe_send(const struct name *name, unsigned number,
		const struct address *server)
{
	struct question question = {
		.type = TYPE_TXT, .class = CLASS_IN, .rd = true,
	};
	struct hash_key id;
	uint8_t query[512];
	size_t len;
	int fd;

	if (!address_is_private(server) ||
	    probe_name(&question.name, name, number) < 0)
		return;
	fd = socket(server->family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0);
	if (fd < 0)
		return;
	hash_key_draw(&id);
	len = answer_write_query(query, &question, (uint16_t)id.word[0], 0);
	/* Whether it arrives is found out, or not: nothing depends on it. */
	(void)!sendto(fd, query, len, 0, &server->any, address_size(server));
	close(fd);
}

int probe_number(const struct name *asked)
{
	char digits[4] = "";
	size_t len = asked->wire[0];

	if (asked->labels < 2 || len > 3)
		return ERROR_MALFORMED;
	memcpy(digits, asked->wire + 1, len);
	return digits[strspn(digits, "0123456789")] ? ERROR_MALFORMED
						    : atoi(digits);
}
