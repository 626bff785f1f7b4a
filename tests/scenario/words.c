/*
 * words: DNS messages to and from the words of a scenario, through ldns.
 */
#include "words.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool has_flag(const char *flags, const char *flag)
{
	size_t len = strlen(flag);
	const char *at = flags;

	while (at && (at = strstr(at, flag))) {
		bool begins = at == flags || at[-1] == ' ';

		if (begins && (at[len] == ' ' || at[len] == '\0'))
			return true;
		at += len;
	}
	return false;
}

static long flag_value(const char *flags, const char *flag, long missing)
{
	const char *at = flags ? strstr(flags, flag) : NULL;

	return at ? strtol(at + strlen(flag), NULL, 10) : missing;
}

static size_t to_wire(ldns_pkt *packet, uint8_t *at)
{
	uint8_t *wire;
	size_t len;

	if (ldns_pkt2wire(&wire, packet, &len) != LDNS_STATUS_OK)
		return 0;
	memcpy(at, wire, len);
	free(wire);
	ldns_pkt_free(packet);
	return len;
}

size_t words_query(uint8_t *at, const char *name, const char *type,
		   const char *flags)
{
	ldns_pkt *packet = ldns_pkt_query_new(
		ldns_dname_new_frm_str(name), ldns_get_rr_type_by_name(type),
		LDNS_RR_CLASS_IN, has_flag(flags, "norecurse") ? 0 : LDNS_RD);

	if (!packet)
		return 0;
	ldns_pkt_set_id(packet, (uint16_t)flag_value(flags, "id=", 4711));
	ldns_pkt_set_cd(packet, has_flag(flags, "cd"));
	if (has_flag(flags, "edns"))
		ldns_pkt_set_edns_udp_size(
			packet, (uint16_t)flag_value(flags, "payload=", 1232));
	if (has_flag(flags, "do"))
		ldns_pkt_set_edns_do(packet, true);
	return to_wire(packet, at);
}

static void push_records(ldns_pkt *packet, const struct words_answer *answer)
{
	unsigned i;

	for (i = 0; i < answer->count; i++) {
		const char *text = answer->records[i];
		ldns_pkt_section section = LDNS_SECTION_ANSWER;
		ldns_rr *record;

		if (strncmp(text, "authority ", 10) == 0) {
			section = LDNS_SECTION_AUTHORITY;
			text += 10;
		}
		if (ldns_rr_new_frm_str(&record, text, 0, NULL, NULL) ==
		    LDNS_STATUS_OK)
			ldns_pkt_push_rr(packet, section, record);
		else
			fprintf(stderr, "no record: %s\n", text);
	}
}

static void forge_name(ldns_rr *question)
{
	ldns_rdf_deep_free(ldns_rr_owner(question));
	ldns_rr_set_owner(question, ldns_dname_new_frm_str("forged.example."));
}

size_t words_answer(uint8_t *at, const uint8_t *query, size_t query_len,
		    const struct words_answer *answer)
{
	const char *flags = answer->flags;
	ldns_lookup_table *rcode =
		ldns_lookup_by_name(ldns_rcodes, answer->rcode);
	ldns_pkt *packet;

	if (ldns_wire2pkt(&packet, query, query_len) != LDNS_STATUS_OK)
		return 0;
	ldns_pkt_set_qr(packet, true);
	ldns_pkt_set_ra(packet, true);
	ldns_pkt_set_aa(packet, has_flag(flags, "aa"));
	ldns_pkt_set_tc(packet, has_flag(flags, "tc"));
	ldns_pkt_set_ad(packet, has_flag(flags, "ad"));
	ldns_pkt_set_rcode(packet, rcode ? (uint8_t)rcode->id : 0);
	if (has_flag(flags, "noedns")) {
		ldns_pkt_set_edns_udp_size(packet, 0);
		ldns_pkt_set_edns_do(packet, false);
	}
	if (has_flag(flags, "wrongid"))
		ldns_pkt_set_id(packet,
				(uint16_t)(ldns_pkt_id(packet) ^ 0x5555));
	if (has_flag(flags, "wrongname"))
		forge_name(ldns_rr_list_rr(ldns_pkt_question(packet), 0));
	push_records(packet, answer);
	return to_wire(packet, at);
}

bool words_question(const uint8_t *at, size_t len, char *out, size_t size)
{
	ldns_pkt *packet;
	ldns_rr *question;
	char *name, *type;

	if (ldns_wire2pkt(&packet, at, len) != LDNS_STATUS_OK)
		return false;
	question = ldns_rr_list_rr(ldns_pkt_question(packet), 0);
	ldns_dname2canonical(ldns_rr_owner(question));
	name = ldns_rdf2str(ldns_rr_owner(question));
	type = ldns_rr_type2str(ldns_rr_get_type(question));
	snprintf(out, size, "%.*s %s", (int)strlen(name) - 1, name, type);
	free(name);
	free(type);
	ldns_pkt_free(packet);
	return true;
}

static size_t print_head(const ldns_pkt *packet, char *out, size_t size)
{
	const ldns_lookup_table *rcode = ldns_lookup_by_id(
		ldns_rcodes, (int)ldns_pkt_get_rcode(packet));
	unsigned extended = ldns_pkt_edns_extended_rcode(packet);

	return (size_t)snprintf(
		out, size, "%s%s%s%s%s%s\n",
		extended == 1 ? "BADVERS" : rcode ? rcode->name : "?",
		ldns_pkt_aa(packet) ? " aa" : "",
		ldns_pkt_tc(packet) ? " tc" : "",
		ldns_pkt_ad(packet) ? " ad" : "",
		ldns_pkt_edns(packet) ? " edns" : "",
		ldns_pkt_edns_do(packet) ? " do" : "");
}

static size_t print_records(ldns_rr_list *records, const char *before,
			    char *out, size_t size)
{
	size_t len = 0, i;

	for (i = 0; i < ldns_rr_list_rr_count(records); i++) {
		char *text = ldns_rr2str(ldns_rr_list_rr(records, i));
		char *at;

		for (at = text; *at; at++)
			if (*at == '\t')
				*at = ' ';
		len += (size_t)snprintf(out + len, size - len, "%s%s", before,
					text);
		free(text);
	}
	return len;
}

/* Option 15 of the OPT record (RFC 8914, section 2). */
static size_t print_ede(const ldns_pkt *packet, char *out, size_t size)
{
	const ldns_rdf *data = ldns_pkt_edns_data(packet);
	const uint8_t *at = data ? ldns_rdf_data(data) : NULL;
	size_t left = data ? ldns_rdf_size(data) : 0;

	while (left >= 4) {
		size_t len = (size_t)(at[2] << 8 | at[3]);

		if (at[0] == 0 && at[1] == 15 && len >= 2)
			return (size_t)snprintf(out, size, "ede %d %.*s\n",
						at[4] << 8 | at[5],
						(int)len - 2, at + 6);
		at += 4 + len;
		left -= 4 + len;
	}
	return 0;
}

bool words_of(const uint8_t *at, size_t len, char *out, size_t size)
{
	ldns_pkt *packet;
	size_t used;

	if (ldns_wire2pkt(&packet, at, len) != LDNS_STATUS_OK)
		return false;
	used = print_head(packet, out, size);
	used += print_records(ldns_pkt_answer(packet), "", out + used,
			      size - used);
	used += print_records(ldns_pkt_authority(packet), "authority ",
			      out + used, size - used);
	print_ede(packet, out + used, size - used);
	ldns_pkt_free(packet);
	return true;
}
