#include "program/client_json.h"
#include "core/reader.h"
#include "core/scope.h"
#include "core/siret.h"

static void read_siret(struct reader *reader, struct client_creation *creation) {
    char siret[SIRET_TEXT_BYTES];
    const char *typed = reader_optional_line(reader, "siret", READER_SHORT_MAX);
    if (typed != NULL && siret_parse(reader->errors, "/siret", typed, siret) == ERR_NONE) {
        creation->siret = arena_strdup(reader->arena, siret);
    }
}

enum err client_json_read(struct context *context, const struct value *body,
                          struct client_creation *creation) {
    static const char *const KNOWN[] = {"name", "siret", "product", "scopes", NULL};
    struct reader reader;
    *creation = (struct client_creation){0};
    reader_start(&reader, context->arena, context->errors, body, "", KNOWN);
    creation->name = reader_required_line(&reader, "name", READER_SHORT_MAX);
    read_siret(&reader, creation);
    creation->product = reader_optional_line(&reader, "product", 64);
    creation->scopes = reader_required_choices(&reader, "scopes", SCOPES);
    const bool has_siret = value_is(value_get(body, "siret"), VALUE_STRING);
    const bool has_product = creation->product != NULL;
    if (!has_siret && !has_product) {
        reader_error(&reader, "siret", "required",
                     "Indiquez un SIRET ou un produit : ce que le programme pourra voir.");
    } else if (has_siret && has_product) {
        reader_error(&reader, "product", "not_allowed",
                     "Indiquez un SIRET ou un produit, pas les deux.");
    }
    return field_errors_verdict(context->errors);
}
