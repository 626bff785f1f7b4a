/*
 * Two processes: this one has the network and the files, and believes
 * nothing; its child reads what came and has nothing but its memory.  What the
 * child found out comes back in a page they share.
 */
#include "subscribe/compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/sha256.h"
#include "base/text.h"
#include "policy/build.h"
#include "policy/image.h"
#include "subscribe/confine.h"
#include "subscribe/memory.h"
#include "subscribe/source.h"

enum { PATH_ROOM = 4096, FILE_MODE = 0640, PARSER_NICE = 10 };

/* What the child tells; the reports come behind it. */
struct verdict_page {
	int error;
	bool same;			/* all that was new was refused */
	char list[IMAGE_LIST_NAME];	/* at which it happened, or "" */
	struct update_report reports[];
};

struct compiler {
	const struct compiler_options *options;
	struct compiler_result *result;
	struct update *updates;		/* of each list */
	bool *opened;
	struct verdict_page *page;	/* shared */
	size_t page_size;
	int lock, out;
	uint8_t inputs[SHA256_SIZE];
	uint8_t before[SHA256_SIZE];	/* of the image on disk; or zeros */
	char image[PATH_ROOM], fresh[PATH_ROOM], last[PATH_ROOM];
};

__attribute__((format(printf, 3, 4)))
static int fail(struct compiler *compiler, int error, const char *format, ...)
{
	struct text text;
	va_list args;

	text_init(&text, compiler->result->trouble,
		  sizeof(compiler->result->trouble));
	va_start(args, format);
	text_put_list(&text, format, args);
	va_end(args);
	text_put(&text, ": %s", error_words(error));
	return error;
}

/* --- before --- */

static size_t page_size_of(unsigned lists)
{
	return sizeof(struct verdict_page) +
	       (lists + 1u) * sizeof(struct update_report);
}

static int make_room(struct compiler *compiler)
{
	unsigned count = compiler->options->list_count;
	void *page;

	compiler->updates = calloc(count + 1u, sizeof(*compiler->updates));
	compiler->opened = calloc(count + 1u, sizeof(*compiler->opened));
	compiler->page_size = page_size_of(count);
	page = mmap(NULL, compiler->page_size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	compiler->page = page == MAP_FAILED ? NULL : page;
	if (!compiler->updates || !compiler->opened || !compiler->page)
		return fail(compiler, -ENOMEM, "compile");
	compiler->result->reports = compiler->page->reports;
	return 0;
}

static int open_lock(struct compiler *compiler)
{
	char path[PATH_ROOM];

	snprintf(path, sizeof(path), "%s/compile.lock",
		 compiler->options->state);
	compiler->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
	if (compiler->lock < 0)
		return fail(compiler, -errno, "%s", path);
	if (flock(compiler->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return fail(compiler, -errno, "%s", path);
	return fail(compiler, ERROR_BUSY, "another compile is at work in %s",
		    compiler->options->state);
}

static bool is_wanted(const struct compiler *compiler, const char *name)
{
	const struct compiler_options *options = compiler->options;

	for (unsigned i = 0; i < options->only_count; i++)
		if (strcmp(options->only[i], name) == 0)
			return true;
	return options->only_count == 0;
}

struct looking {
	const struct compiler *compiler;
	const char *list;
};

static void look_progress(void *context, const char *source, uint64_t got,
			  uint64_t expected)
{
	const struct looking *looking = context;
	const struct compiler_options *options = looking->compiler->options;

	(void)source;
	options->progress(options->context, looking->list, got, expected);
}

static int look_at(struct compiler *compiler, unsigned number)
{
	const struct compiler_options *options = compiler->options;
	const struct list_options *list = &options->lists[number];
	struct update *update = &compiler->updates[number];
	struct looking looking = { compiler, list->name };
	struct fetch_options how = {
		.upstreams = options->upstreams,
		.progress = options->progress ? look_progress : NULL,
		.context = &looking,
	};
	int error = update_open(update, list, options->state,
				&compiler->page->reports[number]);

	if (error < 0)
		return fail(compiler, error, "%s", list->name);
	compiler->opened[number] = true;
	if (is_wanted(compiler, list->name) && !update->held) {
		update->now = options->now;
		update->force = options->force;
		error = update_fetch(update, &how);
	}
	update_choose(update);
	return error < 0 ? fail(compiler, error, "%s", list->name) : 0;
}

static int look(struct compiler *compiler)
{
	const struct compiler_options *options = compiler->options;
	int error = 0;

	for (unsigned i = 0; i < options->list_count && error == 0; i++)
		if (options->lists[i].enabled)
			error = look_at(compiler, i);
	return error;
}

/* --- is there anything to do? --- */

/* Equal digests, equal images. */
static int digest_inputs(struct compiler *compiler)
{
	unsigned count = compiler->options->list_count;
	uint64_t about[2] = { IMAGE_VERSION, compiler->options->regexes };
	size_t len = sizeof(about);
	uint8_t *all = malloc(len + (count + 1u) * SHA256_SIZE);

	if (!all)
		return fail(compiler, -ENOMEM, "compile");
	memcpy(all, about, len);
	for (unsigned i = 0; i < count; i++) {
		if (!compiler->opened[i])
			continue;
		update_digest(&compiler->updates[i], all + len);
		len += SHA256_SIZE;
	}
	sha256_of(all, len, compiler->inputs);
	free(all);
	return 0;
}

static uint32_t last_serial(const struct compiler *compiler)
{
	unsigned long serial = 0;
	uint8_t *text;
	size_t len;

	if (file_read(compiler->last, 64, &text, &len) == 0) {
		serial = strtoul((char *)text, NULL, 10);
		free(text);
	}
	return (uint32_t)serial;
}

static bool is_same(const struct compiler *compiler)
{
	return !compiler->options->force &&
	       memcmp(compiler->inputs, compiler->before,
		      sizeof(compiler->inputs)) == 0;
}

/* What the image on disk is, if it is one; decides whether it stays. */
static void compare_image(struct compiler *compiler)
{
	struct compiler_result *result = compiler->result;
	struct image *image;
	int error = image_open(&image, compiler->image);

	result->serial = last_serial(compiler);
	if (error < 0 && error != -ENOENT)
		log_warning("%s: %s; it is made anew", compiler->image,
			    error_words(error));
	if (error < 0)
		return;
	if (image_serial(image) > result->serial)
		result->serial = image_serial(image);
	memcpy(compiler->before, image_inputs(image),
	       sizeof(compiler->before));
	result->same = is_same(compiler);
	image_close(image);
}

/* --- the child --- */

static int read_lists(struct compiler *compiler, struct build *build)
{
	const struct compiler_options *options = compiler->options;
	struct reading_budget budget = { .regexes = options->regexes };

	for (unsigned i = 0; i < options->list_count; i++) {
		int error = compiler->opened[i] ?
			update_read(&compiler->updates[i], build, &budget) : 0;

		if (error == 0)
			continue;
		snprintf(compiler->page->list, sizeof(compiler->page->list),
			 "%s", options->lists[i].name);
		return error;
	}
	return 0;
}

/* What was refused is no input: the image says what it was made from. */
static int parse(struct compiler *compiler)
{
	struct build *build = build_new();
	int error;

	if (!build)
		return -ENOMEM;
	error = confine_enter();
	if (error < 0 && error != ERROR_ABSENT)
		return error;
	error = read_lists(compiler, build);
	if (error == 0)
		error = digest_inputs(compiler);
	if (error < 0)
		return error;
	compiler->page->same = is_same(compiler);
	if (compiler->page->same)
		return 0;
	return build_write(build, compiler->out, compiler->result->serial,
			   compiler->inputs);
}

/* Dies with the process that waits for it. */
static void be_child(struct compiler *compiler, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	setpriority(PRIO_PROCESS, 0, PARSER_NICE);
	compiler->page->error = parse(compiler);
	_exit(0);
}

static int wait_for(struct compiler *compiler, pid_t child)
{
	struct verdict_page *page = compiler->page;
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return fail(compiler, -errno, "compile");
	if (WIFSIGNALED(status))
		return fail(compiler, ERROR_DAMAGED, "reading the lists was "
			    "ended by signal %d", WTERMSIG(status));
	if (page->error < 0)
		return fail(compiler, page->error, "%s",
			    page->list[0] ? page->list : compiler->image);
	return 0;
}

static int run_child(struct compiler *compiler)
{
	pid_t parent = getpid(), child;

	compiler->page->error = -EINTR;
	fflush(NULL);
	child = fork();
	if (child < 0)
		return fail(compiler, -errno, "compile");
	if (child == 0)
		be_child(compiler, parent);
	return wait_for(compiler, child);
}

/* --- commit --- */

/* First, so that no serial is given twice. */
static int write_serial(struct compiler *compiler)
{
	struct file_replacement file;
	int error = file_replace(&file, compiler->last, FILE_MODE);

	compiler->result->serial++;
	if (error == 0) {
		fprintf(file.stream, "%" PRIu32 "\n",
			compiler->result->serial);
		error = file_replace_commit(&file);
	}
	return error < 0 ? fail(compiler, error, "%s", compiler->last) : 0;
}

static int open_output(struct compiler *compiler)
{
	unlink(compiler->fresh);
	compiler->out = open(compiler->fresh,
			     O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
	if (compiler->out < 0)
		return fail(compiler, -errno, "%s", compiler->fresh);
	return 0;
}

static int keep_texts(struct compiler *compiler)
{
	const struct compiler_options *options = compiler->options;

	for (unsigned i = 0; i < options->list_count; i++) {
		int error = compiler->opened[i] ?
			update_keep(&compiler->updates[i]) : 0;

		if (error < 0)
			return fail(compiler, error, "%s",
				    options->lists[i].name);
	}
	return 0;
}

static int commit_lists(struct compiler *compiler)
{
	const struct compiler_options *options = compiler->options;

	for (unsigned i = 0; i < options->list_count; i++) {
		int error = compiler->opened[i] ?
			update_commit(&compiler->updates[i]) : 0;

		if (error < 0)
			return fail(compiler, error, "%s",
				    options->lists[i].name);
	}
	return 0;
}

static int commit_image(struct compiler *compiler)
{
	int folder, error = 0;

	if (fsync(compiler->out) != 0 ||
	    rename(compiler->fresh, compiler->image) != 0)
		return fail(compiler, -errno, "%s", compiler->image);
	folder = open(compiler->options->state, O_RDONLY | O_DIRECTORY);
	if (folder < 0 || fsync(folder) != 0)
		error = fail(compiler, -errno, "%s", compiler->image);
	if (folder >= 0)
		close(folder);
	return error;
}

static int make_image(struct compiler *compiler)
{
	int error = keep_texts(compiler);

	if (error == 0)
		error = write_serial(compiler);
	if (error == 0)
		error = open_output(compiler);
	if (error == 0)
		error = run_child(compiler);
	if (error == 0)
		error = commit_lists(compiler);
	if (error < 0)
		return error;
	compiler->result->same = compiler->page->same;
	if (!compiler->result->same)
		return commit_image(compiler);
	unlink(compiler->fresh);
	return 0;
}

/* --- all of it --- */

static int compile(struct compiler *compiler)
{
	int error = make_room(compiler);

	if (error == 0)
		error = open_lock(compiler);
	if (error == 0)
		error = look(compiler);
	if (error == 0)
		error = digest_inputs(compiler);
	if (error < 0)
		return error;
	compare_image(compiler);
	return compiler->result->same ? 0 : make_image(compiler);
}

int compiler_run(const struct compiler_options *options,
		 struct compiler_result *result)
{
	struct compiler compiler = {
		.options = options, .result = result, .lock = -1, .out = -1,
	};
	int error;

	*result = (struct compiler_result){ 0 };
	snprintf(compiler.image, PATH_ROOM, "%s/" IMAGE_FILE, options->state);
	snprintf(compiler.fresh, PATH_ROOM, "%s/" IMAGE_FILE ".new",
		 options->state);
	snprintf(compiler.last, PATH_ROOM, "%s/serial", options->state);
	error = compile(&compiler);
	for (unsigned i = 0; compiler.opened && i < options->list_count; i++)
		if (compiler.opened[i])
			update_close(&compiler.updates[i]);
	if (compiler.out >= 0)
		close(compiler.out);
	if (compiler.lock >= 0)
		close(compiler.lock);
	free(compiler.updates);
	free(compiler.opened);
	return error;
}

void compiler_release(struct compiler_result *result,
		      const struct compiler_options *options)
{
	uint8_t *page = (uint8_t *)result->reports;

	if (page)
		munmap(page - offsetof(struct verdict_page, reports),
		       page_size_of(options->list_count));
}

static int64_t list_next(const struct list_options *list, const char *state)
{
	struct memory memory;
	bool remote = false;
	int64_t next;

	for (unsigned i = 0; i < list->source_count; i++)
		remote |= source_is_remote(list->sources[i]);
	if (!remote || !list->enabled || !list->refresh ||
	    memory_read(&memory, state, list->name) < 0)
		return INT64_MAX;
	next = memory_next(&memory, (uint32_t)list->refresh);
	memory_release(&memory);
	return next;
}

int64_t compiler_next(const struct compiler_options *options)
{
	int64_t next = INT64_MAX;

	for (unsigned i = 0; i < options->list_count; i++) {
		int64_t one = list_next(&options->lists[i], options->state);

		if (one < next)
			next = one;
	}
	return next;
}
