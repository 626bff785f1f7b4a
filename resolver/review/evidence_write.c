/*
 * The files, one by one.  A stream that failed is found out when it is
 * closed: nothing gets its name that is not whole.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_JANSSON

#include "review/evidence_state.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "journal/devices.h"
#include "journal/reader.h"
#include "review/print.h"
#include "review/report.h"
#include "review/report_page.h"

enum { SIGNATURE = 4096 };

/* --- rows --- */

struct rows {
	struct evidence *evidence;
	FILE *files[2];
	struct print *prints[2];
	int error;
};

static bool is_wanted(const struct evidence *evidence, int64_t device,
		      const struct reader_row *row)
{
	if (evidence->stretch.device == EVIDENCE_CLIENT)
		return address_equal_host(&evidence->client, &row->client);
	return evidence->stretch.device == 0 ||
	       evidence->stretch.device == device;
}

static bool take_row(void *context, const struct reader_row *row)
{
	struct rows *rows = context;
	struct evidence *evidence = rows->evidence;
	int64_t device = devices_at(evidence->devices, &row->client,
				    row->time);

	if (!is_wanted(evidence, device, row))
		return true;
	if (!report_add(evidence->report, device, row))
		rows->error = -ENOMEM;
	evidence->outcome->rows++;
	for (unsigned i = 0; i < 2 && rows->error == 0; i++)
		if (!print_row(rows->prints[i], row))
			rows->error = -errno;
	return rows->error == 0;
}

static bool take_note(void *context, const struct reader_note *note)
{
	struct rows *rows = context;

	for (unsigned i = 0; i < 2 && rows->error == 0; i++)
		if (!print_note(rows->prints[i], note))
			rows->error = -errno;
	return rows->error == 0;
}

static int read_rows(struct rows *rows)
{
	const struct evidence_options *options = rows->evidence->options;
	struct reader_filter filter = {
		.since = options->since,
		.until = options->until - 1,	/* the last that is in it */
		.verdict = -1,
	};
	struct reader_taker taker = { take_row, take_note, rows };
	struct reader *reader;
	int64_t count;
	int error = reader_open(&reader, options->database);

	if (error < 0)
		return error;
	count = reader_records(reader, &filter, &taker);
	reader_close(reader);
	return count < 0 ? (int)count : rows->error;
}

static int open_rows(struct rows *rows)
{
	static const char *const names[] = { "rows.csv", "rows.jsonl" };
	static const enum print_form forms[] = { PRINT_CSV, PRINT_JSON };
	int error = 0;

	for (unsigned i = 0; i < 2 && error == 0; i++) {
		struct print_options options = { .form = forms[i] };

		rows->files[i] = evidence_folder_open(&rows->evidence->folder,
						      names[i]);
		if (rows->files[i] == NULL)
			return -errno;
		options.out = rows->files[i];
		error = print_open(&rows->prints[i], &options);
	}
	return error;
}

static int close_rows(struct rows *rows, unsigned which)
{
	int error = 0, closed = 0;

	if (rows->prints[which] != NULL && !print_flush(rows->prints[which]))
		error = -errno;
	print_close(rows->prints[which]);
	if (rows->files[which] != NULL)
		closed = evidence_folder_close(rows->files[which]);
	return error < 0 ? error : closed;
}

int evidence_write_rows(struct evidence *evidence)
{
	struct rows rows = { .evidence = evidence };
	int error = open_rows(&rows);

	if (error == 0)
		error = read_rows(&rows);
	for (unsigned i = 0; i < 2; i++) {
		int closed = close_rows(&rows, i);

		error = error < 0 ? error : closed;
	}
	return error;
}

/* --- tables and page --- */

static int write_table(struct evidence *evidence, const char *name,
		       const json_t *table)
{
	FILE *file = evidence_folder_open(&evidence->folder, name);
	bool dumped;
	int error;

	if (file == NULL)
		return -errno;
	dumped = json_dumpf(table, file, JSON_INDENT(2)) == 0;
	fputc('\n', file);
	error = evidence_folder_close(file);
	return error == 0 && !dumped ? -EIO : error;
}

static int write_page(struct evidence *evidence)
{
	FILE *file = evidence_folder_open(&evidence->folder, "report.html");
	struct report_facts facts = {
		.report = evidence->report,
		.since = evidence->stretch.since,
		.until = evidence->stretch.until,
		.about = evidence->tables[TABLE_ABOUT],
		.marks = evidence->tables[TABLE_MARKS],
		.gaps = evidence->tables[TABLE_GAPS],
		.clock = evidence->tables[TABLE_CLOCK],
		.lists = evidence->tables[TABLE_LISTS],
		.devices = evidence->tables[TABLE_DEVICES],
		.chain = evidence->tables[TABLE_CHAIN],
	};
	int error, closed;

	if (file == NULL)
		return -errno;
	error = report_page(&facts, file);
	closed = evidence_folder_close(file);
	return error < 0 ? error : closed;
}

int evidence_write_tables(struct evidence *evidence)
{
	static const char *const names[TABLES] = {
		[TABLE_ABOUT] = "export.json", [TABLE_MARKS] = "marks.json",
		[TABLE_GAPS] = "gaps.json", [TABLE_CLOCK] = "clock.json",
		[TABLE_LISTS] = "lists.json",
		[TABLE_DEVICES] = "devices.json",
		[TABLE_CHAIN] = "chain.json",
	};
	int error = 0;

	for (unsigned i = 0; i < TABLES && error == 0; i++)
		error = write_table(evidence, names[i], evidence->tables[i]);
	return error == 0 ? write_page(evidence) : error;
}

/* --- words --- */

static const char readme[] =
"DNS questions of a household\n"
"============================\n"
"\n"
"report.html is for reading; any browser shows it, and it loads nothing from\n"
"anywhere.  The other files are what it was made of.\n"
"\n"
"  rows.csv      every question: when, by which address, for which name, what\n"
"                became of it; gaps and steps of the clock between them\n"
"  rows.jsonl    the same, an object of JSON a line\n"
"  marks.json    moments that somebody of the household set\n"
"  gaps.json     where the journal says that queries are missing\n"
"  clock.json    what happened to the machine's clock\n"
"  devices.json  who had which address\n"
"  lists.json    the lists that questions were judged by, with SHA-256\n"
"  chain.json    the chain of hashes over the journal's blocks\n"
"  export.json   of what time and device this is, and who made it\n"
"\n"
"It shows what was asked, not what was sent: see report.html.\n"
"\n"
"\n"
"How to check it\n"
"---------------\n"
"\n"
"With homebound, which also looks at the chain and counts the rows:\n"
"\n"
"  homebound verify --key KEY .\n"
"\n"
"Without homebound, in this folder:\n"
"\n"
"  sha256sum -c MANIFEST\n"
"  minisign -V -p household.pub -m MANIFEST\n"
"\n"
"and nothing may lie here that MANIFEST does not name, but MANIFEST and\n"
"MANIFEST.minisig themselves.\n"
"\n"
"household.pub came with the rest.  Whether it is the household's, only the\n"
"household can tell you, some other way: ask for its key or its fingerprint.\n"
"The fingerprint of this one is\n"
"\n"
"  %s\n"
"\n"
"which is the first half of\n"
"\n"
"  sed -n 2p household.pub | base64 -d | tail -c 32 | sha256sum\n";

static int write_words(struct evidence *evidence, const char *name,
		       const char *words)
{
	FILE *file = evidence_folder_open(&evidence->folder, name);

	if (file == NULL)
		return -errno;
	fputs(words, file);
	return evidence_folder_close(file);
}

int evidence_write_words(struct evidence *evidence)
{
	char words[sizeof(readme) + 64];
	struct text text;
	int error;

	text_init(&text, words, sizeof(words));
	text_put(&text, readme, evidence->options->fingerprint);
	error = write_words(evidence, "README.txt", words);
	if (error < 0)
		return error;
	return write_words(evidence, "household.pub",
			   evidence->options->public_file);
}

int evidence_write_manifest(struct evidence *evidence)
{
	const struct evidence_options *options = evidence->options;
	char manifest[EVIDENCE_MANIFEST], signature[SIGNATURE];
	struct text text, signed_text;
	int error;

	text_init(&text, manifest, sizeof(manifest));
	text_init(&signed_text, signature, sizeof(signature));
	error = evidence_folder_manifest(&evidence->folder, &text);
	if (error == 0)
		error = options->sign(options->context,
				      bytes_of(manifest, text.len),
				      &signed_text);
	if (error == 0)
		error = write_words(evidence, EVIDENCE_MANIFEST_NAME,
				    manifest);
	if (error == 0)
		error = write_words(evidence, EVIDENCE_SIGNATURE_NAME,
				    signature);
	return error;
}

#else

/* An empty file is none (C11, 6.9). */
extern const int evidence_write_is_not_built;

#endif
