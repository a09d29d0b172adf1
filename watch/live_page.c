/* live_page: see watch/live_page.h. A policy in the page and one in a header would both hold (CSP 3, 4.2), and the one
 * in the page lets nothing be asked for: so it is taken out, and said in the header with what a live page needs. */
#include "watch/live_page.h"

#include "reports/html.h"

#include <stdlib.h>
#include <string.h>

static const char before_policy[] = "<meta http-equiv=\"Content-Security-Policy\" content=\"";
static const char word[] = "{\"schema\":\"pathaudit.live/1\"}";

bool live_page_init(struct live_page *page)
{
    *page = (struct live_page){0};
    const char *head = (const char *)page_head, *end = head + page_head_bytes;
    const char *meta = memmem(head, page_head_bytes, before_policy, strlen(before_policy));
    const char *policy = meta != NULL ? meta + strlen(before_policy) : end;
    const char *behind = memmem(policy, (size_t)(end - policy), "\">", 2);
    if (behind == NULL)
        return false;
    int length = snprintf(page->policy, sizeof page->policy, "%.*s; connect-src 'self'; frame-ancestors 'none'",
                          (int)(behind - policy), policy);
    FILE *out = open_memstream(&page->text, &page->length);
    if (out == NULL || length < 0 || (size_t)length >= sizeof page->policy) {
        if (out != NULL)
            fclose(out);
        live_page_fini(page);
        return false;
    }
    behind += 2;
    fwrite(head, 1, (size_t)(meta - head), out);
    fwrite(behind, 1, (size_t)(end - behind), out);
    fputs(word, out);
    fwrite(page_tail, 1, page_tail_bytes, out);
    if (fclose(out) == 0)
        return true;
    live_page_fini(page);
    return false;
}

void live_page_fini(struct live_page *page)
{
    free(page->text);
    *page = (struct live_page){0};
}
