/*
 * cells: a row of the journal as the columns of a table.
 */
#ifndef REVIEW_CELLS_H
#define REVIEW_CELLS_H

#include "base/address.h"
#include "dns/name.h"

struct reader_note;
struct reader_row;

enum cell {
	CELL_TIME, CELL_CLIENT, CELL_TYPE, CELL_NAME, CELL_VERDICT,
	CELL_RCODE, CELL_FROM, CELL_MS, CELLS,
};

/* Room for any text of a cell, and for a client or what it is called. */
enum { CELL_TEXT = 2 * NAME_TEXT, CELL_CLIENT_TEXT = 256 };

struct cells {
	char time[32];
	char client[CELL_CLIENT_TEXT];
	char type[16];
	char name[NAME_TEXT];
	char verdict[CELL_TEXT];
	char rcode[16];
	char from[ADDRESS_TEXT];
	char ms[24];
};

extern const char *const cells_titles[CELLS];

void cells_fill(struct cells *cells, const struct reader_row *row);
const char *cells_text(const struct cells *cells, enum cell cell);

/* The whole line for a gap, a step of the clock, or a damaged block. */
void cells_print_note(const struct reader_note *note, struct text *out);

#endif
