/*
 * The headers are written once; before a call only what the last call left
 * in them is put right, because 64 headers are two pages.
 */
#include "transport/batch.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

enum { CACHE_LINE = 64 };

static size_t stride(size_t room)
{
	return room + CACHE_LINE;
}

int batch_init(struct batch *batch, size_t room)
{
	void *memory = mmap(NULL, BATCH * stride(room), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(batch, 0, sizeof(*batch));
	if (memory == MAP_FAILED)
		return -ENOMEM;
	batch->memory = memory;
	batch->room = room;
	batch->written = BATCH;
	for (unsigned i = 0; i < BATCH; i++) {
		batch->part[i].iov_base = batch_at(batch, i);
		batch->part[i].iov_len = room;
		batch->message[i].msg_hdr.msg_iov = &batch->part[i];
		batch->message[i].msg_hdr.msg_iovlen = 1;
	}
	return 0;
}

void batch_release(struct batch *batch)
{
	if (batch->memory != NULL)
		munmap(batch->memory, BATCH * stride(batch->room));
	batch->memory = NULL;
}

uint8_t *batch_at(const struct batch *batch, unsigned number)
{
	return batch->memory + number * stride(batch->room);
}

static void offer(struct batch *batch, socklen_t name, size_t control)
{
	if (control != batch->control)
		batch->written = BATCH;
	for (unsigned i = 0; i < batch->written; i++) {
		batch->message[i].msg_hdr.msg_namelen = name;
		batch->message[i].msg_hdr.msg_controllen = control;
	}
	batch->control = control;
}

int batch_receive(struct batch *batch, int fd, socklen_t name, size_t control)
{
	int got;

	offer(batch, name, control);
	do
		got = recvmmsg(fd, batch->message, BATCH, MSG_DONTWAIT, NULL);
	while (got < 0 && errno == EINTR);
	batch->written = got > 0 ? (unsigned)got : 0;
	return got < 0 ? -errno : got;
}

static bool is_full(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS ||
	       error == ENOMEM;
}

void batch_send(struct batch *batch, int fd, struct batch_run *run)
{
	unsigned at = run->from;

	run->taken = 0;
	run->error = 0;
	while (at < run->until) {
		int sent = sendmmsg(fd, batch->message + at, run->until - at,
				    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0) {
			at += (unsigned)sent;
			run->taken += (unsigned)sent;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (run->error == 0)
			run->error = -errno;
		if (is_full(errno))
			return;
		at++;
	}
}
