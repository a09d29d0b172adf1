/* adviser: the border to nDPI. */
#include "flows/adviser.h"

#include "base/pause.h"

#include <stdlib.h>

#ifdef HAVE_NDPI

#include <gcrypt.h>
#include <ndpi_api.h>
#include <pthread.h>

/* Looks for nDPI to be free before falling asleep, and pauses between them. */
#define LOOKS  100
#define PAUSES 4

struct adviser {
    pthread_mutex_t mutex; /* held while nDPI works */
    struct ndpi_detection_module_struct *module;
    bool useless; /* it could not be loaded */
};

const char *adviser_version(void)
{
    return ndpi_revision();
}

const char *adviser_gcrypt_version(void)
{
    return gcry_check_version(NULL);
}

/* nDPI decrypts QUIC with libgcrypt, and leaves its set-up to the first module; it must be over before there are
 * several threads (The Libgcrypt Reference Manual, "Initializing the library"). */
struct adviser *adviser_create(struct failure *failure)
{
    struct adviser *adviser = calloc(1, sizeof *adviser);
    if (adviser == NULL) {
        failure_add(failure, "nDPI does not start: out of memory");
        return NULL;
    }
    pthread_mutex_init(&adviser->mutex, NULL);
    gcry_check_version(NULL);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    return adviser;
}

void adviser_destroy(struct adviser *adviser)
{
    if (adviser == NULL)
        return;
    if (adviser->module != NULL)
        ndpi_exit_detection_module(adviser->module);
    pthread_mutex_destroy(&adviser->mutex);
    free(adviser);
}

/* Loading all it knows takes nDPI some milliseconds: as long as many a small capture. */
static void load(struct adviser *adviser)
{
    NDPI_PROTOCOL_BITMASK all;
    adviser->module = ndpi_init_detection_module(ndpi_dont_load_tor_hosts);
    adviser->useless = adviser->module == NULL;
    if (adviser->useless)
        return;
    NDPI_BITMASK_SET_ALL(all);
    ndpi_set_protocol_detection_bitmask2(adviser->module, &all);
    ndpi_finalize_initialization(adviser->module);
}

/* An answer takes a few microseconds: less than to fall asleep over it and to be woken. */
bool adviser_take(struct adviser *adviser, bool wait)
{
    for (unsigned i = 0; i < (wait ? LOOKS : 1); i++) {
        if (pthread_mutex_trylock(&adviser->mutex) == 0)
            return true;
        for (unsigned k = 0; wait && k < PAUSES; k++)
            pause_a_little();
    }
    if (wait)
        pthread_mutex_lock(&adviser->mutex);
    return wait;
}

void adviser_release(struct adviser *adviser)
{
    pthread_mutex_unlock(&adviser->mutex);
}

static void write_word(char word[ADVISER_WORD], const char *name)
{
    size_t i = 0;
    for (; name[i] != '\0' && i + 1 < ADVISER_WORD; i++)
        word[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    word[i] = '\0';
}

static enum advice ask(struct adviser *adviser, const struct adviser_question *question, char word[ADVISER_WORD])
{
    struct ndpi_flow_struct *flow = (void *)question->about;
    ndpi_protocol said = ndpi_detection_process_packet(adviser->module, flow, question->packet, question->length,
                                                       (uint64_t)(question->time_ns / 1000000));
    bool application = said.app_protocol != NDPI_PROTOCOL_UNKNOWN &&
                       (!question->named || said.master_protocol == NDPI_PROTOCOL_UNKNOWN);
    uint16_t id = application ? said.app_protocol : said.master_protocol;
    if (id == NDPI_PROTOCOL_UNKNOWN || flow->confidence != NDPI_CONFIDENCE_DPI)
        return ADVICE_NOTHING;
    write_word(word, ndpi_get_proto_name(adviser->module, id));
    return ADVICE_WORD;
}

enum advice adviser_ask(struct adviser *adviser, const struct adviser_question *question, char word[ADVISER_WORD])
{
    if (adviser->module == NULL && !adviser->useless)
        load(adviser);
    return adviser->useless ? ADVICE_USELESS : ask(adviser, question, word);
}

struct advised *advised_create(void)
{
    struct ndpi_flow_struct *flow = ndpi_flow_malloc(SIZEOF_FLOW_STRUCT);
    if (flow != NULL)
        memset(flow, 0, SIZEOF_FLOW_STRUCT);
    return (void *)flow;
}

void advised_clear(struct advised *about)
{
    ndpi_free_flow_data((void *)about);
    memset(about, 0, SIZEOF_FLOW_STRUCT);
}

void advised_destroy(struct advised *about)
{
    if (about != NULL)
        ndpi_free_flow((void *)about);
}

#else

const char *adviser_version(void)
{
    return "";
}

const char *adviser_gcrypt_version(void)
{
    return "";
}

struct adviser *adviser_create(struct failure *failure)
{
    failure_add(failure, "built without nDPI");
    return NULL;
}

void adviser_destroy(struct adviser *adviser)
{
    (void)adviser;
}

bool adviser_take(struct adviser *adviser, bool wait)
{
    (void)adviser;
    (void)wait;
    return true;
}

void adviser_release(struct adviser *adviser)
{
    (void)adviser;
}

enum advice adviser_ask(struct adviser *adviser, const struct adviser_question *question, char word[ADVISER_WORD])
{
    (void)adviser;
    (void)question;
    (void)word;
    return ADVICE_USELESS;
}

struct advised *advised_create(void)
{
    return NULL;
}

void advised_clear(struct advised *about)
{
    (void)about;
}

void advised_destroy(struct advised *about)
{
    (void)about;
}

#endif
