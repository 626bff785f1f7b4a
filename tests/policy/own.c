/*
 * The household's own rules: reading them, which of them decides, and what is
 * said about lines that make no sense.
 */
#include "own.h"

static const int64_t now = 1795000000;		/* 2026-11-18T11:06:40Z */

static unsigned line_of(const struct own_rule *rule)
{
	return rule != NULL ? rule->line : 0;
}

static unsigned judged(const struct own *own, const char *name,
		       const char *client)
{
	struct name asked = made_name(name);
	struct address address;

	if (client == NULL)
		return line_of(own_judge(own, &asked, NULL, now));
	address = made_address(client);
	return line_of(own_judge(own, &asked, &address, now));
}

Test(own, no_file_is_an_empty_table)
{
	struct made_own made;
	struct own *own;

	made_init(&made);
	own = made_read(&made);
	cr_expect_eq(own_count(own), 0);
	cr_expect_null(own_rule(own, 0));
	cr_expect_eq(judged(own, "www.example.org", "10.0.0.1"), 0);
	cr_expect_eq(judged(own, ".", NULL), 0);
	cr_expect_null(own_pause(own, NULL, now));
	cr_expect_eq(made.reports, 0);
	own_free(own);
	own_free(NULL);
	made_release(&made);
}

Test(own, a_folder_that_cannot_be_read_is_an_error)
{
	struct made_own made;
	struct own *own;
	char path[512];

	made_init(&made);
	made_path(&made, "own.rules", path);
	cr_assert_eq(mkdir(path, 0700), 0);
	cr_expect_lt(own_read(&own, made.state, made_report, &made), 0);
	cr_expect_null(own);
	cr_assert_eq(rmdir(path), 0);
	made_release(&made);
}

Test(own, every_part_of_a_line)
{
	const struct own_rule *rule;
	struct made_own made;
	struct own *own;
	struct name name = made_name("www.example.org");

	made_init(&made);
	made_write(&made,
		   "# mine\n"
		   "\n"
		   "  allow\t=WWW.Example.org.  client 192.168.1.7/24 until "
		   "2026-11-22T20:00:00Z# not a note \n"
		   "pause until 2026-11-22T20:05Z   #\tb\303\274cher  \r\n"
		   "block example.com");
	own = made_read(&made);
	cr_assert_eq(made.reports, 1, "a # within a word is no note");
	cr_assert_eq(made.line, 3);
	cr_assert_eq(own_count(own), 2);
	rule = own_rule(own, 0);
	cr_expect(rule->pause);
	cr_expect_eq(rule->until, 1795377900);
	cr_expect_str_eq(rule->note, "b\303\274cher");
	own_free(own);
	made_write(&made, "\xef\xbb\xbf" "allow =WWW.Example.org. client "
		   "192.168.1.7/24 until 2026-11-22T20:00:00Z #x\n");
	own = made_read(&made);
	cr_assert_eq(own_count(own), 1);
	rule = own_rule(own, 0);
	cr_expect(rule->allow && rule->exact && !rule->pause);
	cr_expect(name_equal(&rule->name, &name));
	cr_expect_eq(rule->until, 1795377600);
	cr_expect(rule->has_client);
	cr_expect_eq(rule->client.bits, 24);
	cr_expect_eq(rule->client.at[3], 0);
	cr_expect_str_eq(rule->note, "x");
	own_free(own);
	made_release(&made);
}

Test(own, lines_that_make_no_sense)
{
	static const struct {
		const char *line, *words;
	} rows[] = {
		{ "blokc example.com",
		  "a rule begins with block, allow or pause: blokc" },
		{ "block", "a name is missing behind: block" },
		{ "block # why", "a name is missing behind: block" },
		{ "block *.example.com", "leave the star out, a rule covers "
		  "all below its name: *.example.com" },
		{ "block b\303\274cher.example",
		  "write it as xn--...: b\\195\\188cher.example" },
		{ "block https://example.com/",
		  "that is no domain name: https://example.com/" },
		{ "block a..b", "that is no domain name: a..b" },
		{ "block =", "that is no domain name: =" },
		{ "block ==a", "that is no domain name: ==a" },
		{ "block a\\", "that is no domain name: a\\092" },
		{ "block a b", "only until, client or # can stand here: b" },
		{ "pause a", "only until, client or # can stand here: a" },
		{ "block a until", "something is missing behind: until" },
		{ "block a until # x", "something is missing behind: until" },
		{ "block a until 20:00", "write the time once, as "
		  "2026-11-22T20:00:00Z: 20:00" },
		{ "block a until 2026-11-22T20:00:00", "write the time once, "
		  "as 2026-11-22T20:00:00Z: 2026-11-22T20:00:00" },
		{ "block a until 2026-02-30T20:00:00Z", "write the time once, "
		  "as 2026-11-22T20:00:00Z: 2026-02-30T20:00:00Z" },
		{ "block a until 10m", "write the time once, as "
		  "2026-11-22T20:00:00Z: 10m" },
		{ "block a client kids", "write the client once, as "
		  "192.168.1.7 or 192.168.1.0/24: kids" },
		{ "block a client 10.0.0.1 client 10.0.0.1", "write the client "
		  "once, as 192.168.1.7 or 192.168.1.0/24: 10.0.0.1" },
		{ "\033[2J", "a rule begins with block, allow or pause: "
		  "\\027[2J" },
	};
	struct made_own made;

	made_init(&made);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[256];
		struct own *own;

		snprintf(text, sizeof(text), "block x\n%s\nblock y\n",
			 rows[i].line);
		made_write(&made, text);
		own = made_read(&made);
		cr_expect_eq(made.reports, 1, "%s", rows[i].line);
		cr_expect_eq(made.line, 2);
		cr_expect_str_eq(made.words, rows[i].words);
		cr_expect_eq(own_count(own), 2);
		cr_expect_eq(judged(own, "y", NULL), 3);
		own_free(own);
	}
	made_release(&made);
}

Test(own, a_line_without_end)
{
	struct made_own made;
	char text[5000] = "block example.com # ";
	struct own *own;

	made_init(&made);
	memset(text + strlen(text), 'x', 4000);
	made_write(&made, text);
	own = made_read(&made);
	cr_expect_eq(made.reports, 1);
	cr_expect_str_eq(made.words, "longer than 2048 bytes");
	own_free(own);
	text[500] = '\0';
	made_write(&made, text);
	own = made_read(&made);
	cr_expect_eq(strlen(own_rule(own, 0)->note), OWN_NOTE - 1);
	own_free(own);
	memset(text, '#', 4000);
	text[4000] = '\0';
	made_write(&made, text);
	own = made_read(&made);
	cr_expect_eq(made.reports, 0, "a comment may be as long as it likes");
	own_free(own);
	made_release(&made);
}

Test(own, so_many_rules_and_no_more)
{
	struct made_own made;
	struct own *own;
	char path[512];
	FILE *file;

	made_init(&made);
	made_path(&made, "own.rules", path);
	file = fopen(path, "w");
	for (unsigned i = 0; i < OWN_RULES + 10; i++)
		fprintf(file, "block n%u.example\n", i);
	fclose(file);
	own = made_read(&made);
	cr_expect_eq(own_count(own), OWN_RULES);
	cr_expect_eq(made.reports, 1);
	cr_expect_eq(made.line, OWN_RULES + 1);
	cr_expect_str_eq(made.words, "more than 65536 rules");
	cr_expect_eq(judged(own, "x.n65535.example", NULL), OWN_RULES);
	cr_expect_eq(judged(own, "n65536.example", NULL), 0);
	own_free(own);
	made_release(&made);
}

Test(own, the_most_specific_decides)
{
	static const struct {
		const char *name, *client;
		unsigned line;
	} rows[] = {
		{ "example.com", NULL, 1 }, { "a.b.example.com", NULL, 1 },
		{ "notexample.com", NULL, 0 }, { "com", NULL, 0 },
		{ "www.example.com", NULL, 3 },
		{ "a.www.example.com", NULL, 2 },
		{ "example.com", "10.1.2.3", 4 },
		{ "www.example.com", "10.1.2.3", 3 },
		{ "example.com", "10.1.2.4", 5 },
		{ "example.com", "10.2.0.0", 1 },
		{ "both.org", NULL, 7 }, { "both.org", "10.1.2.3", 7 },
		{ "x.net", "2001:db8::5", 8 }, { "x.net", "10.1.2.3", 0 },
		{ "x.net", NULL, 0 },
	};
	struct made_own made;
	struct own *own;

	made_init(&made);
	made_write(&made,
		   "block example.com\n"
		   "block www.example.com\n"
		   "allow =www.example.com\n"
		   "allow example.com client 10.1.2.3\n"
		   "block example.com client 10.1.0.0/16\n"
		   "block both.org\n"
		   "allow both.org\n"
		   "block . client 2001:db8::/32\n");
	own = made_read(&made);
	cr_assert_eq(made.reports, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(judged(own, rows[i].name, rows[i].client),
			     rows[i].line, "%s", rows[i].name);
	own_free(own);
	made_release(&made);
}

Test(own, what_has_expired_decides_nothing)
{
	struct made_own made;
	struct name name = made_name("www.example.com");
	struct own *own;

	made_init(&made);
	made_write(&made,
		   "block example.com until 2026-11-22T20:00:00Z\n"
		   "allow www.example.com until 2026-11-20T20:00:00Z\n");
	own = made_read(&made);
	cr_expect_eq(line_of(own_judge(own, &name, NULL, 1795204799)), 2);
	cr_expect_eq(line_of(own_judge(own, &name, NULL, 1795204800)), 1);
	cr_expect_eq(line_of(own_judge(own, &name, NULL, 1795377599)), 1);
	cr_expect_eq(line_of(own_judge(own, &name, NULL, 1795377600)), 0);
	own_free(own);
	made_release(&made);
}

Test(own, pauses)
{
	struct address kid = made_address("10.0.0.7");
	struct address other = made_address("10.0.0.8");
	struct made_own made;
	struct own *own;

	made_init(&made);
	made_write(&made,
		   "pause until 2026-11-20T20:00:00Z\n"
		   "block example.com\n"
		   "pause client 10.0.0.7 until 2026-11-22T20:00:00Z\n"
		   "pause client 10.0.0.7 until 2026-11-18T00:00:00Z\n");
	own = made_read(&made);
	cr_expect_eq(line_of(own_pause(own, NULL, now)), 1);
	cr_expect_eq(line_of(own_pause(own, &other, now)), 1);
	cr_expect_eq(line_of(own_pause(own, &kid, now)), 3);
	cr_expect_eq(line_of(own_pause(own, &kid, 1795204800)), 3);
	cr_expect_eq(line_of(own_pause(own, &other, 1795204800)), 0);
	cr_expect_eq(line_of(own_pause(own, &kid, 1795377600)), 0);
	cr_expect_eq(judged(own, "example.com", NULL), 2);
	own_free(own);
	made_write(&made, "pause until 2026-11-22T20:00:00Z\npause\n");
	own = made_read(&made);
	cr_expect_eq(line_of(own_pause(own, NULL, now)), 2, "for ever");
	own_free(own);
	made_release(&made);
}

Test(own, a_rule_prints_as_its_line)
{
	static const char *const rows[] = {
		"block upload.example.com",
		("allow =www.example.org until 2026-11-22T20:00:00Z client "
		 "192.168.1.7 # why"),
		"pause until 2026-11-22T20:05:00Z",
		"pause",
		"block . client 2001:db8::/32",
		"block =\\035a\\061.x\\032\\255_-9",
	};
	struct made_own made;

	made_init(&made);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char words[2048];
		struct own *own;
		struct text text;

		made_write(&made, rows[i]);
		own = made_read(&made);
		cr_assert_eq(own_count(own), 1, "%s", rows[i]);
		text_init(&text, words, sizeof(words));
		own_print(own_rule(own, 0), &text);
		cr_expect_str_eq(words, rows[i]);
		own_free(own);
	}
	made_release(&made);
}

/* What own.c says in its head, without any table. */
static const struct own_rule *naive(const struct own *own,
				    const struct name *name,
				    const struct address *client)
{
	const struct own_rule *best = NULL, *rule;
	long best_rank = -1;

	for (unsigned i = 0; (rule = own_rule(own, i)) != NULL; i++) {
		long rank = rule->name.labels * 10000L + rule->exact * 5000L +
			    (rule->has_client ? 10L + rule->client.bits * 10L
					      : 0) + rule->allow;

		if (rule->pause || (rule->until && rule->until <= now) ||
		    !name_is_below(name, &rule->name) ||
		    (rule->exact && !name_equal(name, &rule->name)) ||
		    (rule->has_client &&
		     (!client || !prefix_holds(&rule->client, client))) ||
		    rank <= best_rank)
			continue;
		best = rule;
		best_rank = rank;
	}
	return best;
}

static void random_name(char words[64])
{
	static const char *const label[] = { "a", "b", "cc" };
	unsigned labels = (unsigned)random() % 4;

	strcpy(words, labels == 0 ? "." : "");
	for (unsigned i = 0; i < labels; i++)
		sprintf(words + strlen(words), "%s%s", i ? "." : "",
			label[random() % 3]);
}

static void random_text(char *text, size_t size, unsigned rules)
{
	static const char *const ends[] = {
		"", " client 10.0.0.7", " client 10.0.0.0/24",
		" client 10.0.0.0/8", " until 2026-11-22T20:00:00Z",
		" until 2020-11-22T20:00:00Z",
		" client 10.0.0.7 until 2020-11-22T20:00:00Z", " client ::1",
	};
	struct text out;

	text_init(&out, text, size);
	for (unsigned i = 0; i < rules; i++) {
		char name[64];

		random_name(name);
		text_put(&out, "%s %s%s%s\n", random() % 2 ? "allow" : "block",
			 random() % 3 ? "" : "=", name, ends[random() % 8]);
	}
}

Test(own, judges_as_a_naive_search_does)
{
	static const char *const clients[] = { "10.0.0.7", "10.0.0.9",
					       "10.9.9.9", "::1" };
	struct made_own made;

	srandom(7);
	made_init(&made);
	for (unsigned round = 0; round < 100; round++) {
		static char text[8192];
		struct own *own;

		random_text(text, sizeof(text), round);
		made_write(&made, text);
		own = made_read(&made);
		cr_assert_eq(own_count(own), round);
		for (unsigned i = 0; i < 50; i++) {
			struct address client =
				made_address(clients[random() % 4]);
			const struct address *asks = random() % 4 ? &client
								  : NULL;
			char words[64];
			struct name name;

			random_name(words);
			name = made_name(words);
			cr_assert_eq(own_judge(own, &name, asks, now),
				     naive(own, &name, asks), "%s in\n%s",
				     words, text);
		}
		own_free(own);
	}
	made_release(&made);
}
