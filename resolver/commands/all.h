/*
 * all: the commands one by one, for the table that has them all (commands.c).
 */
#ifndef COMMANDS_ALL_H
#define COMMANDS_ALL_H

#include "control/command.h"

extern const struct command command_serve;
extern const struct command command_check;
extern const struct command command_status;
extern const struct command command_reload;
extern const struct command command_commit;	/* for `log`; not in the help */
extern const struct command command_noted;	/* for `review`; likewise */
extern const struct command command_judge;	/* for tests; likewise */
extern const struct command command_compile;
extern const struct command command_log;
extern const struct command command_review;
extern const struct command command_mark;
extern const struct command command_marks;
extern const struct command command_compare;
extern const struct command command_watch;
extern const struct command command_why;
extern const struct command command_sql;
extern const struct command command_export;
extern const struct command command_block;
extern const struct command command_allow;
extern const struct command command_pause;
extern const struct command command_undo;
extern const struct command command_rules;
extern const struct command command_lists;
extern const struct command command_device;
extern const struct command command_forget;
extern const struct command command_replay;
extern const struct command command_alerts;
extern const struct command command_verify;
extern const struct command command_keygen;
extern const struct command command_version;
extern const struct command command_help;
extern const struct command command_completion;

#endif
