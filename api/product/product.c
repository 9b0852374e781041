#include "product/product.h"
#include <string.h>

const struct product *products_find(const struct products *products, const char *id) {
    for (size_t i = 0; i < products->count; i++) {
        if (strcmp(products->items[i].id, id) == 0) {
            return &products->items[i];
        }
    }
    return NULL;
}

const struct use_case *product_find_use_case(const struct product *product, const char *id) {
    for (size_t i = 0; i < product->use_cases_count; i++) {
        if (strcmp(product->use_cases[i].id, id) == 0) {
            return &product->use_cases[i];
        }
    }
    return NULL;
}

const struct product_scope *product_find_scope(const struct product *product, const char *id) {
    for (size_t i = 0; i < product->scopes_count; i++) {
        if (strcmp(product->scopes[i].id, id) == 0) {
            return &product->scopes[i];
        }
    }
    return NULL;
}

bool product_needs_second(const struct product *product, const struct value *scopes) {
    for (size_t i = 0; product->four_eyes && i < value_count(scopes); i++) {
        const struct product_scope *scope =
            product_find_scope(product, value_text_of(value_item(scopes, i)));
        if (scope != NULL && scope->is_sensitive) {
            return true;
        }
    }
    return false;
}

const struct form_block *product_find_block(const struct product *product, const char *id) {
    for (size_t i = 0; i < product->blocks_count; i++) {
        if (strcmp(product->blocks[i].id, id) == 0) {
            return &product->blocks[i];
        }
    }
    return NULL;
}

bool texts_have(const struct texts *texts, const char *text) {
    for (size_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}
