#include "base/text.h"
#include "core/siret.h"
#include "habilitation/habilitation.h"
#include "habilitation/habilitation_pdf.h"
#include "habilitation/routes.h"
#include <string.h>

static const char *id_of(const struct exchange *exchange) {
    return request_path_parameter(exchange, "id");
}

static void read_filter(struct exchange *exchange, struct habilitation_filter *filter) {
    *filter = (struct habilitation_filter){.state = request_query(exchange, "state"),
                                           .product = request_query(exchange, "product"),
                                           .request_id = request_query(exchange, "request_id")};
    filter->siret =
        siret_read_optional(&exchange->errors, "siret", request_query(exchange, "siret"));
    if (filter->state != NULL && strcmp(filter->state, "active") != 0 &&
        strcmp(filter->state, "superseded") != 0 && strcmp(filter->state, "revoked") != 0) {
        exchange_error(exchange, "state", "unknown_value",
                       "Donnez « active », « superseded » ou « revoked ».");
    }
    if (filter->request_id != NULL && !text_is_uuid(filter->request_id)) {
        exchange_error(exchange, "request_id", "invalid_format",
                       "Un identifiant (UUID) est attendu ici.");
    }
}

enum err handle_list_habilitations(struct exchange *exchange) {
    struct habilitation_filter filter;
    struct page page;
    const char *document = NULL;
    read_filter(exchange, &filter);
    if (!request_page_time(exchange, &page) || exchange->errors.count > 0) {
        return ERR_INVALID;
    }
    TRY(habilitation_list(&exchange->context, &filter, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_get_habilitation(struct exchange *exchange) {
    const char *document = NULL;
    TRY(habilitation_show(&exchange->context, id_of(exchange), &document));
    response_etag(exchange, 1); /* a snapshot never changes */
    return response_json(exchange, 200, document);
}

enum err handle_get_habilitation_document(struct exchange *exchange) {
    struct habilitation_paper paper;
    const unsigned char *bytes = NULL;
    size_t length = 0;
    TRY(habilitation_read_paper(&exchange->context, id_of(exchange), &paper));
    TRY(habilitation_pdf_render(exchange->arena, exchange->services->config->font_dir, &paper,
                                &bytes, &length));
    return response_file(exchange, "application/pdf",
                         arena_printf(exchange->arena, "habilitation-%s.pdf", paper.number), bytes,
                         length);
}

enum err handle_confirm_habilitation(struct exchange *exchange) {
    const char *document = NULL;
    TRY(habilitation_confirm(&exchange->context, request_path_parameter(exchange, "code"),
                             &document));
    return response_json(exchange, 200, document);
}
