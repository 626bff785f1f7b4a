/*
 * The tables of the page.  What they show lies beside it in full, as JSON and
 * CSV; here it is as much as one would print.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_JANSSON

#include "review/report_page.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "review/evidence_chain.h"
#include "review/evidence_links.h"
#include "review/html.h"
#include "review/report.h"
#include "review/words.h"

enum { RECEIVERS = 300, LINES = 500, WORDS = 96, SECOND = 1000000 };

/* --- cells --- */

static void put_cell(FILE *out, const char *class, const char *text)
{
	html_put(out, "<td class=\"%s\">%s</td>", class, text);
}

static const char *string_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static json_int_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* A time "..._us", by the local clock. */
static void put_time(FILE *out, const json_t *object, const char *key)
{
	json_int_t at = number_of(object, key);
	char words[REPORT_TIME];

	put_cell(out, "t", at > 0 ? report_time((uint64_t)at, words) : "");
}

static void put_number(FILE *out, const json_t *object, const char *key)
{
	json_int_t number = number_of(object, key);

	if (json_is_integer(json_object_get(object, key)) && number >= 0)
		html_put_count(out, (uint64_t)number);
	else
		put_cell(out, "n", "?");
}

static void begin_table(FILE *out, const char *heads)
{
	fprintf(out, "<table><thead><tr>%s</tr></thead>\n<tbody>\n", heads);
}

static void end_table(FILE *out, size_t shown, size_t all)
{
	char words[WORDS];

	fputs("</tbody></table>\n", out);
	if (shown >= all)
		return;
	snprintf(words, sizeof(words), "%zu", all - shown);
	html_put(out, "<p class=\"quiet\">And %s more, in the files beside "
		 "this page.</p>\n", words);
}

/* --- receivers --- */

static void put_receiver(const struct report_facts *facts,
			 const struct report_group *group, FILE *out)
{
	char words[REPORT_TIME];

	fputs("<tr>", out);
	put_cell(out, "", group->receiver);
	put_cell(out, "", report_whose(facts, group));
	html_put_count(out, group->questions);
	html_put_count(out, group->sunk);
	html_put_count(out, group->attempts);
	put_cell(out, "t", report_time(group->first, words));
	put_cell(out, "t", report_time(group->last, words));
	fputs("</tr>\n", out);
}

static void put_receivers(const struct report_facts *facts, FILE *out)
{
	const struct report_group *const *groups;
	unsigned count, shown;

	groups = report_groups(facts->report, &count);
	shown = count < RECEIVERS ? count : RECEIVERS;
	if (count == 0)
		return;
	fputs("<h2>All receivers</h2>\n", out);
	begin_table(out, "<th>receiver<th>device<th class=\"n\">questions"
		    "<th class=\"n\">sunk<th class=\"n\">attempts<th>first"
		    "<th>last");
	for (unsigned i = 0; i < shown; i++)
		put_receiver(facts, groups[i], out);
	end_table(out, shown, count);
}

/* --- marks, gaps, clock --- */

static void put_marks(const struct report_facts *facts, FILE *out)
{
	const json_t *mark;
	size_t i;

	if (json_array_size(facts->marks) == 0)
		return;
	fputs("<h2>Marks</h2>\n<p>Moments that somebody of the household set "
	      "while it happened, or afterwards.</p>\n", out);
	begin_table(out, "<th>time<th>what<th>device<th>the lists then");
	json_array_foreach(facts->marks, i, mark) {
		json_int_t device = number_of(mark, "device");

		if (i == LINES)
			break;
		fputs("<tr>", out);
		put_time(out, mark, "time_us");
		put_cell(out, "", string_of(mark, "label"));
		put_cell(out, "", device != 0 ?
			 report_called(facts, device) : "");
		put_cell(out, "", string_of(mark, "mode"));
		fputs("</tr>\n", out);
	}
	end_table(out, i, json_array_size(facts->marks));
}

static void put_gaps(const struct report_facts *facts, FILE *out)
{
	const json_t *gap;
	size_t i;

	fputs("<h2 id=\"gaps\">Gaps</h2>\n<p>Every query that was "
	      "answered is a row, or it is counted in a gap.</p>\n", out);
	if (json_array_size(facts->gaps) == 0) {
		fputs("<p>There is none in this time.</p>\n", out);
		return;
	}
	begin_table(out, "<th>from<th>until<th class=\"n\">queries<th>why");
	json_array_foreach(facts->gaps, i, gap) {
		if (i == LINES)
			break;
		fputs("<tr>", out);
		put_time(out, gap, "from_us");
		put_time(out, gap, "until_us");
		put_number(out, gap, "count");
		put_cell(out, "", string_of(gap, "reason"));
		fputs("</tr>\n", out);
	}
	end_table(out, i, json_array_size(facts->gaps));
}

static void put_step(const json_t *row, FILE *out)
{
	json_int_t step = number_of(row, "step_us");
	char words[WORDS];
	struct text text;

	text_init(&text, words, sizeof(words));
	if (step != 0) {
		text_put(&text, "set %s by ", step < 0 ? "back" : "forward");
		words_span(step < 0 ? -(uint64_t)step : (uint64_t)step, &text);
	} else {
		text_put(&text, "the machine or homebound started");
	}
	fputs("<tr>", out);
	put_time(out, row, "time_us");
	put_cell(out, "", words);
	put_cell(out, "h", string_of(row, "boot"));
	fputs("</tr>\n", out);
}

static void put_clock(const struct report_facts *facts, FILE *out)
{
	const json_t *now = json_object_get(facts->clock, "when_exported");
	const json_t *synchronised = json_object_get(now, "synchronised");
	const json_t *rows = json_object_get(facts->clock, "rows"), *row;
	size_t i;

	html_put(out, "<h2>The clock</h2>\n<p>When this was exported, the "
		 "clock was <strong>%s</strong>, as the kernel says. Times "
		 "here are those of the machine's clock.</p>\n",
		 json_is_true(synchronised) ?
		 "synchronised with a time server" :
		 json_is_false(synchronised) ?
		 "not synchronised with any time server" :
		 "in a state that is not known");
	begin_table(out, "<th>time<th>what happened to it<th>boot");
	json_array_foreach(rows, i, row) {
		if (i == LINES)
			break;
		put_step(row, out);
	}
	end_table(out, i, json_array_size(rows));
}

/* --- devices, lists --- */

static void put_addresses(const json_t *device, FILE *out)
{
	const json_t *address;
	size_t i;

	fputs("<td>", out);
	json_array_foreach(json_object_get(device, "addresses"), i, address)
		html_put(out, "%s%s", i > 0 ? ", " : "",
			 string_of(address, "address"));
	fputs("</td>", out);
}

static void put_devices(const struct report_facts *facts, FILE *out)
{
	const json_t *device;
	size_t i;

	if (json_array_size(facts->devices) == 0)
		return;
	fputs("<h2>Devices</h2>\n<p>Who had which address in this time, as the "
	      "network and the household told it.</p>\n", out);
	begin_table(out, "<th>device<th>MAC address<th>addresses");
	json_array_foreach(facts->devices, i, device) {
		if (i == LINES)
			break;
		fputs("<tr>", out);
		put_cell(out, "", string_of(device, "called"));
		put_cell(out, "h", string_of(device, "mac"));
		put_addresses(device, out);
		fputs("</tr>\n", out);
	}
	end_table(out, i, json_array_size(facts->devices));
}

static void put_list(const json_t *image, const json_t *list, FILE *out)
{
	char words[WORDS];

	snprintf(words, sizeof(words), "%" JSON_INTEGER_FORMAT,
		 number_of(image, "serial"));
	fputs("<tr>", out);
	put_cell(out, "n", words);
	put_cell(out, "", string_of(list, "name"));
	put_number(out, list, "version");
	put_number(out, list, "rules");
	put_cell(out, "h", string_of(list, "sha256"));
	fputs("</tr>\n", out);
}

static void put_lists(const struct report_facts *facts, FILE *out)
{
	const json_t *image, *list;
	size_t i, j, all = 0, shown = 0;

	fputs("<h2>Lists</h2>\n<p>By which rules a question was judged: every "
	      "list, in each set of rules that can have been in force, with "
	      "the SHA-256 of its text.</p>\n", out);
	begin_table(out, "<th class=\"n\">set<th>list<th class=\"n\">version"
		    "<th class=\"n\">rules<th>SHA-256");
	json_array_foreach(facts->lists, i, image)
		json_array_foreach(json_object_get(image, "lists"), j, list) {
			all++;
			if (all > LINES)
				continue;
			put_list(image, list, out);
			shown++;
		}
	end_table(out, shown, all);
}

/* --- the chain, and how to check --- */

struct telling {
	FILE *out;
	unsigned whole, redacted, tampered;
};

static void tell_link(void *context, const struct evidence_finding *finding)
{
	struct telling *telling = context;
	char words[512];
	struct text text;

	telling->whole += finding->state == EVIDENCE_WHOLE;
	telling->redacted += finding->state == EVIDENCE_REDACTED;
	telling->tampered += finding->state == EVIDENCE_TAMPERED;
	if (finding->state == EVIDENCE_WHOLE ||
	    telling->redacted + telling->tampered > LINES)
		return;
	text_init(&text, words, sizeof(words));
	evidence_chain_words(finding, &text);
	html_put(telling->out, "<li>%s</li>\n", words);
}

static void put_links(const struct evidence_chain *chain, FILE *out)
{
	struct telling telling = { .out = out };
	char words[3][32];

	fputs("<ul>\n", out);
	evidence_chain_check(chain, tell_link, &telling);
	fputs("</ul>\n", out);
	snprintf(words[0], sizeof(*words), "%u", telling.whole);
	snprintf(words[1], sizeof(*words), "%u", telling.redacted);
	snprintf(words[2], sizeof(*words), "%u", telling.tampered);
	html_put(out, "<p>From the first block of this time to the newest one "
		 "%s links are whole, %s were redacted by the household, and "
		 "%s do not add up.</p>\n", words[0], words[1], words[2]);
}

static void put_chain(const struct report_facts *facts, FILE *out)
{
	const json_t *end = json_object_get(facts->chain, "end");
	struct evidence_chain chain;
	char words[WORDS];
	struct text text;

	fputs("<h2>The chain</h2>\n<p>Rows are sealed in blocks, and every "
	      "block is a link of a chain of hashes: a later change shows. "
	      "What the household takes out on purpose leaves its link, and "
	      "a note of when and why.</p>\n", out);
	text_init(&text, words, sizeof(words));
	if (evidence_links_read(&chain, facts->chain, &text) == 0)
		put_links(&chain, out);
	evidence_links_release(&chain);
	if (json_is_object(end))
		html_put(out, "<p>The chain ends with <code>%s</code>. Who was "
			 "told this line, or one before it, can tell that "
			 "nothing before it was changed since.</p>\n",
			 string_of(end, "sealed"));
}

static void put_files(const struct report_facts *facts, FILE *out)
{
	const json_t *files = json_object_get(facts->about, "configuration");
	const json_t *file;
	size_t i;

	json_array_foreach(files, i, file)
		html_put(out, "<dt>%s</dt><dd><code>%s</code></dd>\n",
			 string_of(file, "what"),
			 json_is_string(json_object_get(file, "sha256")) ?
			 string_of(file, "sha256") : "none");
}

static void put_check(const struct report_facts *facts, FILE *out)
{
	const json_t *key = json_object_get(facts->about, "key");
	char words[REPORT_TIME];

	html_put(out, "<h2>How to check this</h2>\n"
		 "<p>Beside this page lie the rows it was made of, and "
		 "README.txt, which says how to check all of it: with "
		 "<code>homebound verify</code>, or with sha256sum and "
		 "minisign. Every file is signed. That it is this household's "
		 "signature, you know when the fingerprint is the one that "
		 "the household told you itself.</p>\n<dl>\n"
		 "<dt>fingerprint</dt><dd><code>%s</code></dd>\n"
		 "<dt>public key</dt><dd><code>%s</code></dd>\n"
		 "<dt>made</dt><dd>%s, by %s</dd>\n",
		 string_of(key, "fingerprint"), string_of(key, "public_key"),
		 report_time((uint64_t)number_of(facts->about, "exported_us"),
			     words),
		 string_of(facts->about, "program"));
	put_files(facts, out);
	fputs("</dl>\n", out);
}

void report_tables(const struct report_facts *facts, FILE *out)
{
	put_receivers(facts, out);
	put_marks(facts, out);
	put_gaps(facts, out);
	put_clock(facts, out);
	put_devices(facts, out);
	put_lists(facts, out);
	put_chain(facts, out);
	put_check(facts, out);
}

#else

/* An empty file is none (C11, 6.9). */
extern const int report_tables_is_not_built;

#endif
