/*
 * Both ends of the control socket: bytes as a daemon's answer, and bytes as a
 * request whose words are taken apart as a command line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "control/command.h"
#include "control/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct command_option options[] = {
	{ 'c', "config", "FILE", ARGUMENT_FILE, NULL, "" },
	{ 'j', "json", NULL, ARGUMENT_NONE, NULL, "" },
	{ 'n', "last", "NUMBER", ARGUMENT_NUMBER, NULL, "" },
	{ 0, "since", "TIME", ARGUMENT_TIME, NULL, "" },
	{ 0, "sink", NULL, ARGUMENT_NONE, NULL, "" },
	{ .name = NULL },
};

static const struct command command = {
	.name = "sample", .operands = "[NAME]", .operands_max = 2,
	.options = options,
};

static void read_answer(struct bytes in)
{
	size_t left = in.len;
	struct frame frame;

	while (frame_read(&frame, &in) > 0) {
		if (frame.body.len > FRAME_BODY || in.len >= left)
			abort();
		left = in.len;
		if (frame_exit_code(&frame) > 255)
			abort();
	}
}

static void parse(int argc, char **argv)
{
	struct command_call call = { .argc = argc, .argv = argv };
	char words[128];
	struct text trouble;
	int error;

	text_init(&trouble, words, sizeof(words));
	error = command_parse(&call, &command, &trouble);
	if ((error != 0) != (trouble.len > 0) || call.operand_count > 2)
		abort();
	for (const char *at = words; *at != '\0'; at++)
		if (*at < ' ' || *at > '~')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[FRAME_WORDS + 1], *body = malloc(size + 1);
	int argc;

	read_answer(bytes_of(data, size));
	if (body == NULL)
		return 0;
	memcpy(body, data, size);
	argc = frame_read_request(body, size, argv);
	if (argc > 0)
		parse(argc, argv);
	free(body);
	return 0;
}
