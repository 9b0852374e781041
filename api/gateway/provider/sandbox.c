#include "gateway/provider/sandbox.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "core/siret.h"
#include "gateway/provider/provider.h"
#include "gateway/provider/template.h"
#include <string.h>
#include <strings.h>
#include <time.h>

enum { SAMPLES_BYTES_MAX = 1 << 20, SIREN_DIGITS = 9 };

struct sandbox_case {
    const struct value *params; /* object; NULL: the default */
    int status;
    int64_t delay_ms;
    const struct template *payload;
    const char *error_code;
    int64_t retry_in_s;
};

struct sandbox_endpoint {
    const struct endpoint *endpoint;
    const char *sample_siren; /* NULL without */
    const char *sample_rna;
    struct sandbox_case *cases; /* the default is the last */
    size_t count;
};

/* --- placeholders */

struct constants {
    const char *gateway;
    const struct provider *provider;
};

static const char *find_constant(void *state, const char *name) {
    const struct constants *constants = state;
    if (strcmp(name, "gateway") == 0) {
        return constants->gateway;
    }
    if (strcmp(name, "provider_code") == 0) {
        return constants->provider->code;
    }
    return strcmp(name, "provider_name") == 0 ? constants->provider->name : NULL;
}

struct filling {
    struct arena *arena;
    const struct sandbox_endpoint *sandbox;
    const struct call_params *call_params;
};

static const char *find_siren(const struct filling *filling) {
    const char *siren = call_params_find(filling->call_params, "siren");
    const char *siret = call_params_find(filling->call_params, "siret");
    if (siren != NULL) {
        return siren;
    }
    return siret != NULL ? arena_strndup(filling->arena, siret, SIREN_DIGITS)
                         : filling->sandbox->sample_siren;
}

static const char *find_siret(const struct filling *filling) {
    const char *siret = call_params_find(filling->call_params, "siret");
    const char *siren = find_siren(filling);
    if (siret != NULL || siren == NULL) {
        return siret;
    }
    const char *most = arena_printf(filling->arena, "%s0001", siren);
    return arena_printf(filling->arena, "%s%c", most, siren_check_digit(most, strlen(most)));
}

static const char *find_tva(const struct filling *filling) {
    const char *siren = find_siren(filling);
    int64_t rest = 0;
    if (siren == NULL) {
        return NULL;
    }
    for (const char *c = siren; *c != '\0'; c++) {
        rest = (rest * 10 + (*c - '0')) % 97;
    }
    return arena_printf(filling->arena, "FR%02d%s", (int)((12 + 3 * rest) % 97), siren);
}

static const char *find_eori(const struct filling *filling) {
    const char *eori = call_params_find(filling->call_params, "eori");
    const char *siret = eori == NULL ? find_siret(filling) : NULL;
    return siret == NULL ? eori : arena_printf(filling->arena, "FR%s", siret);
}

static const char *find_value(void *state, const char *name) {
    const struct filling *filling = state;
    if (strcmp(name, "siren") == 0) {
        return find_siren(filling);
    }
    if (strcmp(name, "siret") == 0) {
        return find_siret(filling);
    }
    if (strcmp(name, "tva") == 0) {
        return find_tva(filling);
    }
    if (strcmp(name, "eori") == 0) {
        return find_eori(filling);
    }
    const char *value = call_params_find(filling->call_params, name);
    return value == NULL && strcmp(name, "rna") == 0 ? filling->sandbox->sample_rna : value;
}

/* --- loading */

struct loader {
    struct arena *arena;
    struct field_errors *errors;
    const char *file;
    struct constants constants;
    struct sandbox_endpoint *out;
};

static void mistake(const struct loader *loader, const char *message) {
    field_errors_add(loader->errors, loader->file, "invalid_format", "%s", message);
}

/* The object with `sandbox: true` in its `meta`. */
static const struct value *mark(struct arena *arena, const struct value *object) {
    struct value *patch = value_object(arena);
    struct value *meta = value_object(arena);
    value_set(meta, "sandbox", value_boolean(arena, true));
    value_set(patch, "meta", meta);
    return value_merge_patch(arena, object, patch);
}

/* Says in the body that its data are invented: in the meta of the answer, or of each of its errors. */
static const struct value *mark_payload(struct arena *arena, const struct value *payload) {
    const struct value *errors = value_get(payload, "errors");
    if (errors == NULL) {
        return mark(arena, payload);
    }
    struct value *marked = value_array(arena);
    struct value *out = value_object(arena);
    for (size_t i = 0; i < value_count(errors); i++) {
        value_push(marked, mark(arena, value_item(errors, i)));
    }
    value_set(out, "errors", marked);
    return out;
}

static const struct template *compile(struct loader *loader, const struct value *payload) {
    struct template *template = ARENA_NEW(loader->arena, struct template);
    template_compile(loader->arena, json_text(loader->arena, mark_payload(loader->arena, payload)),
                     find_constant, &loader->constants, template);
    return template;
}

static void read_error(struct loader *loader, const struct value *payload,
                       struct sandbox_case *out) {
    const struct value *errors = value_get(payload, "errors");
    const struct value *error = value_count(errors) == 0 ? NULL : value_item(errors, 0);
    const char *code = value_get_text(error, "code");
    size_t length = 0;
    if (code != NULL) {
        struct template template;
        template_compile(loader->arena, code, find_constant, &loader->constants, &template);
        out->error_code =
            template_render(&template, loader->arena, find_constant, &loader->constants, &length);
    }
    out->retry_in_s = value_get_integer(value_get(error, "meta"), "retry_in", 0);
}

static void read_case(struct loader *loader, const struct value *document) {
    struct sandbox_endpoint *out = loader->out;
    const struct value *params = value_get(document, "params");
    const struct value *payload = value_get(document, "payload");
    struct sandbox_case *now = &out->cases[out->count++];
    *now = (struct sandbox_case){
        .params = value_is(params, VALUE_OBJECT) ? params : NULL,
        .status = (int)value_get_integer(document, "status", 200),
        .delay_ms = value_get_integer(document, "delay_ms", 0),
    };
    if (value_is(payload, VALUE_OBJECT)) {
        now->payload = compile(loader, payload);
        read_error(loader, payload, now);
    }
}

static void read_cases(struct loader *loader, const struct value *document) {
    const struct value *cases = value_get(document, "cases");
    for (size_t i = 0; i < value_count(cases); i++) {
        read_case(loader, value_item(cases, i));
    }
}

static const struct value *read_file(struct loader *loader, const char *path) {
    char *content = NULL;
    size_t length = 0;
    struct value *document = NULL;
    loader->file = path;
    if (file_read(loader->arena, path, SAMPLES_BYTES_MAX, &content, &length) != ERR_NONE ||
        json_parse(loader->arena, content, length, &document, NULL) != ERR_NONE) {
        mistake(loader, "the sample answers cannot be read");
        return NULL;
    }
    return document;
}

/* `"payload": "default"` refers to the default case, which is the last one. */
static void share_default(struct loader *loader) {
    struct sandbox_endpoint *out = loader->out;
    const struct sandbox_case *last = out->count == 0 ? NULL : &out->cases[out->count - 1];
    if (last == NULL || last->params != NULL || last->payload == NULL) {
        mistake(loader, "the last case must be \"default\" and have a payload");
        return;
    }
    for (size_t i = 0; i < out->count; i++) {
        if (out->cases[i].payload == NULL) {
            out->cases[i].payload = last->payload;
        }
    }
}

const struct sandbox_endpoint *sandbox_load(struct arena *arena, const struct config *config,
                                            const char *product, const struct endpoint *endpoint,
                                            struct field_errors *errors) {
    const char *folder = arena_printf(arena, "%s/%s/sandbox", config->products_dir, product);
    struct sandbox_endpoint *out = ARENA_NEW(arena, struct sandbox_endpoint);
    struct loader loader = {
        .arena = arena,
        .errors = errors,
        .constants = {.gateway = arena_printf(arena, "%s/gateway/%s", config->public_url, product),
                      .provider = endpoint->provider},
        .out = out,
    };
    const struct value *common = read_file(&loader, arena_printf(arena, "%s/common.json", folder));
    const struct value *own =
        read_file(&loader, arena_printf(arena, "%s/%s.json", folder, endpoint->id));
    if (common == NULL || own == NULL) {
        return NULL;
    }
    const size_t count =
        value_count(value_get(common, "cases")) + value_count(value_get(own, "cases"));
    out->endpoint = endpoint;
    out->sample_siren = value_get_text(value_get(own, "sample"), "siren");
    out->sample_rna = value_get_text(value_get(own, "sample"), "rna");
    out->cases = ARENA_ARRAY(arena, struct sandbox_case, count);
    read_cases(&loader, common);
    read_cases(&loader, own);
    share_default(&loader);
    return out;
}

/* --- answering */

static bool case_fits(const struct sandbox_case *candidate, const struct call_params *call_params) {
    const struct value *params = candidate->params;
    VALUE_EACH (member, params) {
        const char *value = call_params_find(call_params, member.name);
        if (value == NULL || !value_is(member.value, VALUE_STRING) ||
            strcasecmp(value, value_text_of(member.value)) != 0) {
            return false;
        }
    }
    return true;
}

static void wait_ms(int64_t delay_ms) {
    struct timespec left = {.tv_sec = (time_t)(delay_ms / 1000),
                            .tv_nsec = (long)(delay_ms % 1000) * 1000000L};
    while (delay_ms > 0 && nanosleep(&left, &left) != 0) {
    }
}

void sandbox_answer(const struct sandbox_endpoint *sandbox, struct arena *arena,
                    const struct call_params *call_params, struct sandbox_answer *out) {
    size_t i = 0;
    while (i + 1 < sandbox->count && !case_fits(&sandbox->cases[i], call_params)) {
        i++;
    }
    const struct sandbox_case *found = &sandbox->cases[i];
    struct filling filling = {.arena = arena, .sandbox = sandbox, .call_params = call_params};
    wait_ms(found->delay_ms);
    *out = (struct sandbox_answer){
        .status = found->status, .error_code = found->error_code, .retry_in_s = found->retry_in_s};
    out->body = template_render(found->payload, arena, find_value, &filling, &out->body_bytes);
}
