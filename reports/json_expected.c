/* json_expected: see reports/json_expected.h. */
#include "reports/json_expected.h"

#include "reports/names.h"

static json_t *answer_text(bool yes, bool no)
{
    return document_text(yes && no ? "in-parts" : yes ? "yes" : no ? "no" : "");
}

/* The words that `of` finds in the expectations of all parts, each once. */
static json_t *words_of(struct document *d, const struct part *parts, size_t count,
                        const struct texts *(*of)(const struct expectation *))
{
    struct phrase seen = {0};
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct texts *texts = of(&parts[i].expectation);
        for (size_t k = 0; k < texts->count; k++) {
            size_t before = seen.length;
            names_add_word(&seen, texts->items[k]);
            if (seen.length > before)
                document_push(d, list, document_text(texts->items[k]));
        }
    }
    return list;
}

static const struct texts *authentication_default(const struct expectation *e)
{
    return &e->authentication_default;
}

static const struct texts *authentication_supported(const struct expectation *e)
{
    return &e->authentication_supported;
}

static const struct texts *encryption_supported(const struct expectation *e)
{
    return &e->encryption_supported;
}

/* The oldest version of TLS that any of the parts takes, "" where one of them says nothing of it. */
static const char *lowest_floor(const struct part *parts, size_t count)
{
    unsigned lowest = count > 0 ? parts[0].expectation.tls_floor : 0;
    for (size_t i = 1; i < count; i++)
        if (parts[i].expectation.tls_floor < lowest)
            lowest = parts[i].expectation.tls_floor;
    return lowest > 0 ? tls_floor_words[lowest - 1] : "";
}

void json_put_expectations(struct document *d, json_t *o, const struct part *parts, size_t count)
{
    json_t *authentication = json_object(), *encryption = json_object();
    bool yes = false, no = false;
    for (size_t i = 0; i < count; i++) {
        yes = yes || parts[i].expectation.encryption_default == ANSWER_YES;
        no = no || parts[i].expectation.encryption_default == ANSWER_NO;
    }
    document_put(d, authentication, "default", words_of(d, parts, count, authentication_default));
    document_put(d, authentication, "supported", words_of(d, parts, count, authentication_supported));
    document_put(d, encryption, "supported", words_of(d, parts, count, encryption_supported));
    document_put(d, encryption, "default", answer_text(yes, no));
    document_put(d, encryption, "floor", document_text(lowest_floor(parts, count)));
    document_put(d, o, "authentication", authentication);
    document_put(d, o, "encryption", encryption);
}

json_t *json_cells(struct document *d, const struct cells *cells)
{
    json_t *o = json_object();
    document_put(d, o, "ports", document_text(cells->ports));
    document_put(d, o, "default_authentication", document_text(cells->default_authentication));
    document_put(d, o, "supported_authentication", document_text(cells->supported_authentication));
    document_put(d, o, "encryption", document_text(cells->encryption));
    document_put(d, o, "encrypted_by_default", document_text(cells->encrypted_by_default));
    return o;
}
