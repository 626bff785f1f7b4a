/*
 * terminal: what there is to look at what we print, and to press keys.
 *
 * Nothing but a few sequences of ECMA-48 that every terminal knows; no
 * library.  There is one terminal: its state is the process's.
 */
#ifndef COMMANDS_TERMINAL_H
#define COMMANDS_TERMINAL_H

#include <stdbool.h>

/* Columns of stdout; 0: nobody looks at it, so nothing needs to fit. */
unsigned terminal_width(void);
unsigned terminal_height(void);

/* On a terminal, and not unwanted: https://no-color.org, TERM=dumb. */
bool terminal_wants_colour(void);

/* Are there a keyboard and a screen? */
bool terminal_is_there(void);

/*
 * Takes the screen and the keys, key by key, without echo, until
 * terminal_close.  However the process ends or stops, the terminal is given
 * back as it was; after a stop it is taken again and TERMINAL_RESIZED given.
 * 0 or -errno.
 */
int terminal_open(void);
void terminal_close(void);	/* nothing, when it is not open */

/* Besides these, the character itself: bytes of UTF-8 one by one. */
enum {
	TERMINAL_NOTHING = 0,	/* in that time */
	TERMINAL_END = -1,	/* SIGINT, SIGTERM, SIGHUP, Ctrl-C, hung up */
	TERMINAL_RESIZED = -2,	/* draw it all again */
	TERMINAL_UP = -3, TERMINAL_DOWN = -4,
	TERMINAL_ENTER = '\n', TERMINAL_ESCAPE = 27, TERMINAL_ERASE = 127,
};

/* The next key, at most so many milliseconds from now. */
int terminal_key(int milliseconds);

#endif
