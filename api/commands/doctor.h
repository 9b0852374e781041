#ifndef GUICHET_COMMANDS_DOCTOR_H
#define GUICHET_COMMANDS_DOCTOR_H
/* What `guichet doctor` tries: each check in a thread of its own, so that one which waits delays none. */
#include "app.h"
#include "gateway/gateway.h"

enum doctor_state {
    DOCTOR_WRONG,   /* something does not work, or will not for long */
    DOCTOR_WARNING, /* it works, but not as it is to stay */
    DOCTOR_GOOD,
    DOCTOR_OFF, /* not set */
};

struct doctor_finding {
    enum doctor_state state;
    const char *found;  /* in English, without secrets; in the arena of the check or static */
    const char *advice; /* what to do; NULL where nothing is to be done */
};

/* What a check is given. */
struct doctor_subject {
    struct app *app;
    const char *mail; /* of --mail; NULL: no mail is sent */
    struct gateway_provider_name provider;
};

/* Fills the finding. Runs beside the other checks; changes nothing but, for --mail, the mailbox. */
typedef void doctor_check(const struct doctor_subject *subject, struct arena *arena,
                          struct doctor_finding *out);

/* doctor_local.c: what is on this machine and in the database. */
doctor_check doctor_check_database;
doctor_check doctor_check_directory;
doctor_check doctor_check_signing_key;
doctor_check doctor_check_master_key;
doctor_check doctor_check_clock;
doctor_check doctor_check_disk;
/* doctor_remote.c: what is behind the network. */
doctor_check doctor_check_mail;
doctor_check doctor_check_oidc;
doctor_check doctor_check_scanner;
doctor_check doctor_check_certificate;
doctor_check doctor_check_provider;
doctor_check doctor_check_sandbox;

/* Fills a finding. */
void doctor_say(struct doctor_finding *out, enum doctor_state state, const char *found,
                const char *advice);

#endif
