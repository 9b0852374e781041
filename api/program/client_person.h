#ifndef GUICHET_PROGRAM_CLIENT_PERSON_H
#define GUICHET_PROGRAM_CLIENT_PERSON_H
/* The responsible persons of a client: active members of its organisation, or staff of its product, who lend it
 * their rights while they are that (sql/functions/client_backers.sql). Nobody becomes one without their own act,
 * since the others may use their rights through the program. Each act locks the client, tells the others by mail,
 * and renders its answer (core/act.h). Thread-safe.
 * ERR_NOT_FOUND where the actor sees no client with this id, ERR_FORBIDDEN where they are not responsible. */
#include "core/context.h"

enum { CLIENT_PERSONS_MAX = 10 };

/* Asks somebody to answer for it too; answers 201 and the document. ERR_INVALID at /email where nobody who could
 * has this address; ERR_CONFLICT where they were asked already, or where it has CLIENT_PERSONS_MAX. */
MUST_CHECK enum err client_person_ask(struct context *context, const char *id, const char *email);
/* The actor, who was asked, accepts; answers 200 and the document. ERR_CONFLICT where nobody asked them, or
 * where they answer for CLIENTS_MAX already. */
MUST_CHECK enum err client_person_accept(struct context *context, const char *id);
/* The actor leaves, or declines; a responsible person takes off who was asked, or who does not count any more.
 * Answers 204. ERR_FORBIDDEN for somebody else who counts; ERR_CONFLICT for the last who counts: a program is
 * deleted or handed on, never left alone. */
MUST_CHECK enum err client_person_remove(struct context *context, const char *id,
                                         const char *account_id);
/* The actor, who could answer for it, does so in the place of all who did; answers 200 and the document.
 * `keep_secrets` false: its secrets end, because somebody who left may know them. ERR_CONFLICT while a responsible
 * person counts. */
MUST_CHECK enum err client_person_take_over(struct context *context, const char *id,
                                            bool keep_secrets);
/* The job "stopped_programs": tells, once, everybody who could take over a client for which nobody answers any
 * more. */
MUST_CHECK enum err client_person_tell_stopped(struct context *context);

#endif
