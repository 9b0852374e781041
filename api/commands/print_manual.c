#include "base/config.h"
#include "commands/commands.h"
#include <stdio.h>
#include <string.h>

/* Prints the manual page guichet(1), as man(7) reads it, from the tables of commands, options and settings. */

#define TAKES(option) (1U << COMMAND_OPTION_##option)

static const struct {
    const char *name;
    unsigned options; /* bits TAKES(…) */
    const char *synopsis;
    const char *help;
} ROWS[] = {
#define COMMAND(name_, function_, words_, options_, synopsis_, help_)                              \
    {name_, options_, synopsis_, help_},
#include "commands/commands.def"
#undef COMMAND
};

static const struct {
    const char *name;
    const char *value; /* NULL: none */
    bool is_required;
    const char *help;
} OPTIONS[] = {
#define OPTION(id_, name_, value_, is_required_, help_) {name_, value_, is_required_, help_},
#include "commands/options.def"
#undef OPTION
};

static const struct {
    const char *name;
    const char *unit;
    const char *fallback;
    bool is_secret;
    const char *help;
} SETTINGS[] = {
#define SETTING(member_, environment_, type_, unit_, fallback_, secret_, help_)                    \
    {environment_, unit_, fallback_, secret_, help_},
#include "base/config.def"
#undef SETTING
};

/* Backslashes and hyphens as roff prints them, and no line that it would take for a request. */
static void put(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\\') {
            (void)fputs("\\e", stdout);
        } else if (*c == '-') {
            (void)fputs("\\-", stdout);
        } else if (c == text && (*c == '.' || *c == '\'')) {
            (void)printf("\\&%c", *c);
        } else {
            (void)putchar(*c);
        }
    }
}

/* --name=VALUE */
static void put_option(size_t i) {
    (void)fputs("\\fB", stdout);
    put("--");
    put(OPTIONS[i].name);
    (void)fputs("\\fR", stdout);
    if (OPTIONS[i].value != NULL) {
        (void)fputs("=\\fI", stdout);
        put(OPTIONS[i].value);
        (void)fputs("\\fR", stdout);
    }
}

static void put_commands(void) {
    (void)puts(".SH COMMANDS");
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        (void)fputs(".TP\n\\fB", stdout);
        put(ROWS[i].name);
        (void)fputs("\\fR", stdout);
        for (size_t j = 0; j < COMMAND_OPTIONS_COUNT; j++) {
            if ((ROWS[i].options >> j & 1U) != 0) {
                (void)fputs(OPTIONS[j].is_required ? " " : " [", stdout);
                put_option(j);
                (void)fputs(OPTIONS[j].is_required ? "" : "]", stdout);
            }
        }
        if (*ROWS[i].synopsis != '\0') {
            (void)fputs(" \\fI", stdout);
            put(ROWS[i].synopsis);
            (void)fputs("\\fR", stdout);
        }
        (void)putchar('\n');
        put(ROWS[i].help);
        (void)puts(".");
    }
}

static void put_options(void) {
    (void)puts(".SH OPTIONS\n"
               "\\fB\\-\\-help\\fR and \\fB\\-\\-version\\fR are understood by the program, "
               "\\fB\\-\\-help\\fR by each command.");
    for (size_t i = 0; i < COMMAND_OPTIONS_COUNT; i++) {
        (void)fputs(".TP\n", stdout);
        put_option(i);
        (void)putchar('\n');
        put(OPTIONS[i].help);
        (void)puts(".");
    }
}

static void put_settings(void) {
    (void)puts(
        ".SH ENVIRONMENT\n"
        "A setting that there is not is a mistake, as is a wrong value; all are reported "
        "together. A secret may be the first line of the file that \\fINAME\\fR_FILE names.");
    for (size_t i = 0; i < sizeof SETTINGS / sizeof SETTINGS[0]; i++) {
        (void)fputs(".TP\n\\fB", stdout);
        put(SETTINGS[i].name);
        (void)printf("\\fR%s\n", SETTINGS[i].is_secret ? " (secret)" : "");
        put(SETTINGS[i].help);
        if (*SETTINGS[i].unit != '\0') {
            (void)printf(", in %s", SETTINGS[i].unit);
        }
        if (*SETTINGS[i].fallback != '\0') {
            (void)fputs(". Default: ", stdout);
            put(SETTINGS[i].fallback);
        }
        (void)puts(".");
    }
}

static const char HEAD[] =
    ".TH GUICHET 1 \"\" \"guichet " GUICHET_VERSION "\" \"Guichet\"\n"
    ".SH NAME\n"
    "guichet, guichet\\-admin \\- open restricted data APIs to public bodies\n"
    ".SH SYNOPSIS\n"
    ".B guichet\n"
    "\\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]\n"
    ".br\n"
    ".B guichet\\-admin\n"
    "\\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]\n"
    ".SH DESCRIPTION\n"
    "Guichet takes the requests of public bodies for restricted data APIs, has them instructed, "
    "issues signed "
    "tokens and serves the calls that are made with them, over one PostgreSQL database.\n"
    "Settings come from the environment.\n"
    ".B guichet\\-admin\n"
    "runs a command with the settings of the installation, those of /etc/guichet; it is for "
    "root.\n";

static const char TAIL[] =
    ".SH EXIT STATUS\n"
    "0: done. 1: failed, the reason is on standard error. 2: the arguments were not understood.\n"
    ".SH FILES\n"
    ".TP\n"
    ".I /etc/guichet/guichet.env\n"
    "Settings of the units and of guichet\\-admin, one NAME=value a line.\n"
    ".TP\n"
    ".I /etc/guichet/database\\-url, /etc/guichet/database\\-owner\\-url, "
    "/etc/guichet/master\\-key\n"
    "Secrets, one a file, which only root reads. The units do not start without the first and the "
    "last.\n"
    ".TP\n"
    ".I /var/lib/guichet\n"
    "Files while they are uploaded, and mails where no mail server is set.\n"
    ".SH SEE ALSO\n"
    "/usr/share/doc/guichet/README.md, \\fBsystemctl\\fR(1), \\fBpsql\\fR(1)\n";

int command_print_manual(const struct command_input *input) {
    (void)input;
    (void)fputs(HEAD, stdout);
    put_commands();
    put_options();
    put_settings();
    (void)fputs(TAIL, stdout);
    return 0;
}
