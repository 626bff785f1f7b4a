/*
 * The screen is the terminal's second one, so that what was there before
 * comes back, and the comparison is printed below it.
 *
 * A signal only writes down that it came, and one that ends or stops us is
 * acted upon where keys are waited for: poll(2) is broken off by it.  What
 * cannot wait, a crash or an exit(3) from elsewhere, gives the terminal back
 * with what a signal handler may call: write(2) and tcsetattr(3).
 */
#include "commands/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum {
	WIDTH_MIN = 40, WIDTH_USUAL = 80, HEIGHT_USUAL = 24,
	ESCAPE_MS = 30,		/* the rest of a key comes at once */
	CTRL_C = 3, CTRL_D = 4, CTRL_Z = 26, BACKSPACE = 8,
};

/* The other screen, its cursor hidden; and back. */
static const char screen_on[] = "\033[?1049h\033[?25l\033[H\033[2J";
static const char screen_off[] = "\033[0m\033[?25h\033[?1049l";

static const int watched[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH,
	SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL,
};

enum { WATCHED = sizeof(watched) / sizeof(watched[0]) };

static struct {
	volatile sig_atomic_t open, ending, stopping, resized;
	struct termios before;
	struct sigaction actions[WATCHED];
	bool listens;			/* to the end of the process */
} terminal;

/* --- how large it is --- */

static unsigned from_environment(const char *name)
{
	const char *value = getenv(name);

	return value != NULL ? (unsigned)strtoul(value, NULL, 10) : 0;
}

unsigned terminal_width(void)
{
	struct winsize size;
	unsigned width = 0;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width == 0)
		width = from_environment("COLUMNS");
	if (width == 0)
		width = WIDTH_USUAL;
	return width < WIDTH_MIN ? WIDTH_MIN : width;
}

unsigned terminal_height(void)
{
	struct winsize size;
	unsigned height = 0;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		height = size.ws_row;
	if (height == 0)
		height = from_environment("LINES");
	return height == 0 ? HEIGHT_USUAL : height;
}

static bool is_dumb(void)
{
	const char *kind = getenv("TERM");

	return kind != NULL && strcmp(kind, "dumb") == 0;
}

bool terminal_wants_colour(void)
{
	const char *no_colour = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !is_dumb() &&
	       (no_colour == NULL || *no_colour == '\0');
}

bool terminal_is_there(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !is_dumb();
}

/* --- taking it, and giving it back --- */

/* Both for signal handlers, too. */
static void put_sequence(const char *sequence, size_t len)
{
	if (write(STDOUT_FILENO, sequence, len) < 0)
		terminal.ending = 1;
}

static void give_back(void)
{
	if (!terminal.open)
		return;
	terminal.open = 0;
	put_sequence(screen_off, sizeof(screen_off) - 1);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal.before);
}

static int take(void)
{
	struct termios raw = terminal.before;

	raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP |
				   IXON);
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0)
		return -errno;
	terminal.open = 1;
	put_sequence(screen_on, sizeof(screen_on) - 1);
	return 0;
}

/* --- signals --- */

static void note(int number)
{
	switch (number) {
	case SIGWINCH:
	case SIGCONT:
		terminal.resized = 1;
		break;
	case SIGTSTP:
		terminal.stopping = 1;
		break;
	case SIGINT:
	case SIGTERM:
	case SIGHUP:
	case SIGQUIT:
		terminal.ending = 1;
		break;
	default:
		give_back();
		signal(number, SIG_DFL);
		raise(number);
	}
}

static void listen_to_signals(void)
{
	struct sigaction action = { .sa_handler = note };

	for (unsigned i = 0; i < WATCHED; i++)
		sigaction(watched[i], &action, &terminal.actions[i]);
}

static void stop_listening(void)
{
	for (unsigned i = 0; i < WATCHED; i++)
		sigaction(watched[i], &terminal.actions[i], NULL);
}

/* As the shell's ^Z: given back, stopped, and taken again by `fg`. */
static void stop(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL }, ours;

	terminal.stopping = 0;
	give_back();
	sigaction(SIGTSTP, &usual, &ours);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL);
	if (take() < 0)
		terminal.ending = 1;
	terminal.resized = 1;
}

int terminal_open(void)
{
	int error;

	if (tcgetattr(STDIN_FILENO, &terminal.before) != 0)
		return -errno;
	if (!terminal.listens)
		atexit(give_back);
	terminal.listens = true;
	terminal.ending = terminal.stopping = terminal.resized = 0;
	listen_to_signals();
	error = take();
	if (error < 0)
		stop_listening();
	return error;
}

void terminal_close(void)
{
	if (!terminal.open)
		return;
	give_back();
	stop_listening();
}

/* --- keys --- */

/* A byte; or -1: none in that time, or a signal came, or there is no more. */
static int next_byte(int milliseconds)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned char byte;
	ssize_t got;

	if (poll(&in, 1, milliseconds) <= 0)
		return -1;
	got = read(STDIN_FILENO, &byte, 1);
	if (got == 1)
		return byte;
	if (got == 0 || errno != EINTR)
		terminal.ending = 1;
	return -1;
}

/* ESC [ A, ESC O A; what is none of ours is read to its end and nothing. */
static int escape_key(void)
{
	int byte = next_byte(ESCAPE_MS);

	if (byte < 0)
		return TERMINAL_ESCAPE;
	if (byte != '[' && byte != 'O')
		return TERMINAL_NOTHING;
	do
		byte = next_byte(ESCAPE_MS);
	while (byte >= 0 && (byte < '@' || byte > '~'));
	if (byte == 'A')
		return TERMINAL_UP;
	return byte == 'B' ? TERMINAL_DOWN : TERMINAL_NOTHING;
}

static int signal_key(void)
{
	if (terminal.stopping)
		stop();
	if (terminal.ending)
		return TERMINAL_END;
	if (!terminal.resized)
		return TERMINAL_NOTHING;
	terminal.resized = 0;
	return TERMINAL_RESIZED;
}

static int key_of(int byte)
{
	switch (byte) {
	case CTRL_C:
	case CTRL_D:
		return TERMINAL_END;
	case CTRL_Z:
		stop();
		return signal_key();
	case TERMINAL_ESCAPE:
		return escape_key();
	case '\r':
		return TERMINAL_ENTER;
	case BACKSPACE:
		return TERMINAL_ERASE;
	default:
		return byte;
	}
}

int terminal_key(int milliseconds)
{
	int key = signal_key(), byte;

	if (key != TERMINAL_NOTHING)
		return key;
	byte = next_byte(milliseconds);
	return byte > 0 ? key_of(byte) : signal_key();
}
