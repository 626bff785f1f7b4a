/*
 * A response policy zone: rules as records of a zone (draft-vixie-dnsop-dns-
 * rpz).
 *
 *	a.example		CNAME .			no such name
 *	*.a.example		CNAME .			nor anything below it
 *	b.example		CNAME rpz-passthru.	not this one
 *	24.0.2.0.192.rpz-ip	CNAME .			addresses of answers
 *	\_____ owner ____/	      \ target /
 *
 * Owners are relative to the zone, whose name is that of its SOA record.
 * Whole public lists are written with absolute owners outside of it; a server
 * would refuse them, they are read as they are meant.
 *
 * And it is a zone: a wildcard is for names whose closest encloser it stands
 * below (RFC 4592), so a name that is there, if only because something below
 * it is, ends what a wildcard above it says.  The image knows rules, not
 * zones; what the zone says without words is given as implied rules:
 *
 *	*.a.example		for x.b.a.example, if b.a.example was not
 *	c.b.a.example		there: b.a.example and below pass
 */
#include "subscribe/reader.h"

#include <errno.h>

#include "dns/name.h"
#include "subscribe/host.h"
#include "subscribe/master.h"
#include "subscribe/origin.h"
#include "subscribe/owners.h"
#include "subscribe/trigger.h"

enum { TARGET_MAX = 1024 };

/* What there is of a name, in owner.flags. */
enum {
	THERE = 1,		/* records of its own */
	WILDCARD = 2,		/* *.name */
	ALIAS = 4,		/* a CNAME; ALIAS << 1: that of *.name */
	IMPLIED = 16,		/* its implied rule has been given */
};

struct rpz {
	struct reader *reader;
	struct owners owners;
	struct origin origin;
	unsigned type;			/* of the record; enum master_type */
	bool implying;			/* the second walk */
	uint64_t depths[2];		/* bit n: *.name with n labels */
	unsigned shallowest;		/* the first such n */
};

/* --- what the records say --- */

struct policy_target {
	const char *target, *answer;
	uint8_t effect;
};

static const struct policy_target targets[] = {
	{ ".", "nxdomain", RULE_BLOCK },
	{ "*.", "nodata", RULE_BLOCK },
	{ "rpz-passthru.", "", RULE_ALLOW },
	{ "rpz-drop.", "drop", RULE_BLOCK },
	{ "rpz-tcp-only.", "tcp-only", RULE_BLOCK },
};

static unsigned pass_through(struct reader *reader)
{
	reader->special = true;
	reader->rule.word = WORDS("passthru");
	return RULE_ALLOW;
}

/* A CNAME to anything else answers with it; to itself, it lets through. */
static const char *read_alias(struct rpz *rpz, struct bytes target,
			      unsigned *effect)
{
	struct reader *reader = rpz->reader;
	struct bytes origin = origin_now(&rpz->origin);
	struct bytes answer = reader_join(reader, WORDS("CNAME "), WORDS(""));
	struct bytes name = reader_lower(reader, origin_bare(target));

	if (!answer.at || !name.at || name.len > TARGET_MAX)
		return "a target that is too long";
	if (name.len == 0)
		return "a target that is no name";
	if (!master_is_absolute(target) && origin.len > 0) {
		reader_join(reader, WORDS("."), WORDS(""));
		reader_lower(reader, origin);
		name.len += 1 + origin.len;
	}
	answer.len += name.len;
	if (origin_is_same(name, rpz->origin.owner)) {
		*effect = pass_through(reader);
		return NULL;
	}
	reader->rule.answer = answer;
	*effect = RULE_REWRITE;
	return NULL;
}

static const char *read_cname(struct rpz *rpz, struct bytes target,
			      unsigned *effect)
{
	struct reader *reader = rpz->reader;

	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		if (!line_is(target, targets[i].target))
			continue;
		*effect = targets[i].effect;
		reader->rule.answer = bytes_of_string(targets[i].answer);
		if (*effect == RULE_ALLOW)
			pass_through(reader);
		return NULL;
	}
	return read_alias(rpz, target, effect);
}

static const char *read_address(struct reader *reader, struct bytes word,
				unsigned *effect)
{
	struct prefix address;

	if (!host_address(&address, word))
		return "not an address where one should be";
	*effect = reader_answer(reader, &address);
	return NULL;
}

/* "TXT "words"": the type and the rest, a space between. */
static const char *read_other(struct reader *reader,
			      const struct master_record *record,
			      unsigned type, unsigned *effect)
{
	size_t start = reader->used;
	bool fits = true;

	for (unsigned i = type; fits && i < record->count; i++)
		fits = reader_join(reader, i > type ? WORDS(" ") : WORDS(""),
				   record->words[i]).at;
	if (!fits || record->cut)
		return "a record that is too long";
	for (size_t i = 0; i < record->words[type].len; i++) {
		char *letter = &reader->room[start + i];

		if (*letter >= 'a' && *letter <= 'z')
			*letter = (char)(*letter - 32);
	}
	reader->rule.answer = bytes_of(reader->room + start,
				       reader->used - start);
	*effect = RULE_REWRITE;
	return NULL;
}

static const char *read_data(struct rpz *rpz,
			     const struct master_record *record,
			     unsigned at, unsigned *effect)
{
	if (at + 1 == record->count)
		return "a record without its data";
	switch (rpz->type) {
	case MASTER_CNAME:
		return read_cname(rpz, record->words[at + 1], effect);
	case MASTER_ADDRESS:
		return read_address(rpz->reader, record->words[at + 1],
				    effect);
	default:
		return read_other(rpz->reader, record, at, effect);
	}
}

/* --- rules --- */

static int refuse(struct rpz *rpz, const char *why)
{
	return rpz->implying ? 0 : reader_skip(rpz->reader, why);
}

static void note_wildcard(struct rpz *rpz, unsigned labels)
{
	rpz->depths[labels / 64] |= UINT64_C(1) << labels % 64;
	if (labels < rpz->shallowest)
		rpz->shallowest = labels;
}

/* A second CNAME of a name is none: 0; 1: it may be given. */
static int enter(struct rpz *rpz, const struct name *name, unsigned flag)
{
	unsigned flags = flag | (rpz->type == MASTER_CNAME ? ALIAS * flag : 0);
	struct owner *owner;

	owner = owners_put(&rpz->owners, owners_hash(&rpz->owners, name));
	if (!owner)
		return -ENOMEM;
	if (owner->flags & flags & (ALIAS | ALIAS << 1))
		return reader_skip(rpz->reader, "a second CNAME of a name");
	owner->flags |= flags;
	if (flag == WILDCARD)
		note_wildcard(rpz, name->labels);
	return 1;
}

static int give_trigger(struct rpz *rpz, const struct trigger *trigger,
			unsigned effect)
{
	struct reader *reader = rpz->reader;
	struct name name;
	int entered;

	if (name_parse(&name, rpz->origin.owner) < 0)
		return reader_skip(reader, "a name that is too long");
	entered = enter(rpz, &name, THERE);
	if (entered <= 0)
		return entered;
	reader->special = true;
	reader->rule.prefix = trigger->prefix;
	return reader_give(reader, effect, trigger->scope);
}

static int give_name(struct rpz *rpz, unsigned scope, unsigned effect)
{
	struct reader *reader = rpz->reader;
	int entered = enter(rpz, &reader->rule.name,
			    scope == RULE_BELOW ? WILDCARD : THERE);

	return entered <= 0 ? entered : reader_give(reader, effect, scope);
}

/* The scope of the owner, its name in the rule; or why it has none. */
static const char *read_scope(struct rpz *rpz, unsigned *scope)
{
	struct bytes owner = rpz->origin.owner;
	const char *why;

	*scope = RULE_EXACT;
	if (line_at(owner, 0) == '*' &&
	    (owner.len == 1 || owner.at[1] == '.')) {
		*scope = RULE_BELOW;
		owner = line_skip(owner, owner.len > 1 ? 2 : 1);
		if (rpz->origin.owner.len == 1)
			return name_parse(&rpz->reader->rule.name,
					  WORDS(".")) < 0 ? "" : NULL;
	}
	why = reader_name(rpz->reader, owner, true);
	if (why && line_has(owner, '*'))
		return "a wildcard that is not the first label";
	return why;
}

/* --- what the zone says without words --- */

static int give_implied(struct rpz *rpz, const struct name *name,
			unsigned label, unsigned flags)
{
	struct reader *reader = rpz->reader;
	unsigned scope = flags & THERE ? RULE_BELOW
		       : flags & WILDCARD ? RULE_EXACT : RULE_SUBTREE;

	if ((flags & THERE) && (flags & WILDCARD))
		return 0;
	reader->special = true;
	reader->rule.implied = true;
	name_from_wire(&reader->rule.name, name_suffix(name, label));
	return reader_give(reader, RULE_PASS, scope);
}

static bool has_wildcard(const struct rpz *rpz, unsigned labels,
			 const struct hash_walk *walk)
{
	const struct owner *owner;

	if (!(rpz->depths[labels / 64] >> labels % 64 & 1))
		return false;
	owner = owners_find(&rpz->owners, owners_value(walk));
	return owner && (owner->flags & WILDCARD);
}

/* The suffix from that label on is a name right under a wildcard. */
static int imply_suffix(struct rpz *rpz, const struct name *name,
			unsigned label, const struct hash_walk *walk)
{
	struct owner *owner = owners_put(&rpz->owners, owners_value(walk));

	if (!owner)
		return -ENOMEM;
	if (owner->flags & IMPLIED)
		return 0;
	owner->flags |= IMPLIED;
	return give_implied(rpz, name, label, owner->flags);
}

/* Every name on the way from the zone to this one. */
static int imply_name(struct rpz *rpz, const struct name *name)
{
	struct hash_walk walk;
	int error = 0;

	hash_walk_init(&walk, &rpz->owners.key);
	for (unsigned i = name->labels; error >= 0 && i-- > 0;) {
		bool below = has_wildcard(rpz, name->labels - i - 1u, &walk);

		hash_walk_label(&walk, name->wire + name->label[i]);
		if (below)
			error = imply_suffix(rpz, name, i, &walk);
	}
	return error;
}

static int imply(struct rpz *rpz)
{
	unsigned scope, dots = 0;
	struct name name;

	for (size_t i = 0; i < rpz->origin.owner.len; i++)
		dots += rpz->origin.owner.at[i] == '.';
	if (dots < rpz->shallowest || read_scope(rpz, &scope))
		return 0;
	name = rpz->reader->rule.name;
	return imply_name(rpz, &name);
}

/* --- records --- */

static int read_rule(struct rpz *rpz, const struct master_record *record,
		     unsigned at)
{
	struct trigger trigger = { .scope = RULE_EXACT };
	unsigned effect = RULE_BLOCK;
	const char *why = read_data(rpz, record, at, &effect);
	bool triggered = trigger_is(rpz->origin.owner);

	if (!why && triggered)
		why = trigger_read(&trigger, rpz->origin.owner,
				   &rpz->reader->rule.name);
	else if (!why)
		why = read_scope(rpz, &trigger.scope);
	if (why)
		return reader_skip(rpz->reader, why);
	if (rpz->origin.outside) {
		rpz->reader->special = true;
		rpz->reader->rule.outside = true;
	}
	return triggered ? give_trigger(rpz, &trigger, effect)
			 : give_name(rpz, trigger.scope, effect);
}

static int read_directive(struct rpz *rpz, const struct master_record *record)
{
	if (!line_is(record->words[0], "$origin"))
		return 0;
	if (record->count < 2 || !origin_set(&rpz->origin, record->words[1]))
		return refuse(rpz, "$ORIGIN without a name");
	return 0;
}

/* Where the type stands; the count if nowhere. */
static unsigned type_at(const struct master_record *record, unsigned *type)
{
	unsigned at = !record->blank;

	while (at < record->count &&
	       master_is_ttl_or_class(record->words[at]))
		at++;
	*type = at < record->count ? master_type(record->words[at])
				   : MASTER_NO_TYPE;
	return at;
}

static int read_record(struct rpz *rpz, const struct master_record *record)
{
	const char *why = NULL;
	unsigned at;

	if (record->words[0].at[0] == '$')
		return read_directive(rpz, record);
	at = type_at(record, &rpz->type);
	if (rpz->type == MASTER_NO_TYPE)
		return refuse(rpz, "not a record");
	if (record->open)
		return refuse(rpz, "a parenthesis that is never closed");
	if (!record->blank)
		why = origin_owner(&rpz->origin, record->words[0]);
	if (why || !rpz->origin.known)
		return refuse(rpz, why ? why : "a record without an owner");
	if (rpz->type == MASTER_ZONE)
		return 0;
	if (rpz->origin.apex)
		return rpz->implying ? 0
			: reader_ignore(rpz->reader, "data of the zone itself");
	if (rpz->implying)
		return trigger_is(rpz->origin.owner) ? 0 : imply(rpz);
	return read_rule(rpz, record, at);
}

/*
 * A relative owner has as many dots as its name, an absolute one more: none is
 * passed over that has enough.
 */
static int read_all(struct rpz *rpz, struct bytes text)
{
	struct master_record record;
	struct line_walk walk;
	int error = 0;

	origin_restart(&rpz->origin);
	line_walk(&walk, text);
	while (error >= 0) {
		if (rpz->implying && rpz->origin.at_zone)
			master_skip_shallow(&walk, rpz->shallowest);
		if (!master_next(&walk, &record))
			break;
		reader_begin(rpz->reader, record.line,
			     line_trim(record.text));
		error = read_record(rpz, &record);
	}
	rpz->reader->counts->lines = walk.number;
	return error;
}

int rpz_text(struct reader *reader, struct bytes text)
{
	struct rpz rpz = {
		.reader = reader, .shallowest = NAME_MAX_LABELS + 1,
	};
	int error;

	owners_init(&rpz.owners);
	origin_find(&rpz.origin, text);
	error = read_all(&rpz, text);
	rpz.implying = true;
	if (error >= 0 && rpz.shallowest <= NAME_MAX_LABELS)
		error = read_all(&rpz, text);
	owners_release(&rpz.owners);
	return error;
}
