/*
 * The page tells what overview.c tells on a screen, with more room: a table of
 * the devices; then each with a picture of its time, and its telling receivers
 * with their names and the reasons.  The first of them are figures, the others
 * lines of a table.
 */
#include "review/summary_html.h"

#include <errno.h>

#include "base/file.h"
#include "review/html.h"
#include "review/overview.h"
#include "review/summary.h"
#include "review/summary_page.h"

enum {
	MODE = 0640,
	FIGURES = 96, FIGURES_LEAST = 4, FIGURES_MOST = 40,
	LINES = 1200, LINES_LEAST = 40,
};

/* --- a device --- */

/* Those that tell something, first as figures, then as lines. */
static void put_receivers(const struct summary_page *page,
			  const struct summary_device *device)
{
	unsigned told = 0;

	for (unsigned i = 0; i < device->receiver_count &&
	     told < page->figures + page->lines; i++) {
		const struct summary_receiver *at = &device->receivers[i];

		if (!overview_is_telling(device, at))
			continue;
		if (told == page->figures)
			fputs("<table><thead><tr><th>receiver</th>"
			      "<th class=\"n\">questions</th>"
			      "<th class=\"n\">sunk</th><th>when</th>"
			      "<th></th></tr></thead><tbody>\n", page->out);
		if (told++ < page->figures)
			summary_page_figure(page, at);
		else
			summary_page_line(page, at);
	}
	fputs(told > page->figures ? "</tbody></table>\n" : "", page->out);
}

static unsigned count_telling(const struct summary_device *device)
{
	unsigned telling = 0;

	for (unsigned i = 0; i < device->receiver_count; i++)
		telling += overview_is_telling(device, &device->receivers[i]);
	return telling;
}

static void put_rest(const struct summary_page *page,
		     const struct summary_device *device)
{
	unsigned telling = count_telling(device);
	unsigned shown = page->figures + page->lines;
	unsigned quiet = device->receiver_count - telling;
	char words[SUMMARY_PAGE_WORDS];

	if (telling > shown)
		html_put(page->out, "<p class=\"quiet\">And %s of which there "
			 "is something to say.</p>\n",
			 summary_page_count(telling - shown, "receiver",
					    words));
	if (quiet > 0)
		html_put(page->out, "<p class=\"quiet\">And %s of which there "
			 "is nothing to say.</p>\n",
			 summary_page_count(quiet, "receiver", words));
	if (device->folded > 0)
		html_put(page->out, "<p class=\"quiet\">Left out, because "
			 "decided fine: %s.</p>\n",
			 summary_page_count(device->folded, "receiver", words));
}

static void put_bypass(FILE *out, const struct summary_bypass *bypass)
{
	char words[SUMMARY_PAGE_WORDS];

	if (bypass->resolvers > 0)
		html_put(out, "<aside class=\"warn\"><p>It asked for a public "
			 "resolver (%s): what it asks there is not seen "
			 "here.</p></aside>\n", bypass->resolver);
	if (bypass->canaries > 0)
		fputs("<aside><p>It asked whether to use a resolver of its "
		      "own (a canary name).</p></aside>\n", out);
	if (bypass->silent_since > 0)
		html_put(out, "<aside class=\"warn\"><p>It fell silent at %s, "
			 "and the network still heard of it hours later: "
			 "asleep now, or asking somebody else.</p></aside>\n",
			 summary_page_moment(bypass->silent_since, words));
}

static void put_device(const struct summary_page *page, unsigned number)
{
	const struct summary_device *device = &page->house->devices[number];

	fprintf(page->out, "<section id=\"d%u\">", number);
	html_put(page->out, "<h2>%s%s</h2>\n", device->name,
		 device->new ? ", a new device" : "");
	put_bypass(page->out, &device->bypass);
	if (device->receiver_count > 0) {
		summary_page_axis(page);
		fputs("<figure><div><figcaption>", page->out);
		summary_page_counts(page->out, device->count, device->sunk);
		fputs("</figcaption></div><div>", page->out);
		summary_page_slots(page, device->slots, device->slots_sunk);
		fputs("</div><div><figcaption>all that it asked for"
		      "</figcaption></div></figure>\n", page->out);
		put_receivers(page, device);
		put_rest(page, device);
	}
	fputs("</section>\n", page->out);
}

static void put_wide_count(FILE *out, uint64_t value)
{
	char words[SUMMARY_PAGE_WORDS];

	html_put(out, "<td class=\"n wide\">%s</td>",
		 summary_page_number(value, words));
}

/* The devices at one look, and the way to each. */
static void put_index_line(const struct summary_page *page, unsigned number)
{
	const struct summary_device *device = &page->house->devices[number];
	unsigned regular = 0, new = 0;

	for (unsigned i = 0; i < device->receiver_count; i++) {
		regular += device->receivers[i].has_rhythm;
		new += device->receivers[i].new;
	}
	fprintf(page->out, "<tr><td><a href=\"#d%u\">", number);
	html_put(page->out, "%s</a>%s</td>", device->name,
		 device->new ? ", new" : "");
	html_put_count(page->out, device->count);
	html_put_count(page->out, device->sunk);
	put_wide_count(page->out, device->receiver_count);
	put_wide_count(page->out, regular);
	put_wide_count(page->out, new);
	html_put(page->out, "<td class=\"wide\">%s</td></tr>\n",
		 device->receiver_count > 0 &&
		 overview_is_telling(device, device->receivers)
		 ? device->receivers[0].receiver : "");
}

static void put_index(const struct summary_page *page)
{
	fputs("<table><thead><tr><th>device</th><th class=\"n\">questions</th>"
	      "<th class=\"n\">sunk</th><th class=\"n wide\">receivers</th>"
	      "<th class=\"n wide\">regular</th><th class=\"n wide\">new"
	      "</th><th class=\"wide\">first of all</th></tr></thead>"
	      "<tbody>\n", page->out);
	for (unsigned i = 0; i < page->house->device_count; i++)
		put_index_line(page, i);
	fputs("</tbody></table>\n", page->out);
}

/* --- the house --- */

static void put_gap(FILE *out, const struct summary_gap *gap)
{
	char words[SUMMARY_PAGE_WORDS];

	html_put(out, "<tr><td class=\"t\">%s</td>",
		 summary_page_moment(gap->from, words));
	html_put(out, "<td class=\"t\">%s</td>",
		 summary_page_moment(gap->until, words));
	html_put(out, "<td>%s</td><td>%s</td></tr>\n", gap->count > 0
		 ? summary_page_count(gap->count, "question", words)
		 : "nobody knows how many", gap->reason);
}

static void put_gaps(FILE *out, const struct summary_house *house)
{
	char words[SUMMARY_PAGE_WORDS];

	if (house->gap_total == 0) {
		fputs("<aside><p>Nothing is missing from the journal in that "
		      "time.</p></aside>\n", out);
		return;
	}
	html_put(out, "<aside class=\"warn\"><p><strong>Something is missing."
		 "</strong> The journal itself says that it has %s in that "
		 "time.</p>\n<table><thead><tr><th>from</th><th>to</th>"
		 "<th>lost</th><th>why</th></tr></thead><tbody>\n",
		 summary_page_count(house->gap_total, "gap", words));
	for (unsigned i = 0; i < house->gap_count; i++)
		put_gap(out, &house->gaps[i]);
	fputs("</tbody></table></aside>\n", out);
}

static void put_head(FILE *out, const struct summary_house *house)
{
	char one[SUMMARY_PAGE_WORDS], other[SUMMARY_PAGE_WORDS];

	html_put(out, "<h1>Who tried to phone home</h1>\n"
		 "<p class=\"quiet\">DNS questions from %s to %s.</p>\n"
		 "<p class=\"lead\">", summary_page_moment(house->since, one),
		 summary_page_moment(house->until, other));
	html_put(out, "%s asked ",
		 summary_page_count(house->asking, "device", one));
	summary_page_counts(out, house->count, house->sunk);
	fputs(".</p>\n", out);
	put_gaps(out, house);
	if (house->nameless > 0)
		html_put(out, "<aside class=\"warn\"><p>Written down without a "
			 "name: %s.</p></aside>\n",
			 summary_page_count(house->nameless, "question", one));
	if (house->cut)
		fputs("<aside class=\"warn\"><p>So much was asked for that not "
		      "all of it is told apart.</p></aside>\n", out);
}

static void put_key(const struct summary_page *page)
{
	fputs("<p class=\"quiet key\"><span><i class=\"sunk\"></i>sunk</span>"
	      "<span><i></i>passed</span>", page->out);
	fputs(page->house->gap_count > 0 ? "<span>shaded: a gap</span></p>\n"
					 : "</p>\n", page->out);
}

static void put_house(const struct summary_page *page)
{
	html_begin(page->out, "Who tried to phone home");
	put_head(page->out, page->house);
	if (page->house->device_count > 1)
		put_index(page);
	put_key(page);
	for (unsigned i = 0; i < page->house->device_count; i++)
		put_device(page, i);
	fputs("<p class=\"quiet\">These are questions: what was sent, and "
	      "whether, DNS does not show.</p>\n", page->out);
	html_end(page->out);
}

static unsigned share(unsigned all, unsigned least, unsigned devices)
{
	unsigned part = all / (devices > 0 ? devices : 1);

	return part > least ? part : least;
}

int summary_html(const struct summary_house *house, const char *path)
{
	struct file_replacement file;
	struct summary_page page = {
		.house = house,
		.days = house->until - house->since >
			UINT64_C(86400) * 1000000 + 1,
	};
	int error = file_replace(&file, path, MODE);

	if (error < 0)
		return error;
	page.out = file.stream;
	page.figures = share(FIGURES, FIGURES_LEAST, house->asking);
	if (page.figures > FIGURES_MOST)
		page.figures = FIGURES_MOST;
	page.lines = share(LINES, LINES_LEAST, house->asking);
	put_house(&page);
	return file_replace_commit(&file);
}
