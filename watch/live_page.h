/* live_page: the page of audit -T html as it is served: instead of an audit it holds a word that says that it is live
 * (page/src/live.ts), and its policy goes into a header, where it also lets the page ask the server it came from. */
#ifndef WATCH_LIVE_PAGE_H
#define WATCH_LIVE_PAGE_H

#include <stdbool.h>
#include <stddef.h>

struct live_page {
    char *text; /* heap */
    size_t length;
    char policy[1024]; /* for Content-Security-Policy */
};

/* False when memory runs out or the template has no policy. */
bool live_page_init(struct live_page *page);
void live_page_fini(struct live_page *page);

#endif
