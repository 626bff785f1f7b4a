/*
 * An upstream's answer, any bytes, looked through for aliases and addresses
 * and veiled: the end is reached, and what is found is a name or an address
 * and a verdict that means something.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../policy/plain.h"
#include "dns/message.h"
#include "policy/build.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const rules[] = {
	"sink.example", "watch.example", "ok.sink.example", "a", "b.a",
};

/* The list that was added last has something against an address. */
static int put_address(struct build *build)
{
	struct rule rule = { .scope = RULE_ADDRESS, .line = 9 };

	return prefix_parse(&rule.prefix, "198.51.100.0/24") < 0 ? -1
	       : build_rule(build, &rule, bytes_of(NULL, 0));
}

static struct image *make_image(void)
{
	char folder[] = "/tmp/homebound-fuzz-XXXXXX", path[64];
	struct build *build = build_new();
	struct image_list list = { .version = 1 };
	static const uint8_t inputs[32];
	struct image *image = NULL;
	struct name name;

	if (!build || !mkdtemp(folder))
		abort();
	snprintf(path, sizeof(path), "%s/image", folder);
	for (unsigned i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		list.name[0] = (char)('0' + i % 3);
		if (build_list(build, &list) < 0 ||
		    name_parse(&name, bytes_of_string(rules[i])) < 0 ||
		    plain_rule(build, &name, false, i + 1) < 0)
			abort();
	}
	if (put_address(build) < 0 || plain_write(build, path, 1, inputs) < 0 ||
	    image_open(&image, path) < 0)
		abort();
	build_free(build);
	unlink(path);
	rmdir(folder);
	return image;
}

static struct policy *make_policy(void)
{
	struct house_list lists[] = {
		{ "0", ACTION_SINK }, { "1", ACTION_OBSERVE },
		{ "2", ACTION_ALLOW },
	};
	struct house model = { .lists = lists, .list_count = 3 };
	struct policy *policy = policy_new(make_image(), house_new(&model));

	if (!policy)
		abort();
	return policy;
}

/* What comes out is no longer than what went in. */
static void veil(const struct policy *policy,
		 const struct policy_question *question, const uint8_t *data,
		 size_t size)
{
	uint8_t *copy = malloc(size + 1);
	size_t len;

	if (!copy)
		abort();
	memcpy(copy, data, size);
	len = policy_veil(policy, question, copy, size);
	if (len > size)
		abort();
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policy *policy;
	static struct name asked;
	struct policy_question question = { .name = &asked, .type = TYPE_A };
	struct verdict verdict = { 0 };
	struct name alias, again;

	if (!policy) {
		policy = make_policy();
		name_parse(&asked, bytes_of_string("www.example"));
	}
	veil(policy, &question, data, size);
	if (!policy_inspect(policy, &question, bytes_of(data, size), &verdict,
			    &alias))
		return 0;
	if (verdict.kind != VERDICT_SINK && verdict.kind != VERDICT_OBSERVE)
		abort();
	if ((verdict.by == VERDICT_BY_ADDRESS) != (alias.len == 0))
		abort();
	if (alias.len == 0)
		return 0;
	if (name_from_wire(&again, bytes_of(alias.wire, alias.len)) < 0 ||
	    !name_equal(&again, &alias) || verdict.labels > alias.labels)
		abort();
	return 0;
}
