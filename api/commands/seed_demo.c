#include "commands/seed_demo.h"
#include "account/provision.h"
#include "commands/commands.h"
#include "commands/seed_requests.h"
#include "commands/session.h"
#include "security/password.h"
#include <stdio.h>
#include <string.h>

static const char PASSWORD[] = "Passerelle-ouverte-2026";

/* The people of the demonstration. */
static const struct person {
    const char *email;
    const char *given_name;
    const char *family_name;
    const char *siret;
    const char *role; /* NULL: none */
    const char *what;
} PEOPLE[] = {
    {"camille.martin@clamart.example", "Camille", "Martin", "21920023500014", NULL,
     "demande pour la commune de Clamart"},
    {"dominique.petit@occitanie.example", "Dominique", "Petit", "20005379100014", NULL,
     "demande pour la région Occitanie"},
    {"sacha.leroy@dinum.example", "Sacha", "Leroy", "13002526500013", "instructor:api-entreprise",
     "instruit les demandes d’API Entreprise"},
    {"claude.moreau@dinum.example", "Claude", "Moreau", "13002526500013", "manager:api-entreprise",
     "responsable d’API Entreprise"},
    {"alix.bernard@dinum.example", "Alix", "Bernard", "13002526500013", "support",
     "support de la plateforme"},
    {"maxime.robert@dinum.example", "Maxime", "Robert", "13002526500013", "admin",
     "administre la plateforme"},
};

static enum err seed(struct command_session *session, const struct person *person,
                     const char **hash) {
    struct provision input = {.given_name = person->given_name,
                              .family_name = person->family_name,
                              .has_role = person->role != NULL};
    bool exists = false;
    TRY(email_parse(&session->errors, "email", person->email, &input.email));
    TRY(provision_exists(&session->context, &input.email, &exists));
    if (exists) {
        return ERR_NONE;
    }
    TRY(siret_parse(&session->errors, "siret", person->siret, input.siret));
    if (input.has_role &&
        !command_parse_role(&session->app.arena, person->role, &input.role, &input.product)) {
        return err_internal("a demonstration account has an unknown role");
    }
    if (*hash == NULL) { /* one for all: the passwords are public, and the start is quicker */
        TRY(password_hash(&session->app.arena, PASSWORD, hash));
    }
    input.password_hash = *hash;
    return provision_account(&session->context, &input);
}

bool seed_demo_is_exposed(struct app *app) {
    struct field_errors errors;
    const struct actor program = {.kind = ACTOR_SYSTEM};
    ARENA_AUTO(arena);
    field_errors_init(&errors, &arena);
    struct context context = {
        .services = &app->services, .arena = &arena, .actor = &program, .errors = &errors};
    for (size_t i = 0; !config_is_local(&app->config) && i < sizeof PEOPLE / sizeof PEOPLE[0];
         i++) {
        struct email email;
        bool exists = false;
        if (email_parse(&errors, "email", PEOPLE[i].email, &email) == ERR_NONE &&
            provision_exists(&context, &email, &exists) == ERR_NONE && exists) {
            (void)fprintf(stderr,
                          "%s is an account of the demonstration, whose password everybody knows: "
                          "refused unless GUICHET_BIND and GUICHET_PUBLIC_URL are loopback; take "
                          "another database\n",
                          PEOPLE[i].email);
            return true;
        }
    }
    return false;
}

int command_seed_demo(const struct command_input *input) {
    static struct command_session session;
    const char *hash = NULL;
    (void)input;
    enum err err = command_session_init(&session, COMMAND_SEALS);
    if (err == ERR_NONE && !config_is_local(&session.app.config)) {
        err =
            context_fail(&session.context, ERR_FORBIDDEN,
                         "GUICHET_BIND and GUICHET_PUBLIC_URL have to be loopback: everybody knows "
                         "the passwords of these accounts");
    }
    for (size_t i = 0; err == ERR_NONE && i < sizeof PEOPLE / sizeof PEOPLE[0]; i++) {
        err = seed(&session, &PEOPLE[i], &hash);
    }
    if (err == ERR_NONE) {
        err = seed_requests(&session);
    }
    for (size_t i = 0; err == ERR_NONE && i < sizeof PEOPLE / sizeof PEOPLE[0]; i++) {
        (void)printf("%-34s %s   %s\n", PEOPLE[i].email, PASSWORD, PEOPLE[i].what);
    }
    const int code = command_session_verdict(&session, "seed-demo", err);
    command_session_clear(&session);
    return code;
}
