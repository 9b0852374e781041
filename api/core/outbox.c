#include "core/outbox.h"
#include "base/json.h"
#include "security/seal.h"
#include <string.h>

static const char *context_of(struct arena *arena, const char *id) {
    return arena_printf(arena, "mail/%s", id);
}

const char *outbox_seal(struct arena *arena, const struct seal_key *master, const char *id,
                        const struct value *data) {
    const char *text = data == NULL ? "{}" : json_text(arena, data);
    return seal_close(arena, master, context_of(arena, id), text, strlen(text));
}

enum err outbox_open(struct arena *arena, const struct seal_key *master,
                     const struct outbox_mail *mail, struct value **data) {
    const char *text = mail->data; /* of a former version */
    size_t length = strlen(mail->data);
    if (mail->sealed.or_null != NULL) {
        unsigned char *opened = NULL;
        TRY(seal_open(arena, master, context_of(arena, mail->id), mail->sealed.or_null, &opened,
                      &length));
        text = (const char *)opened;
    }
    return json_parse(arena, text, length, data, NULL);
}

enum err outbox_delete_old(struct context *context) {
    const struct config *config = context->services->config;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_LONG);
    return sql_outbox_delete_old(&once, .sent_days = config->sent_mails_days,
                                 .parked_days = config->parked_mails_days);
}
