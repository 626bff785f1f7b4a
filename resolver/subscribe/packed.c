/*
 * Level 6: a list of a million names shrinks to a third, at some 95 MB a
 * second.  Its window is 2 MB; a frame that wants more than 8 MB is not ours.
 */
#include "subscribe/packed.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "base/error.h"
#include "subscribe/spool.h"

enum { LEVEL = 6, WINDOW_LOG_MOST = 23, PIECE = 65536 };

struct pieces {
	uint8_t in[PIECE];
	uint8_t out[PIECE];
};

static ssize_t read_piece(int fd, uint8_t *at, off_t offset)
{
	ssize_t got;

	do
		got = pread(fd, at, PIECE, offset);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

/* --- packing --- */

static int pack_piece(ZSTD_CCtx *context, struct pieces *pieces, size_t len,
		      FILE *out)
{
	ZSTD_EndDirective end = len > 0 ? ZSTD_e_continue : ZSTD_e_end;
	ZSTD_inBuffer in = { pieces->in, len, 0 };
	size_t left;

	do {
		ZSTD_outBuffer piece = { pieces->out, PIECE, 0 };

		left = ZSTD_compressStream2(context, &piece, &in, end);
		if (ZSTD_isError(left))
			return -ENOMEM;
		if (fwrite(piece.dst, 1, piece.pos, out) != piece.pos)
			return -errno;
	} while (in.pos < in.size || (end == ZSTD_e_end && left > 0));
	return 0;
}

static int pack(ZSTD_CCtx *context, struct pieces *pieces, int from, FILE *out)
{
	off_t at = 0;
	ssize_t got;
	int error;

	ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	do {
		got = read_piece(from, pieces->in, at);
		if (got < 0)
			return (int)got;
		at += got;
		error = pack_piece(context, pieces, (size_t)got, out);
	} while (error == 0 && got > 0);
	return error;
}

int packed_write(FILE *out, int from)
{
	struct pieces *pieces = malloc(sizeof(*pieces));
	ZSTD_CCtx *context = ZSTD_createCCtx();
	int error = -ENOMEM;

	if (pieces && context)
		error = pack(context, pieces, from, out);
	ZSTD_freeCCtx(context);
	free(pieces);
	return error;
}

/* --- unpacking --- */

struct unpacking {
	ZSTD_DCtx *context;
	struct pieces *pieces;
	int to;
	uint64_t room;		/* how much more may come */
	bool whole;		/* a frame has just ended */
};

static int unpack_piece(struct unpacking *unpacking, size_t len)
{
	ZSTD_inBuffer in = { unpacking->pieces->in, len, 0 };
	ZSTD_outBuffer out;
	size_t left;
	int error;

	do {
		out = (ZSTD_outBuffer){ unpacking->pieces->out, PIECE, 0 };
		left = ZSTD_decompressStream(unpacking->context, &out, &in);
		if (ZSTD_isError(left) || out.pos > unpacking->room)
			return ERROR_DAMAGED;
		unpacking->room -= out.pos;
		unpacking->whole = left == 0;
		error = spool_write(unpacking->to,
				    bytes_of(out.dst, out.pos));
	} while (error == 0 && (in.pos < in.size ||
				(left > 0 && out.pos == out.size)));
	return error;
}

static int unpack(struct unpacking *unpacking, int from)
{
	off_t at = 0;
	ssize_t got;
	int error;

	ZSTD_DCtx_setParameter(unpacking->context, ZSTD_d_windowLogMax,
			       WINDOW_LOG_MOST);
	do {
		got = read_piece(from, unpacking->pieces->in, at);
		if (got <= 0)
			break;
		at += got;
		error = unpack_piece(unpacking, (size_t)got);
		if (error < 0)
			return error;
	} while (got > 0);
	if (got < 0)
		return (int)got;
	return unpacking->whole ? 0 : ERROR_DAMAGED;
}

int packed_read(int from, int to, uint64_t limit)
{
	struct unpacking unpacking = {
		.context = ZSTD_createDCtx(),
		.pieces = malloc(sizeof(*unpacking.pieces)),
		.to = to,
		.room = limit,
	};
	int error = -ENOMEM;

	if (unpacking.context && unpacking.pieces)
		error = unpack(&unpacking, from);
	ZSTD_freeDCtx(unpacking.context);
	free(unpacking.pieces);
	return error;
}
